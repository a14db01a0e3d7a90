"""flask import: what another product knew, and what identity providers were told there."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from portal.cli.speaking import fail, say
from portal.extensions import db
from portal.moving_in import running, writing
from portal.moving_in.files import Unreadable
from portal.moving_in.shape import Notes, Options


@click.command("import")
@click.argument("source", type=click.Choice(sorted(running.READERS)))
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--at", default="", help="Where the other product answered, such as https://sso.example.com.")
@click.option(
    "--entity-id", default="", help="What it called itself to identity providers, where that was one name for all."
)
@click.option("--tenant", default="", help="Auth0: the tenant, which entity ids were made of.")
@click.option(
    "--verified", is_flag=True, help="Take the operator's word that the organizations' domains are their own."
)
@click.option("--dry-run", is_flag=True, help="Say what would become of it, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@with_appcontext
def command(source: str, paths: tuple[Path, ...], verified: bool, dry_run: bool, as_json: bool, **said: str) -> None:
    """Move in from SOURCE. Run it again when it was cut off: what is there is passed over."""
    notes = Notes()
    try:
        export = running.read(source, paths, Options(**said), notes)
    except Unreadable as problem:
        fail(str(problem))
    try:
        with _watched(running.size(export)) as advance:
            report = running.run(export, writing.Writer(source, verified=verified), advance, dry_run=dry_run)
    except DBAPIError as trouble:
        db.session.rollback()
        fail(f"the database gave up ({type(trouble.orig).__name__}). Run it again: it goes on where it was.")
    report.notes = notes.said()
    db.session.rollback()
    if as_json:
        say(report.dump(), as_json=True)
    else:
        click.echo(report.text())


@contextmanager
def _watched(size: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal's standard error; elsewhere nothing."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=size, label="Moving in", file=sys.stderr) as bar:
        yield bar.update
