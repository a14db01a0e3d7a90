"""Whom the IdP deleted while their directory was not in force."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "directory_deletions",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("directory_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "directory_id"],
            ["directories.organization_id", "directories.id"],
            name=op.f("fk_directory_deletions_organization_id_directory_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "membership_id"],
            ["memberships.organization_id", "memberships.id"],
            name=op.f("fk_directory_deletions_organization_id_membership_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "directory_id", "membership_id", name=op.f("pk_directory_deletions")
        ),
    )
    with op.batch_alter_table("directory_deletions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_directory_deletions_organization_id_membership_id"),
            ["organization_id", "membership_id"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("directory_deletions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_directory_deletions_organization_id_membership_id"))

    op.drop_table("directory_deletions")
