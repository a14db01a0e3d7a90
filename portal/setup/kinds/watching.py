"""After switching on: what was received and applied, what went wrong in words, the last requests."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from flask import render_template
from markupsafe import Markup

from portal.extensions import db
from portal.models import Applied, Directory, DirectoryUser
from portal.setup import requests, visitor
from portal.setup.kinds import pulling, waiting
from portal.setup.kinds.kind import Kind
from portal.setup.places import Place
from portal.setup.polling import Panel, panel
from portal.setup.showing import End, Redo
from portal.words import _
from wizards.choices import Counter

PROBLEMS = 20


class Watching(Kind):
    def slots(self, place: Place, redo: Redo | None) -> Mapping[str, Markup]:
        return {"watch": Markup(render_template("setup/_panel.html", panel=watched(place), news=False))}  # noqa: S704

    def end(self, place: Place) -> End:
        return End(shown=False)


def watched(place: Place) -> Panel:
    directory, received = place.seen.directory, place.seen.received
    numbers = {
        Counter.RECEIVED: (_("Received"), received.people),
        Counter.APPLIED: (_("In force"), received.applied),
        Counter.HELD: (_("Waiting"), received.waiting + received.in_review + received.held),
        Counter.FAILED: (_("With a problem"), received.conflicts),
    }
    expect = waiting.expected(place)
    body = render_template(
        "setup/panels/_watch.html", place=place, directory=directory, received=received,
        counters=[numbers[counter] for counter in place.step.counters],
        problems=problems(directory) if directory and received.conflicts + received.in_review + received.held else [],
        progress=pulling.progress(place.seen.pull),
        may_retry=directory is not None and directory.live and visitor.here().may_go_live,
        rows=[requests.told(one, place.seen, expect) for one in requests.latest(directory)] if directory else [],
    )  # fmt: skip
    return panel("watch", place, body, slow=received.waiting == 0)


def problems(directory: Directory) -> Sequence[DirectoryUser]:
    """People who could not be brought in line, and why."""
    held = (Applied.CONFLICT, Applied.REVIEW, Applied.HELD)
    ours = sa.select(DirectoryUser).where(
        DirectoryUser.organization_id == directory.organization_id,
        DirectoryUser.directory_id == directory.id,
        DirectoryUser.applied.in_(held),
    )
    return db.session.scalars(ours.order_by(DirectoryUser.id).limit(PROBLEMS)).all()
