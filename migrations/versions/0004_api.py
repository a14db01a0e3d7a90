"""The application's side: keys of the API, the feed of events, what webhooks need to follow it, and the
OpenID provider."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=320), nullable=False),
        sa.Column("prefix", sa.String(length=64), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", DOCUMENT, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_agent", sa.String(length=320), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
    )
    op.create_table(
        "event_feed",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_feed")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.BigInteger(), nullable=True))
        batch_op.create_index("uq_events_position", ["position"], unique=True)
        batch_op.create_index(
            batch_op.f("ix_events_organization_id_position"), ["organization_id", "position"], unique=False
        )
        batch_op.create_index(
            "ix_events_unplaced",
            ["id"],
            unique=False,
            sqlite_where=sa.text("position IS NULL"),
            postgresql_where=sa.text("position IS NULL"),
        )
    with op.batch_alter_table("webhooks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("former_secret", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("former_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("disabled_because", sa.Text(), nullable=False, server_default=""))

    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lane_id", sa.Uuid(), nullable=False, server_default="0" * 32))
        batch_op.add_column(sa.Column("position", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_deliveries_webhook_id_lane_id_status_position"),
            ["webhook_id", "lane_id", "status", "position"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_deliveries_webhook_id_status_id"), ["webhook_id", "status", "id"], unique=False
        )

    op.create_table(
        "delivery_lanes",
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("lane_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], name=op.f("fk_delivery_lanes_webhook_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("webhook_id", "lane_id", name=op.f("pk_delivery_lanes")),
    )
    with op.batch_alter_table("delivery_lanes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_delivery_lanes_webhook_id_due_at"), ["webhook_id", "due_at"], unique=False
        )
    op.create_table(
        "oidc_clients",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=320), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("redirect_uris", DOCUMENT, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oidc_clients")),
    )
    op.create_table(
        "oidc_signing_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("public", DOCUMENT, nullable=False),
        sa.Column("private", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signs_from", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oidc_signing_keys")),
    )
    op.create_table(
        "oidc_grants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("organization", sa.Uuid(), nullable=True),
        sa.Column("scope", sa.String(length=320), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("challenge", sa.String(length=320), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("code_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"], ["oidc_clients.id"], name=op.f("fk_oidc_grants_client_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_oidc_grants_session_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_oidc_grants_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oidc_grants")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_oidc_grants_code_hash")),
    )
    with op.batch_alter_table("oidc_grants", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_oidc_grants_user_id_organization"), ["user_id", "organization"], unique=False
        )

    op.create_table(
        "oidc_refresh_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["oidc_grants.id"], name=op.f("fk_oidc_refresh_tokens_grant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oidc_refresh_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_oidc_refresh_tokens_token_hash")),
    )
    with op.batch_alter_table("oidc_refresh_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_oidc_refresh_tokens_grant_id"), ["grant_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("oidc_refresh_tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_oidc_refresh_tokens_grant_id"))

    op.drop_table("oidc_refresh_tokens")
    with op.batch_alter_table("oidc_grants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_oidc_grants_user_id_organization"))

    op.drop_table("oidc_grants")
    op.drop_table("oidc_signing_keys")
    op.drop_table("oidc_clients")
    with op.batch_alter_table("delivery_lanes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivery_lanes_webhook_id_due_at"))

    op.drop_table("delivery_lanes")
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deliveries_webhook_id_status_id"))
        batch_op.drop_index(batch_op.f("ix_deliveries_webhook_id_lane_id_status_position"))
        batch_op.drop_column("tried_at")
        batch_op.drop_column("position")
        batch_op.drop_column("lane_id")

    with op.batch_alter_table("webhooks", schema=None) as batch_op:
        batch_op.drop_column("disabled_because")
        batch_op.drop_column("former_until")
        batch_op.drop_column("former_secret")
        batch_op.drop_column("position")

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_events_unplaced",
            sqlite_where=sa.text("position IS NULL"),
            postgresql_where=sa.text("position IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_events_organization_id_position"))
        batch_op.drop_index("uq_events_position")
        batch_op.drop_column("position")

    op.drop_table("event_feed")
    op.drop_table("api_keys")
