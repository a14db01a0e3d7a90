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
from wizards.choices import Mishap
from wizards.definition import Expected

SHOWN = 12
DOUBLED = re.compile(r"/*scim/v2(/|$|\?)", re.IGNORECASE)  # `path` is what follows the base URL
CAPITALISED = re.compile(r'"op": ?"(Add|Replace|Remove)"')
GUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
WANTED = {
    ("GET", "users"): "asked for people",
    ("POST", "users"): "sent a new person",
    ("PUT", "users"): "updated a person",
    ("PATCH", "users"): "changed a person",
    ("DELETE", "users"): "deleted a person",
    ("GET", "groups"): "asked for groups",
    ("POST", "groups"): "sent a new group",
    ("PUT", "groups"): "updated a group",
    ("PATCH", "groups"): "changed a group",
    ("DELETE", "groups"): "deleted a group",
    ("POST", "token"): "fetched an access token",
    ("POST", "bulk"): "sent several changes at once",
    ("GET", "serviceproviderconfig"): "asked what we can do",
    ("GET", "schemas"): "asked which attributes we keep",
    ("GET", "resourcetypes"): "asked what we keep",
}


@dataclass(frozen=True)
class Told:
    """`kind` is the status to show; `mend` is what to do where something is wrong."""

    exchange: Exchange
    kind: str
    words: str
    mend: str = ""

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
    if exchange.status == 401 and exchange.path.startswith("oauth/token"):
        return Told(exchange, "bad", "asked for an access token with a wrong client ID or secret", exchange.problem)
    if exchange.status == 401:
        return Told(exchange, "bad", *_refused(exchange, seen.tokens))
    if DOUBLED.match(exchange.path):
        mend = "Paste the address exactly as shown here: it already ends where the console goes on."
        return Told(exchange, "bad", "called an address that contains “/scim/v2” twice", mend)
    if exchange.status >= 400:
        return Told(exchange, "attention", _wanted(exchange), exchange.problem)
    if mishap := _odd_dialect(exchange, seen):
        return Told(exchange, "ok", _wanted(exchange), mishap)
    if was_connection_test(exchange, expect):
        return Told(exchange, "ok", "tested the connection by asking for somebody who does not exist. That worked")
    return Told(exchange, "attention" if exchange.problem else "ok", _wanted(exchange), exchange.problem)


def _odd_dialect(exchange: Exchange, seen: Evidence) -> str:
    """A guide whose base URL carries a flag says so in `also_show`; without the flag, operations come capitalised."""
    steps = seen.wizard.scim.steps if seen.wizard.scim else ()
    if exchange.method != "PATCH" or not any(Mishap.MISSING_FLAG in step.also_show for step in steps):
        return ""
    if not CAPITALISED.search(exchange.request_body):
        return ""
    flag = next((value.suffix for step in steps for value in step.values if value.suffix), "")
    words = "It wrote in its older dialect, which works. If this was no trial of a single person, put"
    return f"{words} “{flag}” behind the address."


def was_connection_test(exchange: Exchange, expect: Expected) -> bool:
    """As the guide describes it: the question for a random id that nobody has."""
    if "<random id>" not in expect.filter or exchange.method != "GET":
        return False
    pattern = re.escape(expect.filter).replace(re.escape("<random id>"), GUID)
    return re.search(pattern, unquote_plus(exchange.path), re.IGNORECASE) is not None


def _refused(exchange: Exchange, tokens: Sequence[ScimToken]) -> tuple[str, str]:
    if not exchange.token_prefix:
        return "called without a token of ours", exchange.problem
    known = next((token for token in tokens if token.prefix == exchange.token_prefix), None)
    if known is None:
        words = f"called with a token we do not know, beginning with {exchange.token_prefix}"
        return words, exchange.problem
    if known.kind is TokenKind.CLIENT:
        return f"called with an access token of the client {known.prefix}…, which was refused", exchange.problem
    if not known.usable(now()):
        return f"called with the token {known.prefix}…, which has ended", "Create a new token here and paste it there."
    return f"called with a damaged copy of the token {known.prefix}…", "Copy the token again, whole."


def _wanted(exchange: Exchange) -> str:
    parts = [part for part in urlsplit(exchange.path).path.split("/") if part]
    kinds = [part.casefold() for part in parts if part.casefold() in {resource for _, resource in WANTED}]
    return WANTED.get((exchange.method, kinds[-1] if kinds else ""), f"called {exchange.method}")
