"""Connections through OpenID providers: a configuration says its protocol, and an account whose IdP named it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

UNIQUE = "uq_connection_identities_subject"
NAMED_TWICE = """DELETE FROM connection_identities WHERE EXISTS (SELECT 1 FROM connection_identities AS other
WHERE other.organization_id = connection_identities.organization_id
AND other.connection_id = connection_identities.connection_id AND other.subject = connection_identities.subject
AND other.id > connection_identities.id)"""


def upgrade() -> None:
    op.add_column(
        "connection_configurations", sa.Column("protocol", sa.String(length=64), nullable=False, server_default="saml")
    )
    op.drop_column("connections", "protocol")  # never a table made anew: SQLite would delete every row that points at it
    with op.batch_alter_table("connection_identities", schema=None) as batch_op:
        batch_op.add_column(sa.Column("issuer", sa.String(length=512), nullable=False, server_default=""))
        batch_op.drop_constraint(UNIQUE, type_="unique")
        batch_op.create_unique_constraint(UNIQUE, ["organization_id", "connection_id", "subject", "issuer"])


def downgrade() -> None:
    op.execute("DELETE FROM connection_configurations WHERE protocol <> 'saml'")
    op.execute(NAMED_TWICE)
    with op.batch_alter_table("connection_identities", schema=None) as batch_op:
        batch_op.drop_constraint(UNIQUE, type_="unique")
        batch_op.create_unique_constraint(UNIQUE, ["organization_id", "connection_id", "subject"])
        batch_op.drop_column("issuer")

    op.add_column("connections", sa.Column("protocol", sa.String(length=64), nullable=False, server_default="saml"))
    op.drop_column("connection_configurations", "protocol")
