"""Domains looked at again and bound to connections; roles from what an IdP says; reports of tests encrypted."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIMES = ("due_at", "missing_at", "told_at")
KEPT = sa.text("report IS NOT NULL")


def upgrade() -> None:
    for name in TIMES:
        op.add_column("domains", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_domains_due_at"), "domains", ["due_at"], unique=False)
    # What support verified stays as it is; everything else is looked at again soon.
    op.execute("UPDATE domains SET due_at = created_at WHERE verified_by IS NULL OR verified_by <> 'staff'")
    _of_connection(
        "connection_domains",
        sa.Column("domain_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "domain_id"], ["domains.organization_id", "domains.id"],
            name=op.f("fk_connection_domains_organization_id_domain_id"), ondelete="CASCADE",
        ),
        sa.UniqueConstraint("organization_id", "domain_id", name="uq_connection_domains_domain"),
    )  # fmt: skip
    _of_connection(
        "connection_roles",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=320), nullable=False),
        sa.Column("value_key", sa.String(length=320), nullable=False),
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name=op.f("fk_connection_roles_role_id"), ondelete="CASCADE"),
        sa.UniqueConstraint("organization_id", "connection_id", "value_key", name="uq_connection_roles_value"),
        index=("position",),
    )
    op.create_index(
        op.f("ix_connection_identities_organization_id_stable_id"),
        "connection_identities", ["organization_id", "stable_id"], unique=False,
    )  # fmt: skip
    # Reports written in clear are not carried over: whether a test passed is, and a report is forgotten after a week anyway.
    op.drop_column("connection_tests", "report")
    op.add_column("connection_tests", sa.Column("report", sa.Text(), nullable=True))
    op.create_index(
        "ix_connection_tests_kept", "connection_tests", ["started_at"], unique=False, sqlite_where=KEPT, postgresql_where=KEPT
    )


def downgrade() -> None:
    op.drop_index("ix_connection_tests_kept", table_name="connection_tests", sqlite_where=KEPT, postgresql_where=KEPT)
    op.drop_column("connection_tests", "report")
    op.add_column("connection_tests", sa.Column("report", DOCUMENT, nullable=False, server_default=sa.text("'{}'")))
    op.drop_index(op.f("ix_connection_identities_organization_id_stable_id"), table_name="connection_identities")
    op.drop_table("connection_roles")
    op.drop_table("connection_domains")
    op.drop_index(op.f("ix_domains_due_at"), table_name="domains")
    for name in reversed(TIMES):
        op.drop_column("domains", name)


def _of_connection(table: str, *more: sa.Column[object] | sa.Constraint, index: tuple[str, ...] = ()) -> None:
    """A table whose rows belong to a connection."""
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        *more,
        sa.ForeignKeyConstraint(
            ["organization_id", "connection_id"], ["connections.organization_id", "connections.id"],
            name=op.f(f"fk_{table}_organization_id_connection_id"), ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f(f"fk_{table}_organization_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )  # fmt: skip
    columns = ["organization_id", "connection_id", *index]
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns, unique=False)
