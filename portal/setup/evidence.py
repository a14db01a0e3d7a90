"""What the portal can see for itself of a run: derived from rows, never stored (wizards.md §3.4)."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property

import sqlalchemy as sa

from portal.extensions import db
from portal.google import consent
from portal.models import (
    Connection,
    ConnectionConfiguration,
    ConnectionTest,
    Directory,
    DirectoryPull,
    Mode,
    Organization,
    ScimToken,
    SetupRun,
)
from portal.models.base import now
from portal.organizations import connections, headcounts, pulls, setup_runs, tokens
from portal.organizations.headcounts import Received
from wizards.choices import Action, Awaited, InputField, MapKind, StepType
from wizards.definition import Step, Wizard

IDLE = timedelta(minutes=2)
TESTS = 10
PREVIEWED = "preview.basis"


class Evidence:
    """The rows behind one run. Each is looked up when it is first asked for."""

    def __init__(self, run: SetupRun, wizard: Wizard) -> None:
        self.run, self.wizard = run, wizard

    @property
    def facts(self) -> "Known":
        return Known(self)

    @property
    def organization(self) -> Organization:
        return self.run.organization

    @cached_property
    def connection(self) -> Connection | None:
        return db.session.get(Connection, self.run.connection_id) if self.run.connection_id else None

    @cached_property
    def directory(self) -> Directory | None:
        return db.session.get(Directory, self.run.directory_id) if self.run.directory_id else None

    @cached_property
    def protocol(self) -> str:
        """What this guide connects by, after the answers given: its steps say so."""
        steps = self.wizard.sso.steps if self.wizard.sso else ()
        asked = (step for step in steps if step.type is StepType.INPUT_CLIENT)
        return "oidc" if any(step.when.holds(self.answers) for step in asked) else "saml"

    @property
    def answers(self) -> dict[str, bool | str | None]:
        """Those given, and those taken for granted until somebody says otherwise."""
        return {**self.wizard.assumed, **{name: str(given) for name, given in self.run.choices.items()}}

    @property
    def target(self) -> ConnectionConfiguration | None:
        """What a test is about: the candidate, or what is live where there is none; nothing where that is of the other
        protocol, which this guide does not lead to."""
        held = (self.connection.candidate or self.connection.live) if self.connection else None
        return held if held and held.protocol == self.protocol else None

    @cached_property
    def tests(self) -> list[ConnectionTest]:
        """The latest test sign-ins, the newest first."""
        if self.connection is None:
            return []
        ours = sa.select(ConnectionTest).where(
            ConnectionTest.organization_id == self.run.organization_id,
            ConnectionTest.connection_id == self.connection.id,
        )
        return list(db.session.scalars(ours.order_by(ConnectionTest.started_at.desc()).limit(TESTS)))

    @property
    def arrived(self) -> ConnectionTest | None:
        """The test whose attributes are mapped: the last one that brought some."""
        return next((test for test in self.tests if test.finished_at and test.report.get("lines")), None)

    @cached_property
    def proven(self) -> bool:
        if self.target is None or self.connection is None:
            return False
        wanted = self.target.config_hash
        if any(test.passed and test.config_hash == wanted for test in self.tests):
            return True
        return len(self.tests) == TESTS and connections.has_passed(self.connection, wanted)

    @cached_property
    def tokens(self) -> list[ScimToken]:
        return list(tokens.listed(self.directory)) if self.directory else []

    @cached_property
    def pull(self) -> DirectoryPull | None:
        """How this directory is pulled; only a guide that pulls asks."""
        return pulls.of(self.directory) if self.directory and self.wizard.pull else None

    @cached_property
    def received(self) -> Received:
        return headcounts.received(self.directory) if self.directory else headcounts.NOTHING

    @cached_property
    def signs_in(self) -> bool:
        """The organization's people can sign in through an IdP, this run's or another."""
        if self.connection and self.connection.live and connections.allowed(self.organization):
            return True
        return bool(connections.live_of(self.organization))

    @property
    def contacted_at(self) -> datetime | None:
        """When the IdP last called with a token of ours."""
        return self.directory.last_request_at if self.directory else None

    @property
    def looked(self) -> bool:
        """Somebody looked at the preview of exactly what is held now."""
        return self.directory is not None and self.run.choices.get(PREVIEWED) == self.received.basis

    def clicked(self, flow: str, step: Step) -> bool:
        return setup_runs.has_finished(self.run, flow, step.id)


class Known(Mapping[str, bool | str | None]):
    """The facts of `wizards.conditions.FACTS` and the answers given; nothing else of us reaches a fragment."""

    def __init__(self, seen: Evidence) -> None:
        self._seen = seen

    def __getitem__(self, name: str) -> bool | str | None:
        return FACTS[name](self._seen) if name in FACTS else self._seen.answers[name]

    def __iter__(self) -> Iterator[str]:
        return iter([*FACTS, *self._seen.answers])

    def __len__(self) -> int:
        return len(FACTS) + len(self._seen.answers)


FACTS: Mapping[str, Callable[[Evidence], bool | str | None]] = {
    "metadata.imported": lambda seen: seen.target is not None,
    "test.passed": lambda seen: seen.proven or any(test.passed for test in seen.tests),
    "test.passed_for_current_config": lambda seen: seen.proven,
    "sso.live": lambda seen: seen.signs_in,
    "scim.contacted": lambda seen: seen.contacted_at is not None,
    "pull.keyed": lambda seen: seen.pull is not None and bool(seen.pull.secret),
    "pull.connected": lambda seen: seen.pull is not None and seen.pull.proved_at is not None,
    "pull.complete": lambda seen: seen.pull is not None and seen.pull.completed_at is not None,
    "pull.consent_offered": lambda _: consent.offered(),
    "preview.fresh": lambda seen: seen.looked,
    "org.roles_from_saml": lambda _: False,  # roles come from the directory's groups
    "variant": lambda seen: seen.run.variant or seen.wizard.default_variant,
}


def proof(step: Step, seen: Evidence) -> bool | None:
    """Whether this step is done as far as the portal can see; None where only a person can say."""
    look = PROOFS.get(step.type)
    return look(step, seen) if look else None


def _metadata(_: Step, seen: Evidence) -> bool:
    return seen.target is not None


def _test(_: Step, seen: Evidence) -> bool:
    return seen.proven


def _answered(step: Step, seen: Evidence) -> bool:
    return step.assumed or step.field in seen.run.choices


def _mapped(step: Step, seen: Evidence) -> bool | None:
    if step.kind is MapKind.GROUPS_TO_SYNC:
        return seen.pull is not None and seen.pull.chosen_at is not None
    if step.kind is MapKind.ATTRIBUTES and seen.target and seen.target.configuration.mapping:
        return True
    return None


def _awaited(step: Step, seen: Evidence) -> bool | None:
    if step.event and ARRIVED[step.event](seen):
        return True
    return None if step.optional else False


def _confirmed(step: Step, seen: Evidence) -> bool:
    if step.action is Action.ACTIVATE_SSO:
        return seen.connection is not None and seen.connection.live is not None and seen.connection.candidate is None
    return _is_in_force(seen)


def _is_in_force(seen: Evidence) -> bool:
    return seen.directory is not None and seen.directory.mode is Mode.LIVE


def _watched(_: Step, seen: Evidence) -> bool:
    return _is_in_force(seen)


def _given(step: Step, seen: Evidence) -> bool:
    """A key is there; with an administrator or a consent we could read."""
    if seen.pull is None or not seen.pull.secret:
        return False
    return tuple(step.fields) == (InputField.KEY,) or seen.pull.proved_at is not None


def _pulled(_: Step, seen: Evidence) -> bool:
    return seen.pull is not None and seen.pull.completed_at is not None


def _looked(_: Step, seen: Evidence) -> bool:
    return seen.looked or _is_in_force(seen)


PROOFS: Mapping[StepType, Callable[[Step, Evidence], bool | None]] = {
    StepType.CHOOSE: _answered,
    StepType.INPUT_METADATA: _metadata,
    StepType.INPUT_CLIENT: _metadata,
    StepType.TEST: _test,
    StepType.MAP: _mapped,
    StepType.WAIT_FOR_REQUEST: _awaited,
    StepType.PREVIEW: _looked,
    StepType.CONFIRM: _confirmed,
    StepType.WATCH: _watched,
    StepType.INPUT: _given,
    StepType.PULL: _pulled,
}


def _idle(seen: Evidence) -> bool:
    if seen.received.people == 0 or seen.contacted_at is None:
        return False
    return _is_in_force(seen) or now() - seen.contacted_at > IDLE


ARRIVED: Mapping[Awaited, Callable[[Evidence], bool]] = {
    Awaited.AUTHENTICATED_REQUEST: lambda seen: seen.contacted_at is not None,
    Awaited.USER_RECEIVED: lambda seen: seen.received.people > 0,
    Awaited.GROUP_RECEIVED: lambda seen: seen.received.groups > 0,
    Awaited.CYCLE_IDLE: _idle,
}
