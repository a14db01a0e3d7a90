"""Names that connections, directories and organizations had in another product."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "aliases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("value", sa.String(length=500), nullable=False),
        sa.Column("place", sa.String(length=500), nullable=False),
        sa.Column("issuer", sa.String(length=500), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=True),
        sa.Column("directory_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_aliases_organization_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "connection_id"],
            ["connections.organization_id", "connections.id"],
            name=op.f("fk_aliases_organization_id_connection_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "directory_id"],
            ["directories.organization_id", "directories.id"],
            name=op.f("fk_aliases_organization_id_directory_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aliases")),
        sa.UniqueConstraint("kind", "place", "issuer", name="uq_aliases_place"),
    )
    op.create_index(op.f("ix_aliases_organization_id_connection_id"), "aliases", ["organization_id", "connection_id"])
    op.create_index(op.f("ix_aliases_organization_id_directory_id"), "aliases", ["organization_id", "directory_id"])


def downgrade() -> None:
    op.drop_table("aliases")
