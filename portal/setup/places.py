"""Where somebody is in a guide: the run, the flow, the step; what is done, what is open, what is blocked and why."""

from dataclasses import dataclass
from functools import cached_property

from flask import abort, url_for

from portal.models import SetupRun
from portal.settings import current
from portal.setup import evidence, guides
from portal.setup.evidence import Evidence
from portal.words import _
from wizards.choices import StepType
from wizards.definition import Flow, Step, Wizard
from wizards.saying import Said

BY_HAND = (StepType.INSTRUCT, StepType.COPY_VALUES)


@dataclass(frozen=True)
class Stop:
    """A step on the rail. `state`: done, open, blocked."""

    id: str
    title: str
    state: str
    url: str
    current: bool
    optional: bool


@dataclass(frozen=True)
class Place:
    run: SetupRun
    flow_name: str
    wizard: Wizard
    flow: Flow
    step: Step
    seen: Evidence

    @property
    def spoken(self) -> str:
        """The provider's name inside a sentence."""
        return _(self.wizard.spoken)

    @property
    def console(self) -> str:
        return str(self.wizard.said(self.wizard.console))

    @property
    def where(self) -> list[Said]:
        return [self.wizard.said(part) for part in self.step.where_in(self.variant)]

    @property
    def variant(self) -> str:
        return str(self.seen.facts["variant"])

    @cached_property
    def shown(self) -> tuple[Step, ...]:
        return self.flow.shown(self.seen.facts)

    @cached_property
    def states(self) -> dict[str, str]:
        return states(self.seen, self.flow_name, self.flow)

    @property
    def done(self) -> bool:
        return self.states[self.step.id] == "done"

    @property
    def closed(self) -> tuple[str, ...]:
        """Why this step cannot be done yet, in sentences."""
        return self.flow.needs.why_not(self.seen.facts) + self.step.needs.why_not(self.seen.facts)

    @property
    def number(self) -> int:
        return self.shown.index(self.step) + 1

    @property
    def rail(self) -> list[Stop]:
        return [
            Stop(step.id, _(step.title), self.states[step.id], self.url_of(step), step is self.step, step.optional)
            for step in self.shown
        ]

    @property
    def previous(self) -> Step | None:
        return self.shown[self.number - 2] if self.number > 1 else None

    @property
    def following(self) -> Step | None:
        return self.shown[self.number] if self.number < len(self.shown) else None

    @property
    def first_open(self) -> Step | None:
        """What to do first where this step is closed."""
        before = self.shown[: self.number - 1]
        return next((step for step in before if self.states[step.id] == "open" and not step.optional), None)

    @property
    def url(self) -> str:
        return self.url_of(self.step)

    @property
    def absolute_url(self) -> str:
        return current().public_url + self.url

    def url_of(self, step: Step) -> str:
        return url_for("setup.show_step", run_id=self.run.id, flow=self.flow_name, step=step.id)

    def action(self, endpoint: str, **values: object) -> str:
        """The address of something that is done on this very step."""
        place = {"run_id": self.run.id, "flow": self.flow_name, "step": self.step.id}
        return url_for(f"setup.{endpoint}", **place, **values)  # type: ignore[arg-type]


def find(run: SetupRun, flow_name: str, step_id: str) -> Place:
    """A step that this guide does not have, or does not show after an earlier choice, does not exist."""
    wizard = guides.get(run.idp)
    seen = Evidence(run, wizard)
    flow = wizard.flow(flow_name) or abort(404)
    step = flow.step(step_id)
    if step is None or not step.when.holds(seen.facts):
        abort(404)
    return Place(run, flow_name, wizard, flow, step, seen)


def evidence_of(run: SetupRun) -> Evidence:
    return Evidence(run, guides.get(run.idp))


def unfinished(run: SetupRun, flow_name: str) -> str | None:
    """The id of the first step that is not done; the last one where all are. None: this guide has no such half."""
    wizard = guides.get(run.idp)
    flow = wizard.flow(flow_name)
    if flow is None:
        return None
    seen = evidence_of(run)
    said = states(seen, flow_name, flow)
    shown = flow.shown(seen.facts)
    waiting = (step.id for step in shown if said[step.id] != "done" and not step.optional)
    return next(waiting, shown[-1].id)


def states(seen: Evidence, flow_name: str, flow: Flow) -> dict[str, str]:
    """Steps may be taken in any order. One that is done by hand is done as well when what follows from it is seen."""
    found: dict[str, str] = {}
    later = False
    for step in reversed(flow.shown(seen.facts)):
        proof = evidence.proof(step, seen)
        by_hand = step.type in BY_HAND and later
        done = proof if proof is not None else by_hand or seen.clicked(flow_name, step)
        later = later or proof is True
        found[step.id] = "done" if done else "open" if step.needs.holds(seen.facts) else "blocked"
    return found
