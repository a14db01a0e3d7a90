"""The database goes up, down and up again, and says the same as the models."""

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade

from portal.extensions import db
from portal.models import BUILT_IN, ConnectionConfiguration, Role, ScimToken, TokenKind
from portal.organizations import clients, tokens
from portal.organizations.actors import OPERATOR
from tests.factories import make_connection, make_directory


def test_migrations_go_up_down_and_up_again(app):
    db.session.remove()
    downgrade(revision="base")
    emptied = set(sa.inspect(db.engine).get_table_names())
    upgrade()

    assert emptied <= {"alembic_version"}
    assert {role.key for role in db.session.scalars(sa.select(Role))} == {key for key, *_ in BUILT_IN}


def test_going_back_one_step_keeps_what_was_there(acme):
    """SQLite would delete every row that points at a table made anew."""
    make_connection(acme)
    directory = make_directory(acme)
    tokens.issue(directory, by=OPERATOR)
    clients.create(directory, by=OPERATOR)
    db.session.commit()
    db.session.remove()

    downgrade(revision="0001")
    kept = db.session.execute(sa.text("SELECT count(*) FROM connection_configurations")).scalar_one()
    db.session.remove()
    upgrade()

    assert kept == db.session.query(ConnectionConfiguration).count() == 1
    assert [token.kind for token in db.session.scalars(sa.select(ScimToken))] == [TokenKind.BEARER]


def test_the_migrated_database_is_what_the_models_say(app):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, db.metadata)

    assert not differences


def test_every_table_of_an_organization_leads_its_indexes_with_it(app):
    """So that the database can be sharded by organization (design.md §2)."""
    unled = []
    for table in db.metadata.tables.values():
        if "organization_id" not in table.c or table.c.organization_id.nullable:
            continue
        for index in table.indexes:
            if not index.unique and index.expressions[0].name != "organization_id":
                unled.append(f"{table.name}.{index.name}")

    routing = {
        "ix_memberships_user_id",
        "ix_membership_roles_role_id",
        "ix_exchanges_code",
        "ix_receipts_access_off_at",
    }
    routing |= {"ix_domains_due_at", "ix_connection_tests_kept"}  # what the worker looks for
    assert not [name for name in unled if name.partition(".")[2] not in routing and "expires_at" not in name]


def test_one_tenants_rows_point_at_its_own_only(app):
    """A foreign key between two tables of organizations carries the organization (design.md §8.6)."""
    owned = {name for name, table in db.metadata.tables.items() if "organization_id" in table.c}
    loose = []
    for name in owned - {"deliveries"}:
        for key in db.metadata.tables[name].foreign_key_constraints:
            target = key.referred_table.name
            if target in owned and "organization_id" not in {column.name for column in key.columns}:
                loose.append(f"{name} → {target}")

    assert not loose
