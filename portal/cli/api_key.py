"""flask api-key: how the application's own programs enter the API."""

import click
from flask.cli import AppGroup

from portal.cli.speaking import Answer, speaks
from portal.models import SCOPES
from portal.organizations import api_keys
from portal.organizations.actors import OPERATOR

command = AppGroup("api-key", help="How the application's own programs enter the API.")


@command.command("create")
@click.argument("name")
@click.option("--scope", default="all", show_default=True, help=f"Separated by commas: {', '.join(SCOPES)}; or all.")
@click.option("--days", type=click.IntRange(1, 3650), help="How long it works; without, it does not expire.")
@speaks
def create(name: str, scope: str, days: int | None) -> Answer:
    """Create a key. It is printed once and cannot be shown again."""
    scopes = SCOPES if scope == "all" else [word.strip() for word in scope.split(",") if word.strip()]
    row, secret = api_keys.issue(name, scopes, by=OPERATOR, days=days)
    return {
        "id": str(row.id),
        "key": secret,
        "prefix": row.prefix,
        "scopes": row.scopes,
        "expires_at": row.expires_at.isoformat() if row.expires_at else None,
    }


@command.command("list")
@speaks
def show() -> Answer:
    """List the keys by their prefixes."""
    return {
        row.prefix: f"{row.name}{' (revoked)' if row.revoked_at else ''}: {', '.join(row.scopes)}"
        for row in api_keys.listed()
    }


@command.command("revoke")
@click.argument("key", metavar="ID|PREFIX")
@speaks
def revoke(key: str) -> Answer:
    """End a key at once."""
    row = api_keys.named(key)
    if row is None:
        raise LookupError(f"there is no API key {key!r}; give its id or its prefix")
    api_keys.revoke(row, by=OPERATOR)
    return {"id": str(row.id), "prefix": row.prefix, "revoked": True}
