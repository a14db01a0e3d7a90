"""Names that connections, directories and organizations had in another product, so that no customer touches their identity
provider when an application moves (docs/decisions/moving-in.md)."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Alias, AliasKind, Connection, Directory, Organization
from portal.models.alias import LONGEST
from portal.models.engine import insert_new
from portal.organizations import events
from portal.organizations.actors import Actor
from portal.organizations.refusals import AliasTaken, BadAlias

ADDRESSES = (AliasKind.ACS, AliasKind.SCIM)
NAMES = (AliasKind.ENTITY_ID, *ADDRESSES)
Owner = Organization | Connection | Directory


@dataclass(frozen=True)
class Names:
    """What an IdP was told of a connection elsewhere; empty where that is what we say ourselves."""

    entity_id: str = ""
    acs_url: str = ""


def add(owner: Owner, kind: AliasKind, value: str, *, by: Actor, issuer: str = "") -> Alias:
    """A name of one owner; with an `issuer`, one that connections to other identity providers may have as well."""
    place = place_of(kind, value)
    if issuer:
        place_of(AliasKind.ENTITY_ID, issuer)
    if existing := _exactly(owner, kind, value, issuer):
        return existing
    alias = Alias(
        organization_id=owner.id if isinstance(owner, Organization) else owner.organization_id,
        kind=kind,
        value=value,
        place=place,
        issuer=issuer,
        connection_id=owner.id if isinstance(owner, Connection) else None,
        directory_id=owner.id if isinstance(owner, Directory) else None,
    )
    _require_room(alias)
    if not insert_new(alias):
        raise AliasTaken
    if kind in NAMES:
        events.record("alias.added", alias.organization_id, owner, by=by, kind=kind.value, value=value)
    return alias


def remove(alias: Alias, *, by: Actor) -> None:
    """From now on our own name counts, and only that one."""
    events.record("alias.removed", alias.organization_id, None, by=by, kind=alias.kind.value, value=alias.value)
    db.session.delete(alias)
    db.session.flush()


def forget_names(connection: Connection, *, by: Actor) -> None:
    """The company has given its identity provider ours."""
    ours = Alias.organization_id == connection.organization_id, Alias.connection_id == connection.id
    for alias in db.session.scalars(sa.select(Alias).where(*ours, Alias.kind.in_(NAMES))):
        remove(alias, by=by)


def names_of(connection: Connection) -> Names:
    ours = Alias.organization_id == connection.organization_id, Alias.connection_id == connection.id
    rows = db.session.execute(sa.select(Alias.kind, Alias.value).where(*ours, Alias.kind.in_(NAMES)))
    found = {row.kind: row.value for row in rows}
    return Names(found.get(AliasKind.ENTITY_ID, ""), found.get(AliasKind.ACS, ""))


def at(places: Collection[str]) -> Sequence[Alias]:
    """What answered at any of these addresses; the longest first."""
    found = sa.select(Alias).where(Alias.kind.in_(ADDRESSES), Alias.place.in_(places))
    return sorted(db.session.scalars(found), key=lambda alias: -len(alias.place))


def named(kind: AliasKind, values: Collection[str]) -> dict[str, Alias]:
    """Which of these ids are known already."""
    found = sa.select(Alias).where(Alias.kind == kind, Alias.place.in_(values))
    return {alias.value: alias for alias in db.session.scalars(found)}


def listed(organization: Organization) -> Sequence[Alias]:
    ours = Alias.organization_id == organization.id, Alias.kind.in_(NAMES)
    return db.session.scalars(sa.select(Alias).where(*ours).order_by(Alias.id)).all()


def get(alias_id: uuid.UUID) -> Alias | None:
    return db.session.get(Alias, alias_id)


def id_in(directory_id: uuid.UUID, former: str) -> uuid.UUID:
    """The id here of what an IdP knows by its id elsewhere: the same one where it is a UUID, else always the same for it."""
    try:
        return uuid.UUID(former) if len(former) == 36 else uuid.uuid5(directory_id, former)
    except ValueError:
        return uuid.uuid5(directory_id, former)


def place_of(kind: AliasKind, value: str) -> str:
    """What a request is found by: never the host, which nobody can vouch for."""
    if not value or len(value) > LONGEST or not value.isascii() or not value.isprintable() or " " in value:
        raise BadAlias
    if kind not in ADDRESSES:
        return value
    parts = urlsplit(value)
    path = parts.path.rstrip("/")
    if parts.scheme not in ("https", "http") or not parts.hostname or len(path) < 2 or parts.fragment:
        raise BadAlias
    return f"{path}?{parts.query}" if parts.query and kind is AliasKind.ACS else path


def _exactly(owner: Owner, kind: AliasKind, value: str, issuer: str) -> Alias | None:
    same = Alias.kind == kind, Alias.value == value, Alias.issuer == issuer
    alias = db.session.scalars(sa.select(Alias).where(*same)).one_or_none()
    return alias if alias and owner.id in (alias.connection_id, alias.directory_id, alias.organization_id) else None


def _require_room(alias: Alias) -> None:
    """An address is one connection's own, or shared by connections that all say whose answers are theirs."""
    held = db.session.scalars(sa.select(Alias.issuer).where(Alias.kind == alias.kind, Alias.place == alias.place)).all()
    if held and (not alias.issuer or "" in held or alias.issuer in held):
        raise AliasTaken
