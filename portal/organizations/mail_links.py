"""One-time links sent to a person's own address, to sign in or to choose a new password."""

from datetime import timedelta

import sqlalchemy as sa

from portal.extensions import db
from portal.models import MailLink, MailPurpose, User
from portal.models.base import now
from portal.organizations import events, mail
from portal.organizations.actors import Actor
from portal.organizations.refusals import LinkUsedUp
from portal.organizations.secrets import digest, new_secret
from portal.settings import current
from portal.words import _


def send(user: User, *, by: Actor, target: str = "", purpose: MailPurpose = MailPurpose.SIGN_IN) -> None:
    """`target` is the local path to go to afterwards."""
    secret = new_secret()
    expires_at = now() + timedelta(minutes=current().mail_link_minutes)
    db.session.add(
        MailLink(user=user, purpose=purpose, token_hash=digest(secret), target=target[:320], expires_at=expires_at)
    )
    events.record("user.mail_link_sent", user.home_organization_id, user, by=by, purpose=purpose.value)
    mail.write(user.email, user.language, lambda: _composed(secret))


def _composed(secret: str) -> tuple[str, str]:
    return _("Sign in to %(app)s", app=current().app_name), _(
        "Open this link to sign in. It works once, for %(minutes)s minutes:\n\n"
        "%(url)s\n\nIf you did not ask for it, you can ignore it.",
        minutes=current().mail_link_minutes, url=f"{current().public_url}/sign-in/{secret}",
    )  # fmt: skip


def send_nobody(*, by: Actor) -> None:
    """Nobody has the address that was typed: no mail, and the operator can see that somebody tries."""
    digest(new_secret())
    events.record("user.mail_link_unknown", None, None, by=by)


def find(secret: str) -> MailLink:
    """A link that still works, or `LinkUsedUp`. Looking does not use it up: mail scanners open links."""
    found = db.session.scalars(sa.select(MailLink).where(MailLink.token_hash == digest(secret))).one_or_none()
    if found is None or not found.usable(now()):
        raise LinkUsedUp
    return found


def use(link: MailLink) -> User:
    """Once; holding the link proves the address."""
    used = db.session.execute(
        sa.update(MailLink).where(MailLink.id == link.id, MailLink.used_at.is_(None)).values(used_at=now())
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise LinkUsedUp
    link.user.verify_email(now())
    return link.user
