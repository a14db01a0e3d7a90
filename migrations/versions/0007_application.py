"""Logout of clients, keys of customers, kept answers, receipts of offboarding, the application's own roles and permissions."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)

INDEXES = (
    ("oidc_grants", "session_id"),
    ("oidc_grants", "logout_due_at"),
    ("oidc_grants", "receipt_id"),
    ("deliveries", "event_id"),
)


def upgrade() -> None:
    for table, column in _columns():
        op.add_column(table, column)
    for table, column in INDEXES:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    _make_permissions()
    _make_kept_answers()
    _make_organization_keys()
    _make_receipts()


def downgrade() -> None:
    for table in ("receipts", "organization_keys", "kept_answers", "application_permissions"):
        op.drop_table(table)
    for table, column in reversed(INDEXES):
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
    for table, column in reversed(_columns()):
        op.drop_column(table, column.name)


def _columns() -> tuple[tuple[str, "sa.Column[object]"], ...]:
    """As columns, never by making a table anew: SQLite would delete every row that points at it."""
    return (
        ("oidc_clients", sa.Column("former_secret_hash", sa.String(length=64), nullable=False, server_default="")),
        ("oidc_clients", sa.Column("former_until", TIME, nullable=True)),
        ("oidc_clients", sa.Column("logout_redirect_uris", DOCUMENT, nullable=False, server_default="[]")),
        ("oidc_clients", sa.Column("backchannel_logout_uri", sa.Text(), nullable=False, server_default="")),
        ("oidc_grants", sa.Column("receipt_id", sa.Uuid(), nullable=True)),
        ("oidc_grants", sa.Column("logout_due_at", TIME, nullable=True)),
        ("oidc_grants", sa.Column("logout_attempts", sa.Integer(), nullable=False, server_default="0")),
        ("oidc_grants", sa.Column("logout_tried_at", TIME, nullable=True)),
        ("oidc_grants", sa.Column("logout_heard_at", TIME, nullable=True)),
        ("oidc_grants", sa.Column("logout_answered", sa.String(length=320), nullable=False, server_default="")),
        ("api_keys", sa.Column("feed_position", sa.BigInteger(), nullable=True)),
        ("roles", sa.Column("description", sa.Text(), nullable=False, server_default="")),
        ("roles", sa.Column("plans", DOCUMENT, nullable=False, server_default="[]")),
        ("roles", sa.Column("internal", sa.Boolean(), nullable=False, server_default=sa.false())),
        ("roles", sa.Column("is_default", sa.Boolean(), nullable=False, server_default=sa.false())),
    )


def _make_permissions() -> None:
    op.create_table(
        "application_permissions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_permissions")),
        sa.UniqueConstraint("key", name=op.f("uq_application_permissions_key")),
    )


def _make_kept_answers() -> None:
    op.create_table(
        "kept_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("api_key_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=320), nullable=False),
        sa.Column("asked", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["api_key_id"], ["api_keys.id"], name=op.f("fk_kept_answers_api_key_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_answers")),
        sa.UniqueConstraint("api_key_id", "name", name=op.f("uq_kept_answers_api_key_id_name")),
    )
    op.create_index(op.f("ix_kept_answers_created_at"), "kept_answers", ["created_at"])


def _make_organization_keys() -> None:
    op.create_table(
        "organization_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=320), nullable=False),
        sa.Column("prefix", sa.String(length=64), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("details", DOCUMENT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=True),
        sa.Column("revoked_at", TIME, nullable=True),
        sa.Column("last_used_at", TIME, nullable=True),
        *_of_a_member("organization_keys"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_organization_keys_key_hash")),
    )
    _index_by_member("organization_keys")


def _make_receipts() -> None:
    op.create_table(
        "receipts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=320), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("deed", sa.String(length=64), nullable=False),
        sa.Column("door", sa.String(length=64), nullable=False),
        sa.Column("actor_label", sa.String(length=320), nullable=False),
        sa.Column("requested_at", TIME, nullable=False),
        sa.Column("access_off_at", TIME, nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("sessions_ended", sa.Integer(), nullable=False),
        sa.Column("sign_ins_ended", sa.Integer(), nullable=False),
        sa.Column("keys_ended", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Boolean(), nullable=True),
        sa.Column("told_at", TIME, nullable=True),
        sa.Column("acknowledged_at", TIME, nullable=True),
        sa.Column("acknowledged_by", sa.String(length=320), nullable=False),
        sa.Column("alerted_at", TIME, nullable=True),
        *_of_a_member("receipts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
    )
    _index_by_member("receipts")
    op.create_index(op.f("ix_receipts_access_off_at"), "receipts", ["access_off_at"])


def _of_a_member(table: str) -> tuple[sa.ForeignKeyConstraint, sa.ForeignKeyConstraint]:
    return (
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f(f"fk_{table}_organization_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "membership_id"],
            ["memberships.organization_id", "memberships.id"],
            name=op.f(f"fk_{table}_organization_id_membership_id"),
            ondelete="CASCADE",
        ),
    )


def _index_by_member(table: str) -> None:
    op.create_index(op.f(f"ix_{table}_organization_id_id"), table, ["organization_id", "id"])
    op.create_index(op.f(f"ix_{table}_organization_id_membership_id"), table, ["organization_id", "membership_id"])
