"""What we know of each identity provider, and recognising one from its metadata.

The facts are data: `idps.toml` for the IdPs we know, and a `facts.toml` in a wizard's folder for one more.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from pathlib import Path

from wizards.choices import MetadataForm
from wizards.reading import BrokenWizard, Place, read_file, read_table

FILE = Path(__file__).parent / "idps.toml"
log = logging.getLogger(__name__)
UNKNOWN = "generic"  # the id of the IdP nobody recognises, and of its wizard


class Sync(StrEnum):
    PUSH = "push"
    PULL = "pull"
    NONE = "none"


@dataclass(frozen=True)
class Monogram:
    """The letter tile of the picker; `hue` in degrees. Vendors' marks are not ours to copy."""

    text: str
    hue: int


@dataclass(frozen=True)
class Metadata:
    """How this IdP hands its metadata over."""

    how: tuple[MetadataForm, ...]
    preferred: MetadataForm
    url_pattern: str = ""
    url_label: str = ""
    filename: str = ""
    refreshable: bool = False
    trap: str = ""


@dataclass(frozen=True)
class Marks:
    """How to tell this IdP by its metadata. An entity id weighs 3, a sign-in host 2, its path 1; `needed` is enough."""

    entity_id: tuple[re.Pattern[str], ...] = ()
    sso_host: tuple[re.Pattern[str], ...] = ()
    sso_path: tuple[re.Pattern[str], ...] = ()
    mail_host: tuple[re.Pattern[str], ...] = ()  # of its MX records: a hint in the picker, never more
    needed: int = 3


@dataclass(frozen=True)
class NameId:
    default_format: str = ""
    wanted: str = ""
    note: str = ""


@dataclass(frozen=True)
class Signature:
    """What this IdP signs unless told otherwise."""

    response: bool = False
    assertion: bool = True
    note: str = ""


@dataclass(frozen=True)
class OpenId:
    """How this IdP is met as an OpenID provider. An issuer that vouches for `anybody` is nobody's own and is refused; one
    that serves many companies names the person's in `company_claim`, which is then demanded."""

    issuer: tuple[re.Pattern[str], ...] = ()
    anybody: tuple[re.Pattern[str], ...] = ()
    company_claim: str = ""


@dataclass(frozen=True)
class Scim:
    """How this IdP behaves as a SCIM client."""

    user_agent: re.Pattern[str] | None = None
    url_suffix: str = ""
    update_users: str = ""
    update_groups: str = ""
    deprovision: str = ""
    test_connection: str = ""
    interval: str = ""
    errors_shown_at: str = ""
    quirks: tuple[str, ...] = ()


@dataclass(frozen=True)
class IdpError:
    """A message of this IdP's own pages or logs, what it means, and where to mend it."""

    id: str
    match: re.Pattern[str]
    means: str
    fix: str


@dataclass(frozen=True)
class Idp:
    name: str
    monogram: Monogram
    sync: Sync
    metadata: Metadata
    sso: bool = True
    also_called: tuple[str, ...] = ()
    recognise: Marks = Marks()
    nameid: NameId = NameId()
    claims_default: Mapping[str, str] = field(default_factory=dict)
    claims_asked: Mapping[str, str] = field(default_factory=dict)
    claims_note: str = ""
    signature: Signature = Signature()
    authn_requests_signed: bool = False
    cert_lifetime_years: int | None = None
    cert_note: str = ""
    constraints: tuple[str, ...] = ()
    openid: OpenId = OpenId()
    scim: Scim = Scim()
    idp_errors: tuple[IdpError, ...] = ()
    docs: tuple[str, ...] = ()
    id: str = field(default="", metadata={"computed": True})


@dataclass(frozen=True)
class _Book:
    """The whole of idps.toml."""

    claims_aliases: Mapping[str, tuple[str, ...]]
    label_synonyms: Mapping[str, tuple[str, ...]]
    idp: Mapping[str, Idp]


@dataclass(frozen=True)
class Recognition:
    """A suggestion which IdP a metadata document comes from; never a security decision."""

    idp: Idp
    score: int


@cache
def load(paths: tuple[Path, ...] = ()) -> Mapping[str, Idp]:
    """The facts of every IdP by its id; folders below `paths` may add some."""
    idps = dict(_book().idp)
    for file in (file for path in paths for file in sorted(path.glob("*/facts.toml"))):
        try:
            idps[file.parent.name] = read_table(Idp, read_file(file), Place(file))
        except BrokenWizard as error:
            log.error("facts left out: %s", error)
    return {id: replace(idp, id=id) for id, idp in idps.items()}


def idp_errors(idp: str, paths: tuple[Path, ...] = ()) -> tuple[IdpError, ...]:
    """The messages people see at this IdP, most likely first; none for an IdP without facts."""
    known = load(paths).get(idp)
    return known.idp_errors if known else ()


def claims_aliases() -> Mapping[str, tuple[str, ...]]:
    """For each of our fields the attribute names IdPs use for it, best first."""
    return _book().claims_aliases


def label_synonyms() -> Mapping[str, tuple[str, ...]]:
    """The names consoles give to the values that are exchanged."""
    return _book().label_synonyms


def recognise(entity_id: str, sso_url: str = "", paths: tuple[Path, ...] = ()) -> Recognition | None:
    """The IdP this metadata most probably comes from."""
    found = [Recognition(idp, _score(idp.recognise, entity_id, sso_url)) for idp in load(paths).values()]
    enough = [one for one in found if 0 < one.idp.recognise.needed <= one.score]
    return max(enough, key=lambda one: one.score, default=None)


def by_issuer(issuer: str, paths: tuple[Path, ...] = ()) -> Idp | None:
    """The IdP whose OpenID issuers look like this one; a suggestion only."""
    found = (idp for idp in load(paths).values() if _matches(idp.openid.issuer, issuer))
    return next(found, None)


def vouches_for_anybody(issuer: str) -> bool:
    """Whether everybody in the world has, or may make, an account there."""
    return any(_matches(idp.openid.anybody, issuer) for idp in load().values())


def company_claim(issuer: str) -> str:
    """The claim that says whose account it is, where one issuer serves many companies; empty elsewhere."""
    found = by_issuer(issuer)
    return found.openid.company_claim if found else ""


def _matches(patterns: tuple[re.Pattern[str], ...], text: str) -> bool:
    return any(pattern.search(text) for pattern in patterns)


def by_mail(host: str, paths: tuple[Path, ...] = ()) -> Idp | None:
    """The IdP whose company probably keeps the mail of a domain, by the name of its mail host."""
    return next((idp for idp in load(paths).values() if any(one.search(host) for one in idp.recognise.mail_host)), None)


def _score(marks: Marks, entity_id: str, sso_url: str) -> int:
    host, path = _parts(sso_url)
    seen = ((marks.entity_id, entity_id, 3), (marks.sso_host, host, 2), (marks.sso_path, path, 1))
    return sum(weight for patterns, text, weight in seen if any(pattern.search(text) for pattern in patterns))


def _parts(url: str) -> tuple[str, str]:
    """Host and path of an address; it comes from somebody else's file, so nonsense is no error."""
    found = re.match(r"https?://([^/?#:]+)(?::\d+)?([^?#]*)", url, re.IGNORECASE)
    return (found[1].lower(), found[2]) if found else ("", "")


@cache
def _book() -> _Book:
    return read_table(_Book, read_file(FILE), Place(FILE))
