"""Steps finish by what the portal sees; clicks count only where it cannot see; nothing said is ever lost."""

import pytest

from portal.extensions import db
from portal.models import SetupRun
from portal.organizations import connections, setup_runs
from portal.setup import evidence, places
from portal.setup.evidence import Evidence
from portal.setup.kinds import KINDS, effects
from tests.saml.idp import pair
from tests.setup.conftest import (
    ADMIN,
    GUIDES,
    called,
    connection_of,
    directory_of,
    passed,
    send_people,
    staged,
)
from wizards.choices import Awaited, Effect, MapKind, StepType
from wizards.conditions import FACTS


@pytest.fixture
def seen(app):
    """seen(run): the facts of a run, looked at anew."""

    def seen(run):
        db.session.expire_all()
        run = db.session.get(SetupRun, run.id)
        return Evidence(run, GUIDES[run.idp]).facts

    return seen


def states(run, flow):
    db.session.expire_all()
    run = db.session.get(SetupRun, run.id)
    wizard = GUIDES[run.idp]
    return places.states(Evidence(run, wizard), flow, wizard.flow(flow))


def test_every_fact_a_guide_may_ask_for_is_derived():
    assert set(evidence.FACTS) == set(FACTS)


def test_every_kind_of_event_can_be_seen():
    assert set(evidence.ARRIVED) == set(Awaited)


def test_metadata_a_test_and_a_new_configuration_follow_one_another(begin, seen):
    run = begin()
    assert not seen(run)["metadata.imported"]
    staged(run)
    assert (seen(run)["metadata.imported"], seen(run)["test.passed"]) == (True, False)
    passed(run)
    assert seen(run)["test.passed_for_current_config"]

    staged(run, certificates=(pair("next").certificate,))

    assert (seen(run)["test.passed"], seen(run)["test.passed_for_current_config"]) == (True, False)


def test_a_passed_test_counts_however_many_failed_after_it(begin, seen):
    run = begin()
    staged(run)
    passed(run)
    for _ in range(evidence.TESTS + 1):
        test = connections.begin_test(connection_of(run), by=ADMIN)
        connections.finish_test(test, connection_of(run), passed=False, report={}, by=ADMIN)
    db.session.commit()

    assert seen(run)["test.passed_for_current_config"]


def test_what_came_later_proves_the_instructions_before_it(begin):
    run = begin()
    assert states(run, "sso")["our-values"] == "open"

    staged(run)

    found = states(run, "sso")
    assert {found["create-app"], found["our-values"], found["metadata"]} == {"done"}
    assert (found["assign"], found["test"], found["go-live"]) == ("open", "open", "blocked")


def test_a_click_proves_nothing_that_can_be_seen(begin):
    run = begin()
    for step in GUIDES["okta"].sso.steps:
        setup_runs.finish(run, "sso", step.id)
    db.session.commit()

    found = states(run, "sso")
    assert (found["metadata"], found["test"], found["go-live"]) == ("open", "blocked", "blocked")
    assert found["create-app"] == "done"


def test_the_first_contact_and_people_are_seen(live, seen):
    run = live()
    assert not seen(run)["scim.contacted"]
    called(directory_of(run))
    send_people(directory_of(run), "bob")

    found = states(run, "scim")

    assert seen(run)["scim.contacted"]
    assert (found["connect"], found["first-request"], found["assign"], found["groups"]) == (
        "done",
        "done",
        "done",
        "open",
    )


def test_a_run_is_taken_up_at_its_first_unfinished_step(begin):
    run = begin()
    assert places.unfinished(run, "sso") == "create-app"
    setup_runs.finish(run, "sso", "create-app")
    assert places.unfinished(run, "sso") == "name-app"
    staged(run)
    passed(run)
    connections.set_mapping(connection_of(run), {"email": "email"}, by=ADMIN)
    assert places.unfinished(run, "sso") == "go-live"

    connections.go_live(connection_of(run), by=ADMIN)

    assert places.unfinished(run, "sso") == GUIDES["okta"].sso.steps[-1].id


def test_what_two_people_say_at_once_is_both_kept(begin):
    run = begin()
    stale = dict(run.done)
    db.session.execute(db.update(SetupRun).values(done=stale | {"okta.sso.create-app": "2026-11-24T10:00:00"}))

    setup_runs.finish(run, "sso", "name-app")
    db.session.commit()

    assert set(run.done) == {"okta.sso.create-app", "okta.sso.name-app"}


def test_every_step_kind_and_effect_is_known_to_the_engine():
    assert set(KINDS) == {kind for kind in StepType if kind is not StepType.MAP} | set(MapKind)
    assert set(effects.SENTENCES) == set(Effect)
