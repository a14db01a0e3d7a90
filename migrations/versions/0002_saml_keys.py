"""Our keys towards IdPs, single logout, the length of sessions, and the care of IdP metadata."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002_saml_keys"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
ONE_OF_EACH = ("next", "active")
CONNECTIONS = (
    ("session_hours", sa.Integer()),
    ("metadata_due_at", sa.DateTime(timezone=True)),
    ("metadata_checked_at", sa.DateTime(timezone=True)),
    ("metadata_problem", sa.Text()),
    ("metadata_digest", sa.String(length=64)),
)
SESSIONS = (("subject", sa.String(length=512)), ("idp_session", DOCUMENT))


def upgrade() -> None:
    op.create_table(
        "connection_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("next", "active", "retired", name="keystate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("private_key", sa.Text(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "connection_id"],
            ["connections.organization_id", "connections.id"],
            name=op.f("fk_connection_keys_organization_id_connection_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_connection_keys_organization_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connection_keys")),
    )
    with op.batch_alter_table("connection_keys", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_connection_keys_organization_id_connection_id"),
            ["organization_id", "connection_id"],
            unique=False,
        )
        for state in ONE_OF_EACH:
            batch_op.create_index(
                f"uq_connection_keys_one_{state}",
                ["connection_id"],
                unique=True,
                sqlite_where=sa.text(f"state = '{state}'"),
                postgresql_where=sa.text(f"state = '{state}'"),
            )

    # Added and dropped as columns, never by making the table anew: SQLite would delete every row that points at it.
    op.add_column("connections", sa.Column("single_logout", sa.Boolean(), nullable=False, server_default=sa.false()))
    for name, kind in CONNECTIONS:
        op.add_column("connections", sa.Column(name, kind, nullable=True))
    op.execute("UPDATE connections SET metadata_due_at = created_at")
    for name, kind in SESSIONS:
        op.add_column("sessions", sa.Column(name, kind, nullable=True))
    op.create_index(
        op.f("ix_sessions_organization_id_connection_id_subject"),
        "sessions",
        ["organization_id", "connection_id", "subject"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_sessions_organization_id_connection_id_subject"), table_name="sessions")
    for name, _ in reversed(SESSIONS):
        op.drop_column("sessions", name)
    for name, _ in reversed(CONNECTIONS):
        op.drop_column("connections", name)
    op.drop_column("connections", "single_logout")
    with op.batch_alter_table("connection_keys", schema=None) as batch_op:
        for state in reversed(ONE_OF_EACH):
            where = sa.text(f"state = '{state}'")
            batch_op.drop_index(f"uq_connection_keys_one_{state}", sqlite_where=where, postgresql_where=where)
        batch_op.drop_index(batch_op.f("ix_connection_keys_organization_id_connection_id"))

    op.drop_table("connection_keys")
