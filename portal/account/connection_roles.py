"""What a connection's answers say of a person: which attribute is used for what, and which groups give which role."""

import uuid

from flask import Response as Page
from flask import request
from werkzeug.wrappers import Response

from portal.account import bp
from portal.account.connection_pages import ADDRESS, Place, attempt, find, page
from portal.models import Connection
from portal.organizations import connection_roles, connection_tests, connections, directories, roles
from portal.saml import mapping
from portal.saml.mapping import Report
from portal.web.access import access
from portal.web.tenant import actor, organization
from portal.words import _

BLANK = 2  # rows to type another rule into


@bp.get(f"{ADDRESS}/roles")
@access("org:manage_sso")
def show_connection_roles(slug: str, connection_id: uuid.UUID) -> Response:
    return _page(find(connection_id))


@bp.post(f"{ADDRESS}/mapping")
@access("org:manage_sso")
def update_connection_mapping(slug: str, connection_id: uuid.UUID) -> Response:
    found = find(connection_id)
    report = _report(found)
    chosen = mapping.taken(request.form, _choices(found, report))
    if "email" not in chosen and report and "@" not in mapping.name_id(report):
        return _page(
            found, problem=_("Choose which attribute holds the e-mail address; the Name ID is not one."), status=422
        )
    return attempt(
        HERE, found, lambda: connections.set_mapping(found, chosen, by=actor()), _("Saved. It counts at once.")
    )


@bp.post(f"{ADDRESS}/roles")
@access("org:manage_sso")
def update_connection_roles(slug: str, connection_id: uuid.UUID) -> Response:
    """The highest role first, so that of several groups the one that may most counts."""
    found, known = find(connection_id), {role.key: role for role in roles.every()}
    given = zip(request.form.getlist("value"), request.form.getlist("role"), strict=False)
    rules = [(value, known[role]) for value, role in given if value.strip() and role in known]
    rules.sort(key=lambda rule: -rule[1].rank)
    return attempt(
        HERE, found, lambda: connection_roles.set_rules(found, rules, by=actor()),
        _("The rules are saved. Each person’s role follows at their next sign-in."),
    )  # fmt: skip


def _page(connection: Connection, *, problem: str = "", status: int = 200) -> Page:
    report, target = _report(connection), connection.candidate or connection.live
    rules = [(rule.value, rule.role.key) for rule in connection_roles.listed(connection)]
    saved = target.configuration.mapping if target else {}
    return page(
        "connection_roles", connection, title=_("Attributes and roles"), status=status, problem=problem, target=target,
        rows=mapping.rows(saved or mapping.suggestions(report)), samples=_choices(connection, report),
        name_id=mapping.name_id(report), rules=rules + [("", "")] * BLANK, roles=roles.every(),
        groups=_groups(report), default=organization().default_role, directory=directories.live_of(organization().id),
    )  # fmt: skip


def _report(connection: Connection) -> Report:
    """Of the last test that brought something."""
    finished = (test for test in connection_tests.listed(connection) if test.finished_at)
    return next((test.report for test in finished if test.report.get("lines")), {})


def _choices(connection: Connection, report: Report) -> dict[str, str]:
    """What arrived, and what was chosen when it did."""
    target = connection.candidate or connection.live
    saved = dict.fromkeys(target.configuration.mapping.values() if target else (), "")
    return saved | mapping.samples(report)


def _groups(report: Report) -> list[str]:
    """Names that were seen, to choose from while typing."""
    attributes, used = report.get("attributes"), mapping.suggestions(report)
    if not isinstance(attributes, dict):
        return []
    names = [used[name] for name in ("groups", "roles") if name in used]
    return sorted({str(value) for name in names for value in attributes.get(name, ())})


HERE = Place("account.show_connection_roles", _page)
