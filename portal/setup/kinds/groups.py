"""Which group gives which role, in order of precedence, with the number of people each row gives it to."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import render_template, request
from markupsafe import Markup

from portal.models import Directory, DirectoryGroup, Role
from portal.organizations import directories, explaining, headcounts, organizations, roles
from portal.organizations.refusals import NeedsSingleSignOn
from portal.setup import visitor
from portal.setup.kinds.kind import Kind
from portal.setup.places import Place
from portal.setup.showing import End, Redo

MOST = 100
"""So many people are named; the others are counted."""


@dataclass(frozen=True)
class Row:
    """`wins` is how many people this rule decides for; None while there is no rule."""

    group: DirectoryGroup
    role_key: str
    people: int
    wins: int | None


class Groups(Kind):
    def slots(self, place: Place, redo: Redo | None) -> Mapping[str, Markup]:
        directory = place.seen.directory
        choice, tried = roles.of(place.seen.organization), redo.given if redo else {}
        shown = rows(directory, roles.every()) if directory else []
        if isinstance(chosen := tried.get("chosen"), dict):
            shown = _as_tried(shown, chosen)
        made = render_template(
            "setup/slots/_groups.html", place=place, rows=shown, roles=choice, changes=tried.get("changes"), most=MOST,
            default=place.seen.organization.default_role, may_change_default=visitor.here().link is None,
        )  # fmt: skip
        return {"group_map": Markup(made)}  # noqa: S704

    def end(self, place: Place) -> End:
        return End(shown=False)

    def submit(self, place: Place) -> Redo | None:
        save(place, _posted_order())
        return None


def save(place: Place, order: Sequence[str]) -> None:
    """Rules in this order, for the groups that a role was chosen for."""
    directory, rules = _posted_rules(place, order)
    changed = _save_default(place)
    held = [(rule.group_id, rule.role_id) for rule in directories.group_roles(directory)]
    if changed or held != [(group.id, role.id) for group, role in rules]:
        directories.set_group_roles(directory, rules, by=visitor.here().actor)


def _save_default(place: Place) -> bool:
    """Everybody else's role; whoever came by a link does not choose it."""
    role = roles.find(request.form.get("default-role", "")) if visitor.here().link is None else None
    return role is not None and organizations.set_default_role(place.seen.organization, role, by=visitor.here().actor)


def try_out(place: Place) -> Redo:
    """The form as it stands, with whom it would give another role; nothing is saved."""
    directory, rules = _posted_rules(place, _posted_order())
    chosen = {str(group.id): role.key for group, role in rules}
    return Redo(given={"changes": explaining.what_if(directory, rules), "chosen": chosen}, status=200)


def move(place: Place, group_id: uuid.UUID, by: int) -> None:
    """One row up or down, and everything else as it stands in the form."""
    order = _posted_order()
    if str(group_id) in order:
        at = order.index(str(group_id))
        to = max(0, min(len(order) - 1, at + by))
        order.insert(to, order.pop(at))
    save(place, order)


def rows(directory: Directory, every: Sequence[Role]) -> list[Row]:
    """Those with a rule first, in order; then the others by name."""
    names = {role.id: role.key for role in every}
    rules = {rule.group_id: rule for rule in directories.group_roles(directory)}
    people, wins = headcounts.by_group(directory), headcounts.by_rule(directory)
    groups = sorted(
        directories.groups(directory),
        key=lambda group: (rules[group.id].position if group.id in rules else len(rules), group.display_name_key),
    )
    return [
        Row(
            group,
            names[rules[group.id].role_id] if group.id in rules else "",
            people.get(group.id, 0),
            wins.get(group.id, 0) if group.id in rules else None,
        )
        for group in groups
    ]


def _posted_rules(place: Place, order: Sequence[str]) -> tuple[Directory, list[tuple[DirectoryGroup, Role]]]:
    directory = place.seen.directory
    if directory is None:
        raise NeedsSingleSignOn
    known = {role.key: role for role in roles.every()}
    groups = {str(group.id): group for group in directories.groups(directory)}
    chosen = [(groups[id], known.get(request.form.get(f"role-{id}", ""))) for id in order if id in groups]
    return directory, [(group, role) for group, role in chosen if role]


def _as_tried(shown: Sequence[Row], chosen: Mapping[str, str]) -> list[Row]:
    """The rows in the order of the form; nobody has counted for them yet."""
    places = {id: number for number, id in enumerate(_posted_order())}
    rows = [replace(row, role_key=chosen.get(str(row.group.id), "")) for row in shown]
    return sorted(rows, key=lambda row: places.get(str(row.group.id), len(places)))


def _posted_order() -> list[str]:
    return request.form.getlist("group")
