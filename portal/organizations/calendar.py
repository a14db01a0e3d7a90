"""What ends when: certificates of identity providers, our own keys, provisioning tokens and clients, setup links.

Derived from the rows that hold the dates, never stored. What has a successor that is in use already does not matter.
"""

import enum
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.models import (
    ConfigurationState,
    Connection,
    ConnectionConfiguration,
    ConnectionKey,
    Directory,
    KeyState,
    Mode,
    ScimToken,
    SetupLink,
    TokenKind,
)
from portal.models.base import now
from portal.words import _, _l, day, ngettext

DAYS = (60, 30, 14, 7, 1)
SOON = timedelta(days=30)
PAST = timedelta(days=30)  # how long what has ended is still shown


class Kind(enum.StrEnum):
    CERTIFICATE = "certificate"
    KEY = "key"
    TOKEN = "token"
    CLIENT = "client"
    LINK = "link"


WORDS = {
    Kind.CERTIFICATE: (
        _l("The certificate with which %(label)s signs"),
        _l(
            "Make the next one in the identity provider and give it to us early: while both are known, either is accepted."
        ),
    ),
    Kind.KEY: (
        _l("Our own certificate towards %(label)s"),
        _l("Make the next one, give it to the identity provider, then put it to work."),
    ),
    Kind.TOKEN: (
        _l("The provisioning token %(label)s…"),
        _l("Make another one and paste it into the identity provider. Both work until the old one ends."),
    ),
    Kind.CLIENT: (
        _l("The secret of the OAuth client %(label)s…"),
        _l("Make another client and give it to the identity provider. Both work until the old one ends."),
    ),
    Kind.LINK: (
        _l("A setup link for guided set-up"),
        _l("Whoever still works with it needs another one. What they did so far is kept."),
    ),
}


@dataclass(frozen=True)
class Deadline:
    """`key` names the very thing that ends: what replaces it has another."""

    organization_id: uuid.UUID
    kind: Kind
    key: str
    label: str
    began_at: datetime
    ends_at: datetime

    @property
    def what(self) -> str:
        return str(WORDS[self.kind][0] % {"label": self.label})

    @property
    def deed(self) -> str:
        return str(WORDS[self.kind][1])

    def due(self, at: datetime) -> int | None:
        """The number of days before its end whose notice is due now, if any. A thing made for a week is not announced a
        month before."""
        left, life = self.ends_at - at, self.ends_at - self.began_at
        reached = [days for days in DAYS if left <= timedelta(days=days) < life]
        return min(reached) if reached and left > timedelta() else None

    def said(self, at: datetime) -> str:
        """“… ends on 3 May 2031, in 12 days”, or that it has ended."""
        what, date, left = self.what, day(self.ends_at), (self.ends_at - at) // timedelta(days=1)
        if self.ends_at <= at:
            return _("%(what)s ended on %(date)s", what=what, date=date)
        if not left:
            return _("%(what)s ends on %(date)s, within a day", what=what, date=date)
        if left == 1:
            return _("%(what)s ends on %(date)s, tomorrow", what=what, date=date)
        return ngettext(
            "%(what)s ends on %(date)s, in %(num)s day",
            "%(what)s ends on %(date)s, in %(num)s days",
            left,
            what=what,
            date=date,
        )


def ahead(
    organization_ids: Sequence[uuid.UUID], within: timedelta, *, connections: Sequence[Connection] | None = None
) -> list[Deadline]:
    """What ends within this time, or ended lately, the soonest first; in two look-ups, however many organizations, or in
    one where the connections are at hand."""
    at = now()
    live = _live(organization_ids) if connections is None else _loaded(connections)
    found = [*_certificates(live), *_rows(organization_ids, at + within)]
    near = [one for one in found if at - PAST < one.ends_at <= at + within]
    return sorted(near, key=lambda one: one.ends_at)


@lru_cache(maxsize=4096)
def dates(pem: str) -> tuple[datetime, datetime, str] | None:
    """From when to when a certificate holds, and its fingerprint; None where it cannot be read."""
    try:
        found = x509.load_pem_x509_certificate(pem.encode())
    except ValueError:
        return None
    return found.not_valid_before_utc, found.not_valid_after_utc, found.fingerprint(hashes.SHA256()).hex()


Live = tuple[uuid.UUID, str, dict[str, object]]


def _live(ids: Sequence[uuid.UUID]) -> Iterator[Live]:
    rows = db.session.execute(
        sa.select(Connection.organization_id, Connection.name, ConnectionConfiguration.body)
        .join(ConnectionConfiguration, _same(ConnectionConfiguration, Connection.id))
        .where(Connection.organization_id.in_(ids), ConnectionConfiguration.state == ConfigurationState.LIVE)
    )
    return ((organization_id, name, body) for organization_id, name, body in rows)


def _loaded(connections: Sequence[Connection]) -> Iterator[Live]:
    return ((one.organization_id, one.name, one.live.body) for one in connections if one.live)


def _certificates(live: Iterator[Live]) -> Iterator[Deadline]:
    """Of each live connection the certificate that holds longest: any of them is accepted."""
    for organization_id, name, body in live:
        pems = body.get("certificates")
        known = [found for pem in pems if (found := dates(str(pem)))] if isinstance(pems, list) else []
        if known:
            began, ends, fingerprint = max(known, key=lambda one: one[1])
            yield Deadline(organization_id, Kind.CERTIFICATE, fingerprint, name, began, ends)


def _rows(ids: Sequence[uuid.UUID], until: datetime) -> Iterator[Deadline]:
    every: sa.CompoundSelect[Any] = sa.union_all(_keys(ids, until), _tokens(ids, until), _links(ids, until))
    for row in db.session.execute(every):
        organization_id, kind, key, label, began, ends = tuple(row)
        yield Deadline(organization_id, Kind(kind), str(key), label, began, ends)


def _keys(ids: Sequence[uuid.UUID], until: datetime) -> sa.SelectBase:
    live = sa.exists().where(
        _same(ConnectionConfiguration, Connection.id), ConnectionConfiguration.state == ConfigurationState.LIVE
    )
    return (
        sa.select(
            ConnectionKey.organization_id, sa.literal(Kind.KEY.value), ConnectionKey.id, Connection.name,
            ConnectionKey.created_at, ConnectionKey.not_after,
        )
        .join(Connection, _same(ConnectionKey, Connection.id))
        .where(ConnectionKey.organization_id.in_(ids), ConnectionKey.state == KeyState.ACTIVE)
        .where(ConnectionKey.not_after <= until, live)
    )  # fmt: skip


def _tokens(ids: Sequence[uuid.UUID], until: datetime) -> sa.SelectBase:
    kind = sa.case((ScimToken.kind == TokenKind.CLIENT, Kind.CLIENT.value), else_=Kind.TOKEN.value)
    other = aliased(ScimToken)
    succeeded = sa.exists().where(
        other.organization_id == ScimToken.organization_id,
        other.directory_id == ScimToken.directory_id,
        other.kind != TokenKind.ACCESS,
        other.revoked_at.is_(None),
        sa.or_(other.expires_at.is_(None), other.expires_at > ScimToken.expires_at),
        sa.or_(ScimToken.last_used_at.is_(None), other.last_used_at > ScimToken.last_used_at),
        other.last_used_at.is_not(None),
    )
    on = sa.and_(Directory.organization_id == ScimToken.organization_id, Directory.id == ScimToken.directory_id)
    return (
        sa.select(
            ScimToken.organization_id, kind, ScimToken.id, ScimToken.prefix, ScimToken.created_at, ScimToken.expires_at
        )
        .join(Directory, on)
        .where(ScimToken.organization_id.in_(ids), ScimToken.expires_at <= until, ScimToken.revoked_at.is_(None))
        .where(ScimToken.kind != TokenKind.ACCESS, Directory.mode != Mode.OFF, ~succeeded)
    )


def _links(ids: Sequence[uuid.UUID], until: datetime) -> sa.SelectBase:
    """Those somebody works with: opened, and not gone yet. Links that renew something say so themselves."""
    return sa.select(
        SetupLink.organization_id, sa.literal(Kind.LINK.value), SetupLink.id, sa.literal("guided set-up"),
        SetupLink.created_at, SetupLink.expires_at,
    ).where(
        SetupLink.organization_id.in_(ids), SetupLink.expires_at.between(now(), until), SetupLink.revoked_at.is_(None),
        SetupLink.opens > 0,
    )  # fmt: skip


def _same(model: type[ConnectionConfiguration] | type[ConnectionKey], connection_id: Any) -> sa.ColumnElement[bool]:
    return sa.and_(model.organization_id == Connection.organization_id, model.connection_id == connection_id)
