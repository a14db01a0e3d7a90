"""Panels that change by themselves: asked for again and again, and answered with nothing while nothing changed."""

import hashlib
from dataclasses import dataclass

from flask import request, url_for
from markupsafe import Markup

from portal.models.base import now
from portal.setup.places import Place

SOON, LATER, RARELY = "2s", "10s", "60s"  # for two minutes, for ten more, and from then on (wizards.md §2.6)


@dataclass(frozen=True)
class Panel:
    """`version` names what is shown; `every` is empty when there is nothing more to wait for."""

    name: str
    url: str
    check_url: str
    body: Markup
    version: str
    every: str


def panel(name: str, place: Place, body: str, *, ends: bool = False, slow: bool = False) -> Panel:
    since = _since()
    every = "" if ends else _pace(since, slow)
    version = hashlib.sha256(f"{every} {_without_times(body)}".encode()).hexdigest()[:16]
    url = url_for(
        "setup.show_panel", run_id=place.run.id, flow=place.flow_name, step=place.step.id, v=version, since=since
    )
    return Panel(name, url, place.url, Markup(body), version, every)  # noqa: S704


def _pace(since: int, slow: bool) -> str:
    waited = int(now().timestamp()) - since
    if slow:
        return LATER if waited < 720 else RARELY
    return SOON if waited < 120 else LATER if waited < 720 else RARELY


def _since() -> int:
    """When this browser began to wait; carried along, because the server remembers nothing of it."""
    present = int(now().timestamp())
    return min(request.args.get("since", present, type=int), present)


def _without_times(body: str) -> str:
    """“4 seconds ago” grows by itself; that is not news (WCAG 4.1.3)."""
    parts = body.split("<time ")
    return parts[0] + "".join(part.partition("</time>")[2] for part in parts[1:])
