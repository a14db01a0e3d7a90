"""Finding what a person on the telephone talks about: an organization by any of its names, an exchange by its code."""

import re
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.extensions import db
from portal.models import (
    ConfigurationState,
    Connection,
    ConnectionConfiguration,
    ConnectionTest,
    Domain,
    Exchange,
    Membership,
    Organization,
    Status,
    User,
)
from portal.models.base import key
from portal.organizations import batches, support_grants, vacancies
from portal.words import _

MOST = 25
CODE = re.compile(r"[2-9A-Z]{4}-?[2-9A-Z]{4}")


@dataclass(frozen=True)
class Found:
    organization: Organization
    members: int
    domains: str


def organizations(search: str) -> list[Found]:
    """By name, short name, id, domain, or the e-mail address of a member; without words the newest."""
    query = sa.select(Organization).order_by(Organization.id.desc()).limit(MOST)
    if search:
        query = query.where(sa.or_(*_conditions(search)))
    rows = db.session.scalars(query).all()
    ids = [row.id for row in rows]
    counts, names = _members(ids), _domains(ids)
    return [Found(row, counts.get(row.id, 0), ", ".join(names.get(row.id, []))) for row in rows]


@dataclass(frozen=True)
class Urgent:
    """Something an organization needs help with, or asked us to look at."""

    kind: str
    organization: Organization
    words: str
    at: datetime


def urgent() -> list[Urgent]:
    """Batches nobody decided about, seats of owners vacated, logs shared with us: the newest first."""
    found = [
        Urgent(
            "care" if batch.held else "bad", batch.organization, _("many people are leaving at once"), batch.raised_at
        )
        for batch in batches.open_anywhere()
    ]
    found += [
        Urgent("care", organization, _("nobody owns it any more"), at) for organization, at in vacancies.anywhere(MOST)
    ]
    found += [
        Urgent("info", grant.organization, _("shares its provisioning log with us"), grant.created_at)
        for grant in support_grants.usable_anywhere()
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST]


def exchange(search: str) -> Exchange | None:
    """The request whose code somebody quotes, however they type it."""
    code = re.sub(r"\s", "", search).upper()
    if not CODE.fullmatch(code):
        return None
    code = code if "-" in code else f"{code[:4]}-{code[4:]}"
    return db.session.scalars(sa.select(Exchange).where(Exchange.code == code).limit(1)).first()


def exchanges(organization: Organization, *, only_problems: bool = False, limit: int = MOST) -> Sequence[Exchange]:
    """The newest first."""
    found = organization.exchanges.select().order_by(Exchange.id.desc()).limit(limit)
    if only_problems:
        found = found.where(sa.or_(Exchange.problem != "", Exchange.status >= 400))
    return db.session.scalars(found).all()


def is_shared(connection: Connection) -> bool:
    """Another company's connection names the same IdP: allowed, and never said to either (wizards.md §2.4 step 3)."""
    names = {row.configuration.issuer for row in (connection.live, connection.candidate) if row}
    others = sa.select(ConnectionConfiguration.id).where(
        ConnectionConfiguration.organization_id != connection.organization_id,
        ConnectionConfiguration.state != ConfigurationState.OLD,
        ConnectionConfiguration.body["entity_id"].as_string().in_(names),
    )
    return db.session.scalars(others.limit(1)).first() is not None


def last_test(connection: Connection) -> ConnectionTest | None:
    """The last test sign-in that came back."""
    ours = sa.select(ConnectionTest).where(
        ConnectionTest.organization_id == connection.organization_id,
        ConnectionTest.connection_id == connection.id,
        ConnectionTest.finished_at.is_not(None),
    )
    return db.session.scalars(ours.order_by(ConnectionTest.started_at.desc()).limit(1)).first()


def _conditions(search: str) -> list[sa.ColumnElement[bool]]:
    wanted = key(search)
    named = [
        sa.func.lower(Organization.name).contains(search.lower(), autoescape=True),
        Organization.slug.contains(wanted, autoescape=True),
        sa.exists().where(Domain.organization_id == Organization.id, Domain.name == wanted.removeprefix("@")),
        sa.exists().where(
            Membership.organization_id == Organization.id, Membership.user_id == User.id, User.email_key == wanted
        ),
    ]
    with suppress(ValueError):
        named.append(Organization.id == uuid.UUID(search))
    return named


def _members(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    counted = (
        sa.select(Membership.organization_id, sa.func.count())
        .where(Membership.organization_id.in_(ids), Membership.status == Status.ACTIVE)
        .group_by(Membership.organization_id)
    )
    return {row[0]: row[1] for row in db.session.execute(counted)}


def _domains(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    rows = db.session.execute(
        sa.select(Domain.organization_id, Domain.name).where(Domain.organization_id.in_(ids)).order_by(Domain.name)
    )
    names: dict[uuid.UUID, list[str]] = {}
    for organization_id, name in rows:
        names.setdefault(organization_id, []).append(name)
    return names
