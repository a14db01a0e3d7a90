"""Who comes over from a directory that is pulled: everybody, or the people of some groups."""

from collections.abc import Mapping, Sequence

from flask import render_template, request
from markupsafe import Markup

from portal.extensions import db
from portal.google.accounts import Account
from portal.google.client import Client
from portal.google.reading import every_group
from portal.google.troubles import NotRead
from portal.organizations import pulls, secrets
from portal.organizations.refusals import NotConnectedYet
from portal.setup import visitor
from portal.setup.kinds import connecting
from portal.setup.kinds.kind import Kind
from portal.setup.places import Place
from portal.setup.showing import End, Redo

MOST = 1_000


class Bringing(Kind):
    def slots(self, place: Place, redo: Redo | None) -> Mapping[str, Markup]:
        trouble: tuple[str, ...] = ()
        groups: Sequence[Mapping[str, str]] = place.seen.pull.groups if place.seen.pull else []
        try:
            groups = _groups(place) or groups
        except NotRead as caught:
            trouble = connecting.told(caught)
        made = render_template(
            "setup/slots/_bringing.html", place=place, pull=place.seen.pull, groups=groups[:MOST], trouble=trouble,
            chosen=set(place.seen.pull.group_ids) if place.seen.pull else set(),
        )  # fmt: skip
        return {"group_choice": Markup(made)}  # noqa: S704

    def end(self, place: Place) -> End:
        return End(shown=False)

    def submit(self, place: Place) -> Redo | None:
        if place.seen.pull is None:
            raise NotConnectedYet
        try:
            known = {group["id"]: group for group in _groups(place)}
        except NotRead as trouble:
            return Redo(connecting.told(trouble))
        chosen = [known[id] for id in request.form.getlist("group") if id in known]
        everybody = request.form.get("whom") == "everybody"
        pulls.choose(place.seen.pull, everybody=everybody, groups=chosen, by=visitor.here().actor)
        return None


def _groups(place: Place) -> list[dict[str, str]]:
    pull = place.seen.pull
    if pull is None or pull.proved_at is None:
        return []
    account = Account(pull.way, secrets.decrypt(pull.secret), pull.client_id, pull.admin)
    db.session.rollback()  # nothing was written, and nobody shall wait for the database while we wait for Google
    with Client(account) as client:
        return every_group(client)
