"""Recovery codes: ten at a time, shown once, each good for one sign-in when the phone is lost."""

import secrets

import sqlalchemy as sa

from portal.extensions import db
from portal.models import RecoveryCode, User
from portal.models.base import now
from portal.organizations import credential_notices, events
from portal.organizations.actors import Actor
from portal.organizations.refusals import WrongOneTimeCode
from portal.organizations.secrets import digest
from portal.words import _l

COUNT = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another
LENGTH = 24  # 118 random bits: a plain hash is enough (ASVS 6.5.2)


def make(user: User, *, by: Actor) -> list[str]:
    """Ten new ones, which nobody can see again; the former ones end."""
    codes = [_new() for _ in range(COUNT)]
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    db.session.add_all(RecoveryCode(user_id=user.id, code_hash=digest(plain(code))) for code in codes)
    events.record("user.recovery_codes_made", user.home_organization_id, user, by=by)
    credential_notices.tell(user, _l("New recovery codes were made. The former ones no longer work."))
    return codes


def use(user: User, code: str, *, by: Actor) -> RecoveryCode:
    """Once; the database judges, however many browsers try at the same time."""
    ours = (RecoveryCode.user_id == user.id, RecoveryCode.code_hash == digest(plain(code)))
    used = db.session.execute(
        sa.update(RecoveryCode).where(*ours, RecoveryCode.used_at.is_(None)).values(used_at=now())
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise WrongOneTimeCode
    events.record("user.recovery_code_used", user.home_organization_id, user, by=by)
    credential_notices.tell(user, _l("A recovery code was used to sign in. %(num)s are left.", num=left(user)))
    return db.session.scalars(sa.select(RecoveryCode).where(*ours)).one()


def left(user: User) -> int:
    return db.session.scalar(unused_of(user)) or 0


def unused_of(user: User) -> "sa.Select[int]":
    """Their number, as a question that others may carry along."""
    return sa.select(sa.func.count()).where(RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))


def forget(user: User) -> None:
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


def looks_like_one(code: str) -> bool:
    return len(plain(code)) == LENGTH


def plain(code: str) -> str:
    """As it is hashed: hyphens, spaces and capitals are for people."""
    return "".join(letter for letter in code.lower() if letter.isalnum())


def _new() -> str:
    letters = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, LENGTH, 4))
