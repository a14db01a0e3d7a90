"""A company with a live directory of any size, put there by a handful of statements that each make every row."""

import uuid
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from portal.app import create_app
from portal.extensions import db
from portal.models import (
    Applied,
    Directory,
    DirectoryGroup,
    DirectoryGroupMember,
    DirectoryUser,
    GroupRole,
    Membership,
    MembershipRole,
    Mode,
    Role,
    Source,
    Status,
    User,
)
from portal.models.base import now
from portal.organizations import directories, domains, organizations, tokens
from portal.organizations.actors import OPERATOR
from portal.settings import Settings

DOMAIN = "people.example"
USERS, MEMBERSHIPS, PEOPLE, GROUPS = range(4)
"""Which table a made-up id belongs to."""

BEGAN = 1_704_067_200_000
SETTINGS = {"environment": "embedded", "secret_key": "benchmark " * 4, "scim_rate": 0, "sign_in_rate": 0}


@dataclass(frozen=True)
class World:
    """What a client needs to know of the seeded company."""

    directory_id: uuid.UUID
    token: str
    people: int
    groups: Mapping[int, uuid.UUID]
    """The id of the group of each size."""

    @property
    def path(self) -> str:
        return f"/scim/v2/{self.directory_id}"


def id_of(table: int, number: int) -> uuid.UUID:
    """A UUIDv7 as old as its number, so that the order of ids is the order of numbers."""
    return uuid.UUID(f"{BEGAN + number:012x}7000800{table}{number:012x}")


def application(url: str, folder: Path, **changes: object) -> Flask:
    return create_app(Settings(**SETTINGS | {"database_url": url, "instance_path": folder} | changes))  # type: ignore[arg-type]


def sow(app: Flask, people: int, group_sizes: tuple[int, ...]) -> World:
    """Migrate, then make the company; each group holds the first people."""
    with app.app_context(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        upgrade()
        _take_your_time()
        directory, token = _directory()
        _people(directory, people)
        groups = {size: _group(directory, size) for size in sorted(set(group_sizes))}
        world = World(directory.id, token, people, groups)
        db.session.commit()
        _settle()
        db.session.remove()
        db.engine.dispose()
    return world


def refill(app: Flask, world: World) -> None:
    """Every group holds again exactly whom it held at first."""
    with app.app_context():
        _take_your_time()
        directory = db.session.get_one(Directory, world.directory_id)
        db.session.execute(sa.delete(DirectoryGroupMember))
        for size, group in world.groups.items():
            _members(directory, group, size)
        db.session.commit()
        _settle()
        db.session.remove()
        db.engine.dispose()


def give_role(app: Flask, world: World, size: int) -> None:
    """From now on the group of this size makes its members admins, so that each move of a member moves a role."""
    with app.app_context():
        _take_your_time()
        directory = db.session.get_one(Directory, world.directory_id)
        admin = db.session.scalars(sa.select(Role).where(Role.key == "admin")).one()
        rule = GroupRole(organization_id=directory.organization_id, directory_id=directory.id, position=0)
        rule.group_id, rule.role_id = world.groups[size], admin.id
        db.session.add(rule)
        members = sa.select(Membership.id).where(Membership.id <= id_of(MEMBERSHIPS, size - 1))
        db.session.execute(
            sa.update(MembershipRole)
            .where(
                MembershipRole.organization_id == directory.organization_id, MembershipRole.membership_id.in_(members)
            )
            .values(role_id=admin.id)
        )
        db.session.commit()
        db.engine.dispose()


def _directory() -> tuple[Directory, str]:
    organization = organizations.create("Acme", by=OPERATOR)
    db.session.flush()
    domains.verify_by_staff(domains.claim(organization, DOMAIN, by=OPERATOR), by=OPERATOR)
    directory = directories.create(organization, "okta", by=OPERATOR)
    directory.mode, directory.live_at = Mode.LIVE, now()
    db.session.flush()
    return directory, tokens.issue(directory, by=OPERATOR)[1]


def _people(directory: Directory, people: int) -> None:
    ours = directory.organization_id
    number = _numbers(people)
    words = sa.cast(number, sa.String)
    email = sa.literal("person") + words + sa.literal(f"@{DOMAIN}")
    user, membership = _id(USERS, number), _id(MEMBERSHIPS, number)
    name = sa.literal("Person ") + words
    _put(User, number, id=user, email=email, email_key=email, name=name)
    _put(
        Membership, number, id=membership, organization_id=ours, user_id=user, email=email, name=name,
        status=Status.ACTIVE, source=Source.DIRECTORY, profile={},
    )  # fmt: skip
    role = directory.organization.default_role_id
    _put(MembershipRole, number, organization_id=ours, membership_id=membership, role_id=role)
    _put(
        DirectoryUser, number, id=_id(PEOPLE, number), organization_id=ours, directory_id=directory.id,
        membership_id=membership, user_name=email, user_name_key=email, external_id=sa.literal("00u") + words, email=email,
        email_key=email, display_name=name, given_name="Person", family_name=words, active=True,
        applied=Applied.APPLIED, data=_document(email, words, name),
    )  # fmt: skip


def _document(email: "sa.ColumnElement[str]", words: "sa.ColumnElement[str]", name: "sa.ColumnElement[str]") -> object:
    build, array = sa.func.jsonb_build_object, sa.func.jsonb_build_array
    return build(
        "userName", email, "externalId", sa.literal("00u") + words, "displayName", name, "active", True,
        "title", "Engineer", "name", build("givenName", "Person", "familyName", words),
        "emails", array(build("value", email, "type", "work", "primary", True)),
    )  # fmt: skip


def _group(directory: Directory, size: int) -> uuid.UUID:
    ours, group = directory.organization_id, id_of(GROUPS, size)
    name = f"Everybody of {size}"
    db.session.add(
        DirectoryGroup(
            id=group, organization_id=ours, directory_id=directory.id, display_name=name, display_name_key=name.lower(),
            data={"displayName": name},
        )
    )  # fmt: skip
    db.session.flush()
    _members(directory, group, size)
    return group


def _members(directory: Directory, group: uuid.UUID, size: int) -> None:
    number, ours = _numbers(size), directory.organization_id
    _put(DirectoryGroupMember, number, organization_id=ours, group_id=group, directory_user_id=_id(PEOPLE, number))


def _numbers(count: int) -> "sa.ColumnElement[int]":
    return sa.func.generate_series(0, count - 1).table_valued("number").render_derived().c.number


def _id(table: int, number: "sa.ColumnElement[int]") -> "sa.ColumnElement[uuid.UUID]":
    def digits(value: "sa.ColumnElement[int]") -> "sa.ColumnElement[str]":
        return sa.func.lpad(sa.func.to_hex(value), 12, "0")

    text = digits(sa.literal(BEGAN, sa.BigInteger) + number) + sa.literal(f"7000800{table}") + digits(number)
    return sa.cast(text, sa.Uuid)


def _put(model: type, number: "sa.ColumnElement[int]", **values: object) -> None:
    """One INSERT ... SELECT; columns left out get the defaults they have in the code."""
    table: sa.Table = model.__table__  # type: ignore[attr-defined]
    chosen = [
        value if isinstance(value, sa.ColumnElement) else sa.literal(value, table.c[name].type)
        for name, value in values.items()
    ]
    source = sa.select(*chosen).select_from(number.table)
    db.session.execute(sa.insert(table).from_select(list(values), source, include_defaults=True))


def _take_your_time() -> None:
    """A statement that makes 100 000 rows may take longer than a request may."""
    db.session.execute(sa.text("SET LOCAL statement_timeout = 0"))


def _settle() -> None:
    """What autovacuum would do by itself a minute later."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("SET statement_timeout = 0"))
        connection.execute(sa.text("VACUUM ANALYZE"))
