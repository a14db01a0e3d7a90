"""Codes for setup links that are meant for one address: mailed, short-lived, hashed, and few tries each."""

import hmac
import secrets
from datetime import timedelta

import sqlalchemy as sa

from portal.extensions import db
from portal.models import SetupLink
from portal.models.base import now
from portal.organizations import events, mail, setup_links
from portal.organizations.refusals import CodeTooSoon
from portal.organizations.secrets import digest
from portal.settings import current
from portal.words import _

LIVES = timedelta(minutes=15)
PAUSE = timedelta(minutes=1)
TRIES = 5


def send(link: SetupLink) -> None:
    """Eight digits to the address the link is for; `CodeTooSoon` within a minute of the last one."""
    _hold(link)
    if link.code_sent_at and now() < link.code_sent_at + PAUSE:
        raise CodeTooSoon
    code = f"{secrets.randbelow(10**8):08}"
    link.code_hash, link.code_sent_at, link.code_tries = _code_digest(link, code), now(), 0
    mail.write(link.email, "", lambda: _composed(link.organization.name, code))
    events.record("setup_link.code_sent", link.organization_id, link, by=setup_links.actor_of(link))


def _composed(organization: str, code: str) -> tuple[str, str]:
    return _("Your code for the set-up of %(organization)s", organization=organization), _(
        "Your code for the set-up of %(organization)s is %(code)s.\n\n"
        "It works for %(minutes)s minutes. If you did not open the link yourself, ignore this mail.\n",
        organization=organization, code=f"{code[:4]} {code[4:]}", minutes=LIVES.seconds // 60,
    )  # fmt: skip


def check(link: SetupLink, code: str) -> bool:
    """Once, in time, and within a few tries. Whoever calls this commits either way: a try is counted."""
    _hold(link)
    link.code_tries += 1
    fresh = link.code_sent_at is not None and now() < link.code_sent_at + LIVES
    digits = "".join(letter for letter in code if letter.isdecimal())
    right = hmac.compare_digest(link.code_hash, _code_digest(link, digits))
    if not (link.code_hash and fresh and link.code_tries <= TRIES and right):
        return False
    link.code_hash = ""
    return True


def _hold(link: SetupLink) -> None:
    """Tries are counted one after the other, however many come at once."""
    ours = sa.select(SetupLink).where(SetupLink.id == link.id)
    db.session.execute(ours.with_for_update().execution_options(populate_existing=True))


def _code_digest(link: SetupLink, code: str) -> str:
    return digest(f"{link.id} {current().signing_secret} {code}")
