"""Setup runs: an organization's way through a guide; begun, taken up again, moved to another guide without losing anything.

What was clicked is kept under `<idp>.<flow>.<step>`, so that going back to a former guide finds its marks again.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.extensions import db
from portal.models import (
    Connection,
    Directory,
    DirectoryKind,
    Organization,
    SetupRun,
)
from portal.models.base import new_id, now
from portal.organizations import connections, directories, events, organizations
from portal.organizations.actors import Actor

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


def for_another_sign_in(organization: Organization, idp: str, *, by: Actor, name: str = "") -> SetupRun:
    """A run that connects one more identity provider beside those there are."""
    organizations.lock(organization)
    run = _start(organization, idp, by)
    run.connection_id = connections.create(organization, idp, by=by, name=name).id
    return run


def of_connection(connection: Connection) -> SetupRun | None:
    """The run through the guide of this very connection."""
    ours = SetupRun.organization_id == connection.organization_id, SetupRun.connection_id == connection.id
    return db.session.scalars(sa.select(SetupRun).where(*ours).order_by(SetupRun.id.desc()).limit(1)).first()


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


def mark_handed(run: SetupRun, flow: str, said: dict[str, str] | None) -> None:
    """Who waits for whom: handed back for approval, sent back with words, or neither."""
    _hold(run)
    others = {name: value for name, value in run.choices.items() if name != f"handed.{flow}"}
    run.choices = others | ({f"handed.{flow}": said} if said else {})
    run.changed_at = now()


def handed(run: SetupRun, flow: str) -> dict[str, str]:
    """What `mark_handed` kept; `words` are there where it was sent back."""
    found = run.choices.get(f"handed.{flow}")
    return dict.fromkeys(("at", "by", "words"), "") | found if isinstance(found, dict) else {}


@dataclass(frozen=True)
class Done:
    idp: str
    step: str
    at: datetime


def last_done(run: SetupRun, flow: str) -> Done | None:
    """The step of this half that somebody finished last, for those who only look on."""
    marks = {mark: str(at) for mark, at in run.done.items() if mark.split(".")[1] == flow}
    if not marks:
        return None
    newest = max(marks, key=lambda mark: marks[mark])
    idp, _, step = newest.split(".", 2)
    return Done(idp, step, datetime.fromisoformat(marks[newest]))


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
