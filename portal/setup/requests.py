"""An IdP's requests told in words: what it wanted, how it went, what to mend."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote_plus, urlsplit

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Directory, Exchange, ScimToken, TokenKind
from portal.models.base import now
from portal.setup.evidence import Evidence
from portal.words import _, noted
from wizards.choices import Mishap
from wizards.definition import Expected

SHOWN = 12
DOUBLED = re.compile(r"/*scim/v2(/|$|\?)", re.IGNORECASE)  # `path` is what follows the base URL
CAPITALISED = re.compile(r'"op": ?"(Add|Replace|Remove)"')
GUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
WANTED = {
    ("GET", "users"): noted("%(idp)s asked for people."),
    ("POST", "users"): noted("%(idp)s sent a new person."),
    ("PUT", "users"): noted("%(idp)s updated a person."),
    ("PATCH", "users"): noted("%(idp)s changed a person."),
    ("DELETE", "users"): noted("%(idp)s deleted a person."),
    ("GET", "groups"): noted("%(idp)s asked for groups."),
    ("POST", "groups"): noted("%(idp)s sent a new group."),
    ("PUT", "groups"): noted("%(idp)s updated a group."),
    ("PATCH", "groups"): noted("%(idp)s changed a group."),
    ("DELETE", "groups"): noted("%(idp)s deleted a group."),
    ("POST", "token"): noted("%(idp)s fetched an access token."),
    ("POST", "bulk"): noted("%(idp)s sent several changes at once."),
    ("GET", "serviceproviderconfig"): noted("%(idp)s asked what we can do."),
    ("GET", "schemas"): noted("%(idp)s asked which attributes we keep."),
    ("GET", "resourcetypes"): noted("%(idp)s asked what we keep."),
}


@dataclass(frozen=True)
class Told:
    """`kind` is the status to show, `sentence` what the provider did, `mend` what to do where something is wrong."""

    exchange: Exchange
    kind: str
    sentence: str
    mend: str = ""

    @property
    def words(self) -> str:
        """The sentence by itself: a provider that has no name is written large."""
        return self.sentence[:1].upper() + self.sentence[1:]

    @property
    def path(self) -> str:
        """As the console would show it behind the base URL."""
        return f"/{unquote_plus(self.exchange.path)}"


def latest(directory: Directory, limit: int = SHOWN) -> Sequence[Exchange]:
    """The newest first."""
    ours = sa.select(Exchange).where(
        Exchange.organization_id == directory.organization_id, Exchange.directory_id == directory.id
    )
    return db.session.scalars(ours.order_by(Exchange.id.desc()).limit(limit)).all()


def told(exchange: Exchange, seen: Evidence, expect: Expected) -> Told:
    idp, problem = _(seen.wizard.spoken), _(exchange.problem) if exchange.problem else ""
    if exchange.status == 401 and exchange.path.startswith("oauth/token"):
        words = _("%(idp)s asked for an access token with a wrong client ID or secret.", idp=idp)
        return Told(exchange, "bad", words, problem)
    if exchange.status == 401:
        words, mend = _refused(exchange, seen.tokens, idp)
        return Told(exchange, "bad", words, mend or problem)
    if DOUBLED.match(exchange.path):
        words = _("%(idp)s called an address that contains “/scim/v2” twice.", idp=idp)
        mend = _("Paste the address exactly as shown here: it already ends where the console goes on.")
        return Told(exchange, "bad", words, mend)
    if exchange.status >= 400:
        return Told(exchange, "attention", _wanted(exchange, idp), problem)
    if mishap := _odd_dialect(exchange, seen):
        return Told(exchange, "ok", _wanted(exchange, idp), mishap)
    if was_connection_test(exchange, expect):
        words = _("%(idp)s tested the connection by asking for somebody who does not exist. That worked.", idp=idp)
        return Told(exchange, "ok", words)
    return Told(exchange, "attention" if problem else "ok", _wanted(exchange, idp), problem)


def _odd_dialect(exchange: Exchange, seen: Evidence) -> str:
    """A guide whose base URL carries a flag says so in `also_show`; without the flag, operations come capitalised."""
    steps = seen.wizard.scim.steps if seen.wizard.scim else ()
    if exchange.method != "PATCH" or not any(Mishap.MISSING_FLAG in step.also_show for step in steps):
        return ""
    if not CAPITALISED.search(exchange.request_body):
        return ""
    flag = next((value.suffix for step in steps for value in step.values if value.suffix), "")
    return _(
        "It wrote in its older dialect, which works. If this was no trial of a single person, put “%(flag)s” behind the address.",
        flag=flag,
    )


def was_connection_test(exchange: Exchange, expect: Expected) -> bool:
    """As the guide describes it: the question for a random id that nobody has."""
    if "<random id>" not in expect.filter or exchange.method != "GET":
        return False
    pattern = re.escape(expect.filter).replace(re.escape("<random id>"), GUID)
    return re.search(pattern, unquote_plus(exchange.path), re.IGNORECASE) is not None


def _refused(exchange: Exchange, tokens: Sequence[ScimToken], idp: str) -> tuple[str, str]:
    """(what happened, what to do where we know better than the answer)"""
    begins = exchange.token_prefix
    if not begins:
        return _("%(idp)s called without a token of ours.", idp=idp), ""
    known = next((token for token in tokens if token.prefix == begins), None)
    if known is None:
        return _("%(idp)s called with a token we do not know, beginning with %(token)s.", idp=idp, token=begins), ""
    values = {"idp": idp, "token": known.prefix}
    if known.kind is TokenKind.CLIENT:
        return _("%(idp)s called with an access token of the client %(token)s…, which was refused.", **values), ""
    if not known.usable(now()):
        words = _("%(idp)s called with the token %(token)s…, which has ended.", **values)
        return words, _("Create a new token here and paste it there.")
    return _("%(idp)s called with a damaged copy of the token %(token)s….", **values), _("Copy the token again, whole.")


def _wanted(exchange: Exchange, idp: str) -> str:
    parts = [part for part in urlsplit(exchange.path).path.split("/") if part]
    kinds = [part.casefold() for part in parts if part.casefold() in {resource for method, resource in WANTED}]
    words = WANTED.get((exchange.method, kinds[-1] if kinds else ""), noted("%(idp)s called %(method)s."))
    return _(words, idp=idp, method=exchange.method)
