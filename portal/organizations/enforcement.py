"""Offering or requiring single sign-on: what must be true before, and whom it would concern."""

from dataclasses import dataclass

import sqlalchemy as sa

from portal.extensions import db
from portal.models import ConnectionIdentity, Membership, Organization, Session, SignInPolicy, Status
from portal.models.base import now
from portal.organizations import breakglass, connections, domains, events, factors
from portal.organizations.actors import Actor
from portal.organizations.refusals import NoOtherWayIn, NotTested, NoVerifiedDomain


@dataclass(frozen=True)
class Readiness:
    """`proven`: a live connection passed a test with exactly its present configuration."""

    live: bool
    proven: bool
    domain: bool
    way_back: bool

    @property
    def complete(self) -> bool:
        return self.proven and self.domain and self.way_back


@dataclass(frozen=True)
class Consequences:
    """Counts of people, and of browsers that would lose the organization at once."""

    members: int
    never_through_sso: int
    other_sessions: int
    without_factor: int


def set_policy(organization: Organization, policy: SignInPolicy, *, by: Actor) -> None:
    """Requiring SSO needs a live, proven connection, a verified domain, and a break-glass owner who has rehearsed the way
    back in (design.md §3). Offering it is always possible."""
    if policy is organization.sign_in_policy:
        return
    if policy is SignInPolicy.REQUIRE:
        _require(readiness(organization))
    organization.sign_in_policy = policy
    events.record("organization.sign_in_policy_changed", organization, organization, by=by, policy=policy.value)


def readiness(organization: Organization) -> Readiness:
    live = connections.live_of(organization)
    return Readiness(
        live=bool(live),
        proven=any(one.live and connections.has_passed(one, one.live.config_hash) for one in live),
        domain=bool(domains.verified_names(organization)),
        way_back=breakglass.is_ready(organization),
    )


def consequences(organization: Organization) -> Consequences:
    active = (Membership.organization_id == organization.id, Membership.status == Status.ACTIVE)
    members = sa.select(sa.func.count()).select_from(Membership).where(*active)
    came = sa.exists().where(
        ConnectionIdentity.organization_id == organization.id, ConnectionIdentity.membership_id == Membership.id
    )
    elsewhere = sa.or_(Session.organization_id.is_(None), Session.organization_id != organization.id)
    others = (
        sa.select(sa.func.count(Session.id))
        .join(Membership, Membership.user_id == Session.user_id)
        .where(*active, elsewhere, Session.reaches_all, Session.revoked_at.is_(None), Session.expires_at > now())
    )
    counts = (members, members.where(~came), others, members.where(factors.missing()))
    return Consequences(*db.session.execute(sa.select(*(one.scalar_subquery() for one in counts))).one())


def _require(ready: Readiness) -> None:
    if not ready.proven:
        raise NotTested
    if not ready.domain:
        raise NoVerifiedDomain
    if not ready.way_back:
        raise NoOtherWayIn
