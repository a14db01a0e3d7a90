"""flask demo: the whole story in a browser, on SQLite, with no account and no setting; or played without a browser."""

import sys
import tempfile
from pathlib import Path

import click
from flask import Flask
from flask_migrate import upgrade

from portal.app import create_app
from portal.cli import demo_world, serving, story
from portal.practice.personalities import PUSHING
from portal.settings import Settings, read

PORT = 8080
WORDS = """
  Vestibule is running at {url}

  Sign in          {url}/login
                   {owner}, password {password}
  Practice IdPs    {url}/practice       (Okta, Microsoft Entra ID, Google Workspace and others)
  Support console  {url}/staff
                   {staff}, the same password

  What to click
  1. Sign in as Ada. Open Acme › Sign-in & provisioning, and begin the single sign-on guide with Okta.
  2. Where the guide speaks of Okta’s console, use the practice one in another tab: paste the two addresses,
     copy its Metadata URL back, test a sign-in, switch it on.
  3. Begin provisioning: create the token, paste address and token into the practice console, send everybody.
  4. Look at the preview, switch syncing on, and watch people arrive under Members.
  5. In a private window sign in as grace@acme.example: the practice Okta lets you be Grace.
  6. Deactivate Grace in the practice console, then reload her page: she is out.

  Ctrl-C stops it. Start it again and everything is still there; --fresh begins anew.
"""


@click.command("demo", help="The whole story, in a browser, on SQLite.")
@click.option("--port", default=PORT, show_default=True, help="Where to listen.")
@click.option("--fresh", is_flag=True, help="Forget what was played before.")
@click.option("--story", "as_story", is_flag=True, help="Play the story without a browser; say what was sent.")
@click.option("--idp", type=click.Choice(PUSHING), default="okta", show_default=True, help="Of the story.")
def command(port: int, fresh: bool, as_story: bool, idp: str) -> None:
    if as_story:
        sys.exit(_play(idp))
    settings = settings_for(port)
    try:
        sockets = serving.listen(port)
    except serving.PortTaken:
        click.echo(f"Something else listens on port {port}. Choose another: --port {port + 1}", err=True)
        sys.exit(1)
    if fresh:
        forget(settings)
    app = prepare(settings)
    _tell(app, settings)
    serving.serve(app, settings, sockets)
    click.echo("\nStopped.")


def settings_for(port: int, instance: Path | None = None) -> Settings:
    """The environment's settings with what a demo needs; always on this machine and never as production."""
    changes: dict[str, object] = {"instance_path": instance} if instance else {}
    return read(
        practice=True,
        environment="embedded",
        public_url=f"http://localhost:{port}",
        log_level="WARNING",
        log_format="text",
        google_address=f"http://localhost:{port}/practice/google",
        **changes,
    )


def prepare(settings: Settings) -> Flask:
    app = create_app(settings)
    with app.app_context():
        upgrade()
        demo_world.seed()
    return app


def forget(settings: Settings) -> None:
    """The embedded database only; another one is not the demo's to empty."""
    for name in ("vestibule.db", "vestibule.db-wal", "vestibule.db-shm"):
        (settings.instance_path / name).unlink(missing_ok=True)


def _tell(app: Flask, settings: Settings) -> None:
    click.echo(
        WORDS.format(
            url=settings.public_url,
            owner=demo_world.OWNER_EMAIL,
            staff=demo_world.STAFF_EMAIL,
            password=demo_world.PASSWORD,
        )
    )
    with app.app_context():
        before = demo_world.addresses_of_before(settings.public_url)
    if before:
        click.echo(f"  The connections here were made at {before}. Use that port again, or begin anew with --fresh.\n")


def _play(idp: str) -> int:
    """On a server of its own, in a folder of its own that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="vestibule-story-") as folder:
        return story.play(Path(folder), idp)
