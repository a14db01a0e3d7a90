"""How a directory that does not push is asked for its people; setup links for one address, and asking for a new one."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
COLUMNS = (
    lambda: sa.Column("email", sa.String(length=320), nullable=False, server_default=""),
    lambda: sa.Column("target", sa.String(length=320), nullable=False, server_default=""),
    lambda: sa.Column("code_hash", sa.String(length=64), nullable=False, server_default=""),
    lambda: sa.Column("code_sent_at", sa.DateTime(timezone=True), nullable=True),
    lambda: sa.Column("code_tries", sa.Integer(), nullable=False, server_default="0"),
    lambda: sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
)


def upgrade() -> None:
    op.create_table('directory_pulls',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organization_id', sa.Uuid(), nullable=False),
    sa.Column('directory_id', sa.Uuid(), nullable=False),
    sa.Column('way', sa.Enum('key', 'consent', name='pullway', native_enum=False, length=24), nullable=False),
    sa.Column('secret', sa.Text(), nullable=False),
    sa.Column('account', sa.String(length=320), nullable=False),
    sa.Column('client_id', sa.String(length=320), nullable=False),
    sa.Column('admin', sa.String(length=320), nullable=False),
    sa.Column('everybody', sa.Boolean(), nullable=False),
    sa.Column('groups', DOCUMENT, nullable=False),
    sa.Column('chosen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('proved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('generation', sa.Integer(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('leased_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('completed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('progress', DOCUMENT, nullable=False),
    sa.Column('outcome', DOCUMENT, nullable=False),
    sa.Column('problem', sa.Text(), nullable=False),
    sa.Column('mend', sa.Text(), nullable=False),
    sa.Column('problem_code', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organization_id', 'directory_id'], ['directories.organization_id', 'directories.id'], name=op.f('fk_directory_pulls_organization_id_directory_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organization_id'], ['organizations.id'], name=op.f('fk_directory_pulls_organization_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_pulls')),
    sa.UniqueConstraint('organization_id', 'directory_id', name='uq_directory_pulls_directory')
    )


    for column in COLUMNS:
        op.add_column("setup_links", column())


def downgrade() -> None:
    for column in COLUMNS:
        op.drop_column("setup_links", column().name)
    op.drop_table('directory_pulls')
