"""Living with a directory: batches of departures, IT contacts and reminders, looks given to support."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=320), nullable=False),
        sa.Column("source_id", sa.String(length=320), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome", sa.Enum("restored", "confirmed", name="outcome", native_enum=False, length=24), nullable=True
        ),
        sa.Column("settled_by", sa.String(length=320), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_batches_organization_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sa.UniqueConstraint("organization_id", "id", name=op.f("uq_batches_organization_id_id")),
    )
    op.create_index(
        op.f("ix_batches_organization_id_raised_at"), "batches", ["organization_id", "raised_at"], unique=False
    )
    op.create_table(
        "it_contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("email_key", sa.String(length=320), nullable=False),
        sa.Column("wants_deadlines", sa.Boolean(), nullable=False),
        sa.Column("wants_alarms", sa.Boolean(), nullable=False),
        sa.Column("added_by", sa.String(length=320), nullable=False),
        sa.Column("trusted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_it_contacts_organization_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_it_contacts")),
        sa.UniqueConstraint("organization_id", "email_key", name="uq_it_contacts_email"),
        sa.UniqueConstraint("organization_id", "id", name=op.f("uq_it_contacts_organization_id_id")),
    )
    op.create_table(
        "reminders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=320), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_reminders_organization_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint("organization_id", "kind", "key", "days", name="uq_reminders_once"),
    )
    op.create_table(
        "support_grants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=320), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("last_look_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_support_grants_organization_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_grants")),
        sa.UniqueConstraint("organization_id", "id", name=op.f("uq_support_grants_organization_id_id")),
    )
    op.create_index(
        op.f("ix_support_grants_organization_id_created_at"),
        "support_grants",
        ["organization_id", "created_at"],
        unique=False,
    )
    op.create_table(
        "departures",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column(
            "ending", sa.Enum("suspended", "removed", name="ending", native_enum=False, length=24), nullable=False
        ),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "batch_id"],
            ["batches.organization_id", "batches.id"],
            name=op.f("fk_departures_organization_id_batch_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "membership_id"],
            ["memberships.organization_id", "memberships.id"],
            name=op.f("fk_departures_organization_id_membership_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "batch_id", "membership_id", name=op.f("pk_departures")),
    )
    op.create_index(
        op.f("ix_departures_organization_id_membership_id"),
        "departures",
        ["organization_id", "membership_id"],
        unique=False,
    )
    op.add_column("directory_users", sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_memberships_ended",
        "memberships",
        ["organization_id", "ended_at"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NOT NULL"),
        postgresql_where=sa.text("ended_at IS NOT NULL"),
    )
    op.add_column("organizations", sa.Column("calendar_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_organizations_calendar_at"), "organizations", ["calendar_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_organizations_calendar_at"), table_name="organizations")
    op.drop_column("organizations", "calendar_at")
    op.drop_index("ix_memberships_ended", table_name="memberships")
    op.drop_column("directory_users", "set_aside_at")
    op.drop_index(op.f("ix_departures_organization_id_membership_id"), table_name="departures")
    op.drop_table("departures")
    op.drop_index(op.f("ix_support_grants_organization_id_created_at"), table_name="support_grants")
    op.drop_table("support_grants")
    op.drop_table("reminders")
    op.drop_table("it_contacts")
    op.drop_index(op.f("ix_batches_organization_id_raised_at"), table_name="batches")
    op.drop_table("batches")
