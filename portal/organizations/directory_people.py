"""What the IdP says of people and groups, kept as rows: the directory's side of provisioning, before anything is in force."""

import uuid
from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.extensions import db
from portal.models import Applied, Directory, DirectoryGroup, DirectoryGroupMember, DirectoryUser
from portal.models.base import Json, key, new_id, now
from portal.models.engine import among, insert, insert_new
from portal.organizations import group_roles, sync, users
from portal.organizations.actors import Actor
from portal.organizations.refusals import GroupInGroup, GroupNameTaken, Refused, UnknownMembers, UserNameTaken

CHUNK = 1_000


def create_user(directory: Directory, document: Json, *, by: Actor, known_id: uuid.UUID | None = None) -> DirectoryUser:
    """`document` is a clean SCIM user; the person is brought in force where the directory is live. `known_id` is the one that
    the IdP has of somebody who moved in."""
    at = now()
    person = DirectoryUser(
        id=known_id or new_id(), organization_id=directory.organization_id, directory_id=directory.id,
        version=1, created_at=at, changed_at=at,
    )  # fmt: skip
    _take(person, document)
    sync.apply_user(directory, person, by=by)
    if not insert_new(person):
        raise UserNameTaken
    return person


def change_user(directory: Directory, person: DirectoryUser, document: Json, *, by: Actor) -> bool:
    """False when nothing changed: version and time stay then (RFC 7644 §3.5.2)."""
    if person.data == document:
        return False
    before = _of_interest(person)
    _take(person, document)
    person.version, person.changed_at = person.version + 1, now()
    _save(person, "user_name", UserNameTaken)
    if _of_interest(person) != before or person.applied is not Applied.APPLIED:
        sync.apply_user(directory, person, by=by)
    return True


def _of_interest(person: DirectoryUser) -> tuple[object, ...]:
    """What a membership follows; a title or a telephone number is kept, and touches nobody."""
    return person.label, person.email, person.active, person.external_id


def find_user(directory: Directory, user_id: uuid.UUID, *, lock: bool = False) -> DirectoryUser | None:
    query = sa.select(DirectoryUser).where(
        DirectoryUser.organization_id == directory.organization_id,
        DirectoryUser.directory_id == directory.id,
        DirectoryUser.id == user_id,
    )
    return db.session.scalars(query.with_for_update() if lock else query).one_or_none()


def delete_user(directory: Directory, person: DirectoryUser, *, by: Actor) -> None:
    sync.forget_user(directory, person, by=by)


def create_group(
    directory: Directory,
    document: Json,
    member_ids: Iterable[uuid.UUID],
    *,
    by: Actor,
    known_id: uuid.UUID | None = None,
) -> DirectoryGroup:
    group = DirectoryGroup(
        id=known_id or new_id(), organization_id=directory.organization_id, directory_id=directory.id
    )
    _name(group, document)
    _save(group, "display_name", GroupNameTaken)
    add_members(directory, group, list(member_ids), by=by)
    return group


def change_group(directory: Directory, group: DirectoryGroup, document: Json) -> bool:
    if group.data == document:
        return False
    _name(group, document)
    touch_group(group)
    _save(group, "display_name", GroupNameTaken)
    return True


def touch_group(group: DirectoryGroup) -> None:
    group.version, group.changed_at = group.version + 1, now()


def delete_group(directory: Directory, group: DirectoryGroup, *, by: Actor) -> None:
    """A rule that gave a role by this group goes with it, and so does the role."""
    touched = members_of(directory, [group]).get(group.id, [])
    gave_a_role = group_roles.has_rules(directory)
    db.session.delete(group)
    db.session.flush()
    sync.apply_group_change(directory, touched, by=by, rules_changed=gave_a_role)


def members_of(directory: Directory, groups: Sequence[DirectoryGroup]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """The people of a page of groups, in one look-up."""
    found: dict[uuid.UUID, list[uuid.UUID]] = {}
    if not groups:
        return found
    rows = db.session.execute(
        sa.select(DirectoryGroupMember.group_id, DirectoryGroupMember.directory_user_id)
        .where(
            DirectoryGroupMember.organization_id == directory.organization_id,
            DirectoryGroupMember.group_id.in_([group.id for group in groups]),
        )
        .order_by(DirectoryGroupMember.directory_user_id)
    )
    for group_id, user_id in rows:
        found.setdefault(group_id, []).append(user_id)
    return found


def add_members(directory: Directory, group: DirectoryGroup, ids: Sequence[uuid.UUID], *, by: Actor) -> bool:
    """Costs what it adds, not what the group holds. Who is not a person of this directory is refused by id."""
    wanted = list(dict.fromkeys(ids))
    fresh: list[uuid.UUID] = []
    for chunk in _chunks(wanted):
        came = list(db.session.scalars(_insertion(directory, group, chunk)))
        if len(came) < len(chunk):  # in the group already, or nobody of ours
            _require_known(directory, chunk)
        fresh += came
    if fresh:
        sync.apply_group_change(directory, fresh, by=by)
    return bool(fresh)


def remove_members(directory: Directory, group: DirectoryGroup, ids: Sequence[uuid.UUID] | None, *, by: Actor) -> bool:
    """`ids` of None means everybody."""
    gone: list[uuid.UUID] = []
    theirs = (DirectoryGroupMember.organization_id == group.organization_id, DirectoryGroupMember.group_id == group.id)
    for chunk in _chunks(ids) if ids is not None else [None]:
        ours = sa.delete(DirectoryGroupMember).where(*theirs)
        if chunk is not None:
            ours = ours.where(among(DirectoryGroupMember.__table__.c.directory_user_id, chunk))
        gone += db.session.scalars(ours.returning(DirectoryGroupMember.directory_user_id))
    if gone:
        sync.apply_group_change(directory, gone, by=by)
    return bool(gone)


def set_members(directory: Directory, group: DirectoryGroup, ids: Sequence[uuid.UUID], *, by: Actor) -> bool:
    """Exactly these people, by the difference."""
    if not ids:
        return remove_members(directory, group, None, by=by)
    present = set(members_of(directory, [group]).get(group.id, []))
    wanted = set(ids)
    removed = remove_members(directory, group, sorted(present - wanted), by=by)
    return add_members(directory, group, [one for one in dict.fromkeys(ids) if one not in present], by=by) or removed


def _insertion(directory: Directory, group: DirectoryGroup, ids: Sequence[uuid.UUID]) -> sa.Executable:
    """The directory's people among these, put into the group by one statement that gives back who was not in it. They are
    locked against deletion meanwhile, as the foreign key would find out only when it is too late to say who is gone."""
    people = DirectoryUser.__table__.c
    ours = (
        sa.select(people.organization_id, sa.literal(group.id, sa.Uuid), people.id)
        .where(
            people.organization_id == directory.organization_id,
            people.directory_id == directory.id,
            among(people.id, ids),
        )
        .order_by(people.id)
        .with_for_update(read=True, key_share=True)
    )
    columns = DirectoryGroupMember.__table__.c
    into = insert(DirectoryGroupMember).from_select(["organization_id", "group_id", "directory_user_id"], ours)
    return into.on_conflict_do_nothing().returning(columns.directory_user_id)


def _require_known(directory: Directory, ids: Sequence[uuid.UUID]) -> None:
    ours = (DirectoryUser.organization_id == directory.organization_id, DirectoryUser.directory_id == directory.id)
    known = set(db.session.scalars(sa.select(DirectoryUser.id).where(*ours, among(DirectoryUser.__table__.c.id, ids))))
    if missing := [one for one in ids if one not in known]:
        raise _unknown(directory, missing)


def _chunks(ids: Sequence[uuid.UUID]) -> Iterator[Sequence[uuid.UUID]]:
    """The number of values bound in one statement is limited."""
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


def _unknown(directory: Directory, missing: list[uuid.UUID]) -> Refused:
    """Groups among them are a mistake of another kind than people who were not assigned."""
    ours = (DirectoryGroup.organization_id == directory.organization_id, DirectoryGroup.directory_id == directory.id)
    nested = db.session.scalars(
        sa.select(DirectoryGroup.id).where(*ours, DirectoryGroup.id.in_(missing)).limit(1)
    ).first()
    return GroupInGroup() if nested else UnknownMembers(missing)


def _take(person: DirectoryUser, document: Json) -> None:
    name = _part(document, "name")
    person.data = document
    person.user_name = str(document.get("userName", ""))
    person.external_id = str(document["externalId"]) if "externalId" in document else None
    if "active" in document:  # unassigned is as it was: a removal of the attribute must not let anybody in again
        said = document["active"] is not False
        if said != person.active:  # something new: what somebody here decided about the old word is over
            person.set_aside_at = None
        person.active = said
    person.email = _email(document)
    if person.email:
        users.checked(person.email)
    person.given_name = str(name.get("givenName", ""))[:320]
    person.family_name = str(name.get("familyName", ""))[:320]
    person.display_name = str(document.get("displayName") or name.get("formatted") or "")[:320]
    person.user_name_key, person.email_key = key(person.user_name)[:320], key(person.email)[:320]


def _part(document: Json, name: str) -> Json:
    value = document.get(name)
    return value if isinstance(value, dict) else {}


def _email(document: Json) -> str:
    """The primary address, else the one for work, else the first; else the user name where it is one."""
    listed = document.get("emails")
    emails = [one for one in listed if isinstance(one, dict) and one.get("value")] if isinstance(listed, list) else []
    ranked = sorted(emails, key=lambda one: (not one.get("primary"), one.get("type") != "work"))
    if ranked:
        return str(ranked[0]["value"]).strip()[:320]
    user_name = str(document.get("userName", ""))
    return user_name if "@" in user_name else ""


def _name(group: DirectoryGroup, document: Json) -> None:
    group.data = document
    group.display_name = str(document.get("displayName", ""))
    group.display_name_key = key(group.display_name)[:320]
    group.external_id = str(document["externalId"]) if "externalId" in document else None


def _save(
    row: DirectoryUser | DirectoryGroup, column: str, refusal: type[UserNameTaken] | type[GroupNameTaken]
) -> None:
    """The refusal leaves the transaction broken: who catches it rolls back."""
    try:
        db.session.add(row)
        db.session.flush()
    except IntegrityError as error:
        raise _verdict(error, column, refusal) from error


def _verdict(error: IntegrityError, column: str, refusal: type[UserNameTaken] | type[GroupNameTaken]) -> Exception:
    """The database judges uniqueness: PostgreSQL names the constraint, SQLite the columns."""
    said = str(error.orig)
    return refusal() if f"_{column}" in said or f"{column}_key" in said else error
