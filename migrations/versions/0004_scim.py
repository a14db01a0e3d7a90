"""SCIM: OAuth clients and their access tokens, attributes of an organization's own, attributes nobody keeps."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0002_saml_keys"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TYPE = sa.Enum("string", "boolean", "number", "dateTime", name="attributetype", native_enum=False, length=24)
KIND = sa.Enum("bearer", "client", "access", name="tokenkind", native_enum=False, length=24)


def upgrade() -> None:
    with op.batch_alter_table("scim_tokens", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parent_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("kind", KIND, nullable=False, server_default="bearer"))
        batch_op.create_unique_constraint(batch_op.f("uq_scim_tokens_organization_id_id"), ["organization_id", "id"])
        batch_op.create_index(
            batch_op.f("ix_scim_tokens_organization_id_parent_id"), ["organization_id", "parent_id"], unique=False
        )
    with op.batch_alter_table("scim_tokens", schema=None) as batch_op:
        batch_op.alter_column("kind", existing_type=KIND, existing_nullable=False, server_default=None)
        batch_op.create_foreign_key(
            batch_op.f("fk_scim_tokens_organization_id_parent_id"),
            "scim_tokens",
            ["organization_id", "parent_id"],
            ["organization_id", "id"],
            ondelete="CASCADE",
        )
    # As a column, never by making the table anew: SQLite would delete every row that points at it.
    op.add_column("organizations", sa.Column("attributes_version", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "custom_attributes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("name_key", sa.String(length=64), nullable=False),
        sa.Column("type", TYPE, nullable=False),
        sa.Column("many", sa.Boolean(), nullable=False),
        sa.Column("says", sa.String(length=320), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_custom_attributes_organization_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_attributes")),
        sa.UniqueConstraint("organization_id", "id", name=op.f("uq_custom_attributes_organization_id_id")),
        sa.UniqueConstraint("organization_id", "name_key", name="uq_custom_attributes_name"),
    )
    op.create_table(
        "ignored_attributes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("directory_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=320), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "directory_id"],
            ["directories.organization_id", "directories.id"],
            name=op.f("fk_ignored_attributes_organization_id_directory_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_ignored_attributes_organization_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ignored_attributes")),
        sa.UniqueConstraint("organization_id", "directory_id", "name", name="uq_ignored_attributes_name"),
    )


def downgrade() -> None:
    op.drop_table("ignored_attributes")
    op.drop_table("custom_attributes")
    op.drop_column("organizations", "attributes_version")
    op.execute("DELETE FROM scim_tokens WHERE kind <> 'bearer'")  # they would become bearer tokens
    with op.batch_alter_table("scim_tokens", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_scim_tokens_organization_id_parent_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_scim_tokens_organization_id_parent_id"))
        batch_op.drop_constraint(batch_op.f("uq_scim_tokens_organization_id_id"), type_="unique")
        batch_op.drop_column("kind")
        batch_op.drop_column("parent_id")
