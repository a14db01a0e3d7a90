"""Customer companies: making them, finding them, setting their policies."""

import re
import unicodedata
import uuid

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.extensions import db
from portal.models import OWNER, Grant, Membership, Organization, Role, Session, SignInPolicy, Status
from portal.models.base import Json, key, new_id, now
from portal.organizations import backchannel, events, roles
from portal.organizations.actors import Actor
from portal.organizations.refusals import BadName, InternalRole, SlugTaken

POLICIES = frozenset(
    ["sso_allowed", "just_in_time", "leavers", "outsiders", "hold_large_batches", "seats", "second_factor_required"]
)


def create(name: str, *, by: Actor, slug: str = "") -> Organization:
    """Without a slug, one is made from the name and numbered until it is free."""
    name = _checked(name)
    wanted = slug or slugify(name)
    organization = Organization(
        id=new_id(), name=name, slug=wanted if slug else _free(wanted), default_role_id=roles.default().id, plan={}
    )
    try:
        with db.session.begin_nested():
            db.session.add(organization)
    except IntegrityError as error:
        if "slug" in str(error.orig):
            raise SlugTaken from error
        raise
    events.record("organization.created", organization, organization, by=by)
    return organization


def delete(organization: Organization, *, by: Actor) -> None:
    """At once and for good, with all that is its own: members, connections, directories, activity. People stay, without it.
    Two things outlive it: the event that says so, and logout tokens to applications where its people were signed in; of those who
    existed for it only, the event alone tells."""
    its_sessions = sa.select(Session.id).where(Session.organization_id == organization.id)
    backchannel.end(sa.or_(Grant.organization == organization.id, Grant.session_id.in_(its_sessions)))
    ended = {"revoked_at": now(), "organization_id": None, "connection_id": None}  # the grants to be told hang on them
    db.session.execute(sa.update(Session).where(Session.organization_id == organization.id).values(ended))
    events.record("organization.deleted", None, organization, by=by, slug=organization.slug)
    db.session.flush()
    db.session.execute(sa.delete(Organization).where(Organization.id == organization.id))
    db.session.expire_all()


def find(name: str) -> Organization | None:
    """By id or by slug, as the command line takes them."""
    try:
        found = db.session.get(Organization, uuid.UUID(name))
    except ValueError:
        found = None
    return found or db.session.scalars(sa.select(Organization).where(Organization.slug == name)).one_or_none()


def named(name: str) -> Organization | None:
    """The one organization of this name or slug, for people who type it at "Sign in with SSO"."""
    wanted = key(name)
    found = db.session.scalars(
        sa.select(Organization)
        .where(sa.or_(Organization.slug == wanted, sa.func.lower(Organization.name) == wanted))
        .limit(3)
    ).all()
    exact = [organization for organization in found if organization.slug == wanted]
    return exact[0] if exact else found[0] if len(found) == 1 else None


def rename(organization: Organization, name: str, *, by: Actor) -> None:
    organization.name = _checked(name)
    events.record("organization.renamed", organization, organization, by=by, name=organization.name)


def set_policy(organization: Organization, *, by: Actor, **policies: object) -> None:
    """Change any of `POLICIES`; what stays the same leaves no trace. `sign_in_policy` has its own rules: see connections."""
    unknown = set(policies) - POLICIES
    if unknown:
        raise LookupError(f"no such policy: {', '.join(sorted(unknown))}")
    changed = {name: value for name, value in policies.items() if getattr(organization, name) != value}
    for name, value in changed.items():
        setattr(organization, name, value)
    if changed:
        plain = {name: str(value) for name, value in changed.items()}
        events.record("organization.policy_changed", organization, organization, by=by, **plain)


def set_plan(organization: Organization, plan: Json, *, by: Actor) -> None:
    """`name` decides which roles the organization may give; the rest is the application's own note. Roles that people hold
    stay with them."""
    if organization.plan != plan:
        organization.plan = plan
        events.record("organization.plan_changed", organization, organization, by=by, plan=organization.plan_name)


def set_default_role(organization: Organization, role: Role, *, by: Actor) -> bool:
    """What members get whom no rule gives another; true when that changed something. Nobody becomes an owner by arriving."""
    if role.internal:
        raise InternalRole
    roles.require_givable(role, organization, by=by)
    if role.key == OWNER or organization.default_role_id == role.id:
        return False
    organization.default_role_id = role.id
    db.session.flush()
    db.session.expire(organization, ["default_role"])
    events.record("organization.default_role_changed", organization, organization, by=by, role=role.key)
    return True


def lock(organization: Organization) -> None:
    """Take the organization's row: seats and owners are counted by one transaction at a time."""
    db.session.execute(sa.select(Organization.id).where(Organization.id == organization.id).with_for_update())


def count_members(organization: Organization) -> int:
    counted = sa.select(sa.func.count()).where(
        Membership.organization_id == organization.id, Membership.status == Status.ACTIVE
    )
    return db.session.scalar(counted) or 0


def requires_sso(organization: Organization) -> bool:
    return organization.sso_allowed and organization.sign_in_policy is SignInPolicy.REQUIRE


def slugify(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:48] or "organization"


def _free(wanted: str) -> str:
    taken = set(
        db.session.scalars(sa.select(Organization.slug).where(Organization.slug.startswith(wanted, autoescape=True)))
    )
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(slug for slug in numbered if slug not in taken)


def _checked(name: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= 100:
        raise BadName
    return name
