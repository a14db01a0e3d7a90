"""Staff pages: the frame with its tabs, and what one organization's page shows."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, request, url_for

from portal.models import (
    Connection,
    ConnectionConfiguration,
    ConnectionTest,
    Directory,
    IgnoredAttribute,
    Organization,
    ScimToken,
)
from portal.models.base import now
from portal.organizations import (
    acknowledgements,
    attention,
    batches,
    connections,
    directories,
    domains,
    events,
    headcounts,
    ignored,
    members,
    organizations,
    receipts,
    setup_links,
    support_grants,
    tokens,
)
from portal.organizations.headcounts import Received
from portal.saml import certificates
from portal.saml.certificates import UnreadableCertificate
from portal.saml.showing import translated
from portal.settings import current
from portal.staff import finding
from portal.web import progress
from portal.web.htmx import render
from portal.words import _, _l

TABS = (
    (_l("Organizations"), "building-2", "staff.list_organizations"),
    (_l("Applications"), "plug", "staff.list_applications"),
    (_l("Not acknowledged"), "triangle-alert", "staff.list_overdue_receipts"),
)
SECTIONS = (
    (_l("Members"), "users", "members"),
    (_l("Domains"), "globe", "domains"),
    (_l("Sign-in"), "log-in", "connections"),
    (_l("Provisioning"), "refresh-cw", "directories"),
    (_l("Setup links"), "link", "setup-links"),
    (_l("Receipts"), "badge-check", "receipts"),
    (_l("Exchanges"), "activity", "exchanges"),
    (_l("Events"), "list-checks", "events"),
)

LINE: dict[str, object] = {
    "ask": "",
    "level": "error",
    "words": "",
    "fix": "",
    "ok": None,
}  # what an old report may lack


@dataclass(frozen=True)
class Item:
    label: str
    icon: str
    url: str
    current: bool = False


@dataclass(frozen=True)
class Version:
    """One configuration of a connection; `ends` are the certificates with the day each ends."""

    row: ConnectionConfiguration
    ends: list[tuple[str, datetime]]


@dataclass(frozen=True)
class ShownConnection:
    connection: Connection
    versions: list[Version]
    test: ConnectionTest | None
    failed: list[dict[str, object]]
    shared: bool


@dataclass(frozen=True)
class ShownDirectory:
    directory: Directory
    received: Received
    tokens: list[ScimToken]
    ignored: list[IgnoredAttribute]


def page(
    name: str, *, title: str, organization: Organization | None = None, status: int = 200, **context: object
) -> Response:
    """The page `staff/<name>.html`, or its fragment `staff/_<name>.html`."""
    return render(
        "staff/page.html", f"staff/_{name}.html", inside=f"staff/_{name}.html", title=title, status=status,
        nav=nav(organization), organization=organization, unheard=acknowledgements.alarm(), **context,
    )  # fmt: skip


def nav(organization: Organization | None) -> list[tuple[str, list[Item]]]:
    found = [(_("Support"), [Item(str(tab[0]), tab[1], url_for(tab[2]), request.endpoint == tab[2]) for tab in TABS])]
    if organization:
        home = url_for("staff.show_organization", organization_id=organization.id)
        found.append(
            (organization.name, [Item(str(label), icon, f"{home}#{anchor}") for label, icon, anchor in SECTIONS])
        )
    return found


def organization(shown: Organization, *, link: str = "", problem: str = "", status: int = 200) -> Response:
    search, urgent = request.args.get("member", ""), attention.of(shown)
    return page(
        "organization", title=shown.name, organization=shown, status=status, link=link, problem=problem, search=search,
        members=members.listed(shown, search=search, limit=10), count=organizations.count_members(shown),
        domains=domains.listed(shown), connections=[_connection(one) for one in connections.listed(shown)],
        directories=[_directory(one) for one in directories.listed(shown)], links=setup_links.listed(shown),
        progress=progress.of(shown),
        exchanges=finding.exchanges(shown, only_problems="problems" in request.args),
        only_problems="problems" in request.args, events=events.recent(shown, limit=20),
        project_allows=current().sso_allowed, vacant=urgent.vacant, deadlines=urgent.deadlines, at=now(),
        batches=[(batch, batches.counts(batch)) for batch in urgent.batches], grants=support_grants.usable(shown),
        receipts=receipts.recent(shown, limit=10),
    )  # fmt: skip


def _connection(connection: Connection) -> ShownConnection:
    versions = [Version(row, _ends(row)) for row in reversed(connection.configurations)]
    test = finding.last_test(connection)
    lines = test.report.get("lines") if test else None
    rows = [LINE | line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []
    failed = [translated(line) for line in rows if line.get("ok") is False]
    return ShownConnection(connection, versions, test, failed, finding.is_shared(connection))


def _ends(row: ConnectionConfiguration) -> list[tuple[str, datetime]]:
    try:
        found = [key for pem in row.configuration.certificates for key in certificates.read(pem)]
    except UnreadableCertificate:
        return []
    return [(key.tail, key.not_after) for key in found]


def _directory(directory: Directory) -> ShownDirectory:
    received, shown = headcounts.received(directory), list(tokens.listed(directory))
    return ShownDirectory(directory, received, shown, list(ignored.of(directory)))
