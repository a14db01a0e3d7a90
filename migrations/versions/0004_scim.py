"""SCIM: OAuth clients and their access tokens."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

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


def downgrade() -> None:
    op.execute("DELETE FROM scim_tokens WHERE kind <> 'bearer'")  # they would become bearer tokens
    with op.batch_alter_table("scim_tokens", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_scim_tokens_organization_id_parent_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_scim_tokens_organization_id_parent_id"))
        batch_op.drop_constraint(batch_op.f("uq_scim_tokens_organization_id_id"), type_="unique")
        batch_op.drop_column("kind")
        batch_op.drop_column("parent_id")
