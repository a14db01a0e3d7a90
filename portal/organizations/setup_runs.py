"""Setup runs: an organization's way through a guide; begun, taken up again, moved to another guide without losing anything.

What was clicked is kept under `<idp>.<flow>.<step>`, so that going back to a former guide finds its marks again.
"""

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.extensions import db
from portal.models import (
    Connection,
    Directory,
    DirectoryKind,
    Membership,
    MembershipRole,
    Organization,
    Permission,
    SetupRun,
    Status,
)
from portal.models.base import new_id, now
from portal.organizations import connections, directories, events, mail, organizations, roles
from portal.organizations.actors import Actor

MOST_TOLD = 10
HALVES = {"sso": SetupRun.connection_id, "scim": SetupRun.directory_id}


def latest(organization: Organization, flow: str) -> SetupRun | None:
    """The run through this half of a guide that was begun last."""
    found = organization.setup_runs.select().where(HALVES[flow].is_not(None)).order_by(SetupRun.id.desc()).limit(1)
    return db.session.scalars(found).first()


def get(run_id: uuid.UUID) -> SetupRun | None:
    """By id alone: who may see it is decided by the organization it belongs to."""
    return db.session.get(SetupRun, run_id, options=[joinedload(SetupRun.organization)])


def for_sign_in(organization: Organization, idp: str, *, by: Actor, name: str = "") -> SetupRun:
    """The run that connects sign-in. A connection there already is taken up, with its addresses."""
    organizations.lock(organization)
    run = latest(organization, "sso")
    if run is None:
        run = _start(organization, idp, by)
        run.connection_id = _connection(organization, idp, by, name).id
    elif run.idp != idp:
        run = _change_guide(run, "sso", idp, by)
    connection = db.session.get_one(Connection, run.connection_id)
    connections.change_idp(connection, idp, by=by)
    connection.name = name or connection.name
    return run


def for_provisioning(
    organization: Organization, idp: str, *, by: Actor, name: str = "", kind: DirectoryKind = DirectoryKind.SCIM
) -> SetupRun:
    """The run that connects the directory: the sign-in's own where the IdP is the same one."""
    organizations.lock(organization)
    run = latest(organization, "scim")
    if run is None:
        directory = _directory(organization, idp, by, name, kind)
        shared = latest(organization, "sso")
        run = shared if shared and shared.idp == idp else _start(organization, idp, by)
        run.directory_id = directory.id
    elif run.idp != idp:
        run = _change_guide(run, "scim", idp, by)
    directory = db.session.get_one(Directory, run.directory_id)
    if directory.idp != idp or directory.kind is not kind:
        directories.change_idp(directory, idp, by=by, name=name, kind=kind)
    return run


def answer(run: SetupRun, field: str, value: str) -> None:
    """An answer given in a `choose` step."""
    _hold(run)
    run.choices = run.choices | {field: value}
    run.changed_at = now()


def remember(run: SetupRun, name: str, values: list[str]) -> None:
    """What the engine itself must not forget, such as which forms were sent already."""
    _hold(run)
    run.choices = run.choices | {name: values}


def choose_variant(run: SetupRun, variant: str) -> None:
    """Which generation of the console's menus this reader sees."""
    run.variant = variant
    run.changed_at = now()


def finish(run: SetupRun, flow: str, step: str) -> None:
    """Somebody said that this step is done; what the portal sees for itself counts for more (wizards.md §3.4)."""
    _hold(run)
    run.done = run.done | {mark(run, flow, step): now().isoformat()}
    run.changed_at = now()


def has_finished(run: SetupRun, flow: str, step: str) -> bool:
    return mark(run, flow, step) in run.done


def mark(run: SetupRun, flow: str, step: str) -> str:
    return f"{run.idp}.{flow}.{step}"


def hand_back(run: SetupRun, what: str, url: str, *, by: Actor) -> int:
    """All is ready, and somebody with an account must press the button: tell those who may. How many were told."""
    organization = run.organization
    events.record("setup.handed_back", organization, run, by=by, what=what)
    people = _managers(organization)
    for person in people:
        words = (
            f"The set-up of {what} for {organization.name} is ready and waits for your approval.\n\n"
            f"Nothing has changed yet. Look at it and switch it on here:\n{url}\n"
        )
        mail.queue(person.email, f"Ready for your approval: {what} for {organization.name}", words)
    return len(people)


def _managers(organization: Organization) -> Sequence[Membership]:
    able = [role.id for role in roles.every() if role.allows(Permission.MANAGE_SSO)]
    held = sa.exists().where(
        MembershipRole.organization_id == Membership.organization_id,
        MembershipRole.membership_id == Membership.id,
        MembershipRole.role_id.in_(able),
    )
    active = organization.memberships.select().where(Membership.status == Status.ACTIVE, held)
    return db.session.scalars(active.order_by(Membership.id).limit(MOST_TOLD)).all()


def _hold(run: SetupRun) -> None:
    """Several people may walk through one run; what one of them says must not undo what another just said."""
    held = sa.select(SetupRun).where(SetupRun.organization_id == run.organization_id, SetupRun.id == run.id)
    db.session.execute(held.with_for_update().execution_options(populate_existing=True))


def _start(organization: Organization, idp: str, by: Actor) -> SetupRun:
    run = SetupRun(id=new_id(), organization_id=organization.id, idp=idp, choices={}, done={}, started_by=by.label)
    db.session.add(run)
    db.session.flush()
    events.record("setup.started", organization, run, by=by, idp=idp)
    return run


def _change_guide(run: SetupRun, flow: str, idp: str, by: Actor) -> SetupRun:
    """Another guide for one half; the other half, if there is one, stays in a run of its own with the guide it had."""
    shared = run.directory_id if flow == "sso" else run.connection_id
    if shared is not None:
        rest = SetupRun(
            id=new_id(), organization_id=run.organization_id, idp=run.idp, variant=run.variant,
            choices=dict(run.choices), done=dict(run.done), started_by=run.started_by,
        )  # fmt: skip
        name = "directory_id" if flow == "sso" else "connection_id"
        setattr(rest, name, shared)
        setattr(run, name, None)
        db.session.add(rest)
    events.record("setup.guide_changed", run.organization_id, run, by=by, idp=idp, before=run.idp)
    run.idp, run.variant, run.changed_at = idp, "", now()
    db.session.flush()
    return run


def _connection(organization: Organization, idp: str, by: Actor, name: str) -> Connection:
    there = connections.listed(organization)
    return there[-1] if there else connections.create(organization, idp, by=by, name=name)


def _directory(organization: Organization, idp: str, by: Actor, name: str, kind: DirectoryKind) -> Directory:
    there = directories.listed(organization)
    return there[-1] if there else directories.create(organization, idp, by=by, name=name, kind=kind)
