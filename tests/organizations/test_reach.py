"""How far a session reaches is judged at each request, by what the organization asks for now."""

from datetime import timedelta

import pytest
import time_machine

from portal.extensions import db
from portal.models import Event, Factor, Method, Shown, SignInPolicy
from portal.models.base import now
from portal.organizations import (
    enforcement,
    local_ways,
    one_time_codes,
    organizations,
    reach,
    sessions,
)
from portal.organizations.actors import OPERATOR, Actor, Door
from portal.organizations.reach import Hindrance
from tests.factories import (
    add_member,
    make_connection,
    make_proven_connection,
    make_user,
    member_of,
    rehearse,
    set_up_authenticator,
)

ADMIN = Actor(Door.ACCOUNT, "1", "Ada")


@pytest.fixture
def connection(acme):
    return make_proven_connection(acme)


@pytest.fixture
def ada(acme, connection):
    return member_of(acme, "ada@acme.example")


@pytest.fixture
def required(acme, ada):
    """Acme requires its IdP, and Ada has rehearsed."""
    rehearse(ada)
    enforcement.set_policy(acme, SignInPolicy.REQUIRE, by=ADMIN)
    db.session.commit()
    return acme


def code_of(user):
    return Shown(Factor.AUTHENTICATOR, one_time_codes.of(user).id)


def come_in(membership, method=Method.PASSWORD, shown=None):
    row, _ = local_ways.open_session(membership.user, method, shown, by=OPERATOR, address="192.0.2.7")
    db.session.commit()
    return row


def test_a_session_from_before_loses_the_organization_at_once_and_gets_it_back(acme, ada):
    grace = add_member(acme, "grace@acme.example")
    row = come_in(grace)
    rehearse(ada)

    enforcement.set_policy(acme, SignInPolicy.REQUIRE, by=ADMIN)
    during = reach.hindrance(row, grace)
    enforcement.set_policy(acme, SignInPolicy.OFFER, by=ADMIN)

    assert (during, reach.hindrance(row, grace)) == (Hindrance.SSO, None)


def test_a_local_session_reaches_the_others_but_not_the_one_that_requires_sso(required, globex):
    eve = make_user("eve@elsewhere.example")
    inside, outside = add_member(required, eve), add_member(globex, eve)
    row = come_in(inside)

    assert (reach.hindrance(row, inside), reach.hindrance(row, outside)) == (Hindrance.SSO, None)


def test_the_idp_of_one_organization_is_not_that_of_another(required, globex):
    """Globex verified hank's domain, so its session reaches his other organizations, but not one that requires its own IdP."""
    hank = member_of(globex, "hank@globex.example")
    inside = add_member(required, hank.user)
    row, _ = sessions.open_through(make_connection(globex), hank, by=OPERATOR)

    assert row.reaches_all
    assert reach.hindrance(row, inside) is Hindrance.SSO


def test_the_organizations_own_idp_opens_it(required, connection):
    grace = add_member(required, "grace@acme.example")
    row, _ = sessions.open_through(connection, grace, by=OPERATOR)

    assert reach.hindrance(row, grace) is None


def test_a_break_glass_session_reaches_only_with_its_second_factor(required, ada):
    row = come_in(ada, shown=code_of(ada.user))
    reached = reach.hindrance(row, ada)
    row.second_factor = None

    assert (reached, reach.hindrance(row, ada)) == (None, Hindrance.SSO)


def test_where_no_connection_is_live_nobody_is_held_to_it(required, connection):
    grace = add_member(required, "grace@acme.example")
    organizations.set_policy(required, by=OPERATOR, sso_allowed=False)

    assert reach.hindrance(come_in(grace), grace) is None


def test_a_second_factor_is_asked_of_local_sign_ins_only(acme, connection):
    grace = add_member(acme, "grace@acme.example")
    organizations.set_policy(acme, by=ADMIN, second_factor_required=True)
    by_password = come_in(grace)
    through_idp, _ = sessions.open_through(connection, grace, by=OPERATOR)

    before = reach.hindrance(by_password, grace)
    set_up_authenticator(grace.user)
    local_ways.prove(by_password, code_of(grace.user), by=ADMIN)

    assert (before, reach.hindrance(by_password, grace)) == (Hindrance.SECOND_FACTOR, None)
    assert reach.hindrance(through_idp, grace) is None


def test_an_old_local_session_that_shows_a_factor_later_is_told_too(acme, ada):
    row = come_in(ada)
    rehearse(ada)
    enforcement.set_policy(acme, SignInPolicy.REQUIRE, by=ADMIN)

    local_ways.prove(row, code_of(ada.user), by=ADMIN)

    assert reach.hindrance(row, ada) is None
    assert db.session.scalars(acme.events.select().where(Event.name == "session.break_glass")).one()


def test_a_proof_counts_for_ten_minutes(ada):
    row = come_in(ada)

    assert row.proved(now(), 10)
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        assert not row.proved(now(), 10)
        sessions.prove(row)
        assert row.proved(now(), 10)
