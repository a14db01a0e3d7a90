"""The roles and permissions there are: the built-in ones, and those the application's developer defines."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa

from portal.extensions import db
from portal.models import (
    BUILT_IN,
    ApplicationPermission,
    GroupRole,
    Invitation,
    MembershipRole,
    Organization,
    Permission,
    Role,
)
from portal.organizations import events
from portal.organizations.actors import Actor, Door
from portal.organizations.refusals import (
    BadRole,
    BuiltInRole,
    InternalRole,
    RoleInUse,
    RoleNotInPlan,
    UnknownPermission,
)

KEY = re.compile(r"[a-z][a-z0-9_-]{0,59}")
PERMISSION = re.compile(r"[a-z][a-z0-9_.:-]{0,63}")
OF_STAFF = frozenset({Door.API, Door.STAFF, Door.CONSOLE})
"""The application's own side: through these, internal roles are given."""


@dataclass(frozen=True)
class Definition:
    """What a role is, beside its key; see the model."""

    name: str = ""
    rank: int = 20
    permissions: Sequence[str] = ()
    description: str = ""
    plans: Sequence[str] = ()
    internal: bool = False
    is_default: bool = False


def find(key: str) -> Role | None:
    return db.session.scalars(sa.select(Role).where(Role.key == key)).one_or_none()


def get(key: str) -> Role:
    """A role that must be there; `LookupError` names one that is not."""
    if found := find(key):
        return found
    raise LookupError(f"there is no role {key!r}; there are: {', '.join(role.key for role in every())}")


def every() -> list[Role]:
    """The highest first."""
    return list(db.session.scalars(sa.select(Role).order_by(Role.rank.desc(), Role.key)))


def default() -> Role:
    """What members of a new organization get."""
    return next((role for role in every() if role.is_default), None) or get("member")


def of(organization: Organization) -> list[Role]:
    """Those the organization itself may give."""
    return [role for role in every() if not role.internal and _is_in_plan(role, organization)]


def require_givable(role: Role, organization: Organization, *, by: Actor) -> None:
    if role.internal and by.door not in OF_STAFF:
        raise InternalRole
    if by.door is not Door.CONSOLE and not _is_in_plan(role, organization):
        raise RoleNotInPlan


def define(key: str, definition: Definition, *, by: Actor) -> Role:
    """Make the role, or make it so. A built-in one keeps its name, its rank and the permissions it was built with."""
    if not KEY.fullmatch(key):
        raise BadRole
    role = find(key)
    if role is not None and role.built_in:
        definition = _built_in(role, definition)
    _require_known(definition.permissions)
    if role is None:
        role = Role(key=key)
        db.session.add(role)
    if _take(role, definition):
        db.session.flush()
        events.record("role.defined", None, role, by=by, key=key, permissions=role.permissions)
    if role.is_default:
        db.session.execute(sa.update(Role).where(Role.id != role.id).values(is_default=False))
    return role


def remove(role: Role, *, by: Actor) -> None:
    if role.built_in:
        raise BuiltInRole
    uses = (MembershipRole.role_id, GroupRole.role_id, Invitation.role_id, Organization.default_role_id)
    if any(db.session.scalars(sa.select(column).where(column == role.id).limit(1)).first() for column in uses):
        raise RoleInUse
    events.record("role.removed", None, role, by=by, key=role.key)
    db.session.delete(role)


def permissions() -> Sequence[ApplicationPermission]:
    return db.session.scalars(sa.select(ApplicationPermission).order_by(ApplicationPermission.key)).all()


def define_permission(key: str, description: str, *, by: Actor) -> ApplicationPermission:
    if not PERMISSION.fullmatch(key) or key in tuple(Permission):
        raise UnknownPermission(
            f"{key[:64]!r} cannot name a permission: small letters, digits, and _ . : - between them."
        )
    found = sa.select(ApplicationPermission).where(ApplicationPermission.key == key)
    row = db.session.scalars(found).one_or_none()
    if row is None:
        row = ApplicationPermission(key=key, description=description)
        db.session.add(row)
        db.session.flush()
        events.record("permission.defined", None, row, by=by, key=key)
    row.description = description
    return row


def remove_permission(row: ApplicationPermission, *, by: Actor) -> None:
    """From every role that has it, too."""
    for role in every():
        if row.key in role.permissions:
            role.permissions = [one for one in role.permissions if one != row.key]
    events.record("permission.removed", None, row, by=by, key=row.key)
    db.session.delete(row)


def load(path: Path, *, by: Actor) -> tuple[int, int]:
    """Define what the file says; what it does not mention stays. Returns the numbers of permissions and roles. Processes that
    start together do it one after the other."""
    db.session.execute(sa.select(Role.id).order_by(Role.id).with_for_update())
    document = tomllib.loads(path.read_text())
    named, defined = document.get("permissions", {}), document.get("roles", {})
    for key, description in named.items():
        define_permission(key, str(description), by=by)
    for key, said in defined.items():
        unknown = set(said) - set(Definition.__dataclass_fields__) - {"default"}
        if unknown:
            raise ValueError(f"{path.name}: the role {key} has no setting {', '.join(sorted(unknown))}")
        said = {("is_default" if name == "default" else name): value for name, value in said.items()}
        define(key, Definition(**said), by=by)
    return len(named), len(defined)


def ensure_built_in() -> None:
    """The built-in roles exist; called by the first migration's data and by tests."""
    present = {role.key for role in every()}
    for key, name, rank, given in BUILT_IN:
        if key not in present:
            db.session.add(Role(key=key, name=name, rank=rank, permissions=[str(one) for one in given]))
    db.session.flush()


def _built_in(role: Role, definition: Definition) -> Definition:
    if definition.internal or definition.plans:
        raise BuiltInRole
    _, name, rank, given = next(row for row in BUILT_IN if row[0] == role.key)
    kept = [str(one) for one in given]
    return replace(definition, name=name, rank=rank, permissions=[*kept, *definition.permissions])


def _require_known(wanted: Sequence[str]) -> None:
    known = {*map(str, Permission), *(row.key for row in permissions())}
    if unknown := [one for one in wanted if one not in known]:
        raise UnknownPermission(f"There is no permission {unknown[0][:64]!r}. Define it first.")


def _take(role: Role, definition: Definition) -> bool:
    """True when that changed something."""
    wanted: dict[str, object] = {
        "name": definition.name.strip()[:320] or role.key.replace("_", " ").capitalize(),
        "rank": definition.rank,
        "permissions": list(dict.fromkeys(definition.permissions)),
        "description": definition.description,
        "plans": list(dict.fromkeys(definition.plans)),
        "internal": definition.internal,
        "is_default": definition.is_default,
    }
    changed = {name: value for name, value in wanted.items() if getattr(role, name) != value}
    for name, value in changed.items():
        setattr(role, name, value)
    return bool(changed)


def _is_in_plan(role: Role, organization: Organization) -> bool:
    return not role.plans or organization.plan_name in role.plans
