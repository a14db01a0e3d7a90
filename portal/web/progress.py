"""How far an organization's set-up is, for those who only look on: owners and support."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.models import Organization
from portal.organizations import setup_runs
from portal.settings import current
from portal.words import _, _l
from wizards import loading

HALVES = {"sso": _l("Single sign-on"), "scim": _l("Provisioning")}


@dataclass(frozen=True)
class Line:
    half: str
    guide: str
    step: str
    at: datetime


def of(organization: Organization) -> Sequence[Line]:
    """One line for each half that somebody walked through: the step that was finished last."""
    guides, found = loading.load_all(current().wizards_paths), []
    for half, words in HALVES.items():
        run = setup_runs.latest(organization, half)
        done = setup_runs.last_done(run, half) if run else None
        if run is None or done is None or done.idp not in guides:
            continue
        flow = guides[done.idp].flow(half)
        step = flow.step(done.step) if flow else None
        found.append(Line(words, guides[done.idp].name, _(step.title) if step else done.step, done.at))
    return found
