"""People's identities: making them, finding them, naming them."""

import re
import uuid

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Organization, User
from portal.models.base import key, now
from portal.models.engine import insert_new
from portal.organizations import events
from portal.organizations.actors import Actor
from portal.organizations.refusals import BadEmail, EmailTaken

# One @, a dot-separated domain, no spaces or control characters: IdPs send .local and .test, so no list of endings.
EMAIL = re.compile(r"[^@\s\x00-\x1f<>\"]{1,64}@[^@\s\x00-\x1f<>\"]{1,255}")


def create(
    email: str,
    *,
    by: Actor,
    name: str = "",
    staff: bool = False,
    verified: bool = False,
    home: Organization | None = None,
) -> User:
    """`home` makes a user that exists for that organization only (design.md §2)."""
    user = User(
        email=checked(email), name=name.strip()[:320], is_staff=staff, home_organization_id=home.id if home else None
    )
    user.email_verified_at = now() if verified else None
    if not insert_new(user):
        raise EmailTaken
    events.record("user.created", home, user, by=by)
    return user


def find(email: str) -> User | None:
    """The one user of this address who is not confined to an organization."""
    return db.session.scalars(
        sa.select(User).where(User.email_key == key(email), User.home_organization_id.is_(None))
    ).one_or_none()


def get(user_id: uuid.UUID) -> User | None:
    return db.session.get(User, user_id)


def rename(user: User, name: str, *, by: Actor) -> None:
    if user.name != name.strip():
        user.name = name.strip()[:320]
        events.record("user.changed", user.home_organization_id, user, by=by, fields=["name"])


def choose_language(user: User, language: str) -> None:
    """For pages in any browser, and for mails; no event, as nobody but the person minds."""
    user.language = language


def checked(email: str) -> str:
    """The address without surrounding space, or `BadEmail`."""
    email = email.strip()
    if not is_address(email):
        raise BadEmail
    return email


def is_address(email: str) -> bool:
    return bool(EMAIL.fullmatch(email)) and not email.endswith((".", "@")) and ".." not in email and len(email) <= 320


def domain_of(email: str) -> str:
    return key(email).rpartition("@")[2]
