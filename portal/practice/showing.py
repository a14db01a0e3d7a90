"""How the practice console's pages are put together: tabs in the vendor's words, and the last requests made readable."""

import json
from dataclasses import dataclass
from urllib.parse import unquote_plus, urlsplit

from flask import Response, request, url_for

from portal.practice.scim_client import Exchange
from portal.practice.tenants import Tenant
from portal.web import htmx
from portal.words import _

LATEST = 6


@dataclass(frozen=True)
class Tab:
    """`label` names the vendor's own word for it."""

    label: str
    icon: str
    endpoint: str
    endpoints: tuple[str, ...] = ()
    pushes: bool = False  # there only where people are pushed, or read


TABS = (
    Tab("sign_on", "log-in", "practice.show_sign_on", ("practice.update_sign_on", "practice.update_client")),
    Tab("people", "users", "practice.list_people", ("practice.show_person", "practice.create_person")),
    Tab("provisioning", "refresh-cw", "practice.show_provisioning", ("practice.update_provisioning",), True),
    Tab("groups", "list-checks", "practice.list_groups", ("practice.create_group",)),
    Tab("log", "activity", "practice.show_log"),
    Tab("", "triangle-alert", "practice.show_faults"),
)


@dataclass(frozen=True)
class Item:
    label: str
    icon: str
    url: str
    current: bool


@dataclass(frozen=True)
class Shown:
    """One exchange for people: where it went, how it ended, both bodies as JSON."""

    method: str
    path: str
    kind: str
    outcome: str
    sent: str
    answer: str


def show(tenant: Tenant, name: str, *, title: str, status: int = 200, **context: object) -> Response:
    """The page of one tab, `practice/_<name>.html` inside the console's frame."""
    fragment = f"practice/_{name}.html"
    return htmx.render(
        "practice/page.html",
        fragment,
        title=title,
        status=status,
        nav=_nav(tenant),
        inside=fragment,
        tenant=tenant,
        labels=tenant.personality.labels,
        latest=[shown(exchange) for exchange in tenant.exchanges[: -LATEST - 1 : -1]],
        **context,
    )


def shown(exchange: Exchange) -> Shown:
    parts = urlsplit(exchange.url)
    path = parts.path.partition("/scim/v2/")[2].partition("/")[2] or parts.path
    return Shown(
        method=exchange.method,
        path=f"/{path.lstrip('/')}" + (f"?{unquote_plus(parts.query)}" if parts.query else ""),
        kind="ok" if exchange.fine else "bad",
        outcome=str(exchange.status or _("no answer")),
        sent=_pretty(exchange.sent),
        answer=_pretty(exchange.answer),
    )


def _nav(tenant: Tenant) -> list[tuple[str, list[Item]]]:
    labels = tenant.personality.labels
    tabs = [
        Item(
            getattr(labels, tab.label) if tab.label else _("What goes wrong"),
            tab.icon,
            url_for(tab.endpoint, tenant_id=tenant.id),
            request.endpoint in (tab.endpoint, *tab.endpoints),
        )
        for tab in TABS
        if not tab.pushes or tenant.personality.client or tenant.personality.pulled
    ]
    return [(tenant.name, tabs)]


def _pretty(body: object) -> str:
    if body is None:
        return ""
    return body if isinstance(body, str) else json.dumps(body, indent=2, ensure_ascii=False)
