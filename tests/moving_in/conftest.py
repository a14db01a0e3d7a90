"""An export in files, moved in by the same function that the command calls."""

import json

import pytest
import sqlalchemy as sa

from portal.extensions import db
from portal.models import Alias, AliasKind, Connection, Directory, Organization
from portal.moving_in import running, writing
from portal.moving_in.shape import Notes, Options
from tests.moving_in import exports


@pytest.fixture
def written(tmp_path):
    """written(documents): the files; what is text already is written as it is."""

    def write(documents):
        documents = documents if isinstance(documents, list) else [documents]
        paths = []
        for number, document in enumerate(documents):
            path = tmp_path / f"{number}.json"
            path.write_text(document if isinstance(document, str) else json.dumps(document))
            paths.append(path)
        return paths

    return write


@pytest.fixture
def move_in(app, written):
    """move_in("polis", documents): what the command prints with --json."""

    def move(source, documents, *, dry_run=False, **options):
        notes = Notes()
        export = running.read(source, written(documents), Options(**options), notes)
        writer = writing.Writer(source, verified=True)
        report = running.run(export, writer, lambda _: None, dry_run=dry_run)
        report.notes = notes.said()
        db.session.rollback()
        return report.dump()

    return move


@pytest.fixture
def polis(move_in):
    """Initech, from Polis, with everything it had."""
    move_in("polis", exports.polis())
    return Moved()


class Moved:
    """What came of it, and what it was called before."""

    def __init__(self):
        self.organization = db.session.scalars(sa.select(Organization)).one()
        self.connection = db.session.scalars(sa.select(Connection)).one_or_none()
        self.directory = db.session.scalars(sa.select(Directory)).one_or_none()

    def name(self, kind: AliasKind):
        return db.session.scalars(sa.select(Alias.value).where(Alias.kind == kind)).one()


def everything():
    """A fingerprint of every row there is."""
    db.session.rollback()
    return {
        table.name: sorted(map(str, db.session.execute(sa.select(table)).all())) for table in db.metadata.sorted_tables
    }
