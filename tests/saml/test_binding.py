"""An answer meets the browser that asked, once, at the connection it was meant for."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from portal.extensions import db
from portal.models import (
    Exchange,
    IdpInitiated,
    LoginTransaction,
    SamlAssertion,
    User,
)
from portal.models.base import now
from portal.organizations import connections
from portal.organizations.actors import OPERATOR
from tests.clients import text
from tests.factories import make_connection
from tests.saml.conftest import begin, come_in, configuration, place, post, reply, sessions
from tests.saml.idp import pair


def test_an_answer_is_used_once(client, connection):
    question = begin(client, connection)
    encoded = reply(connection, question.id).encoded()
    first, second = (post(client, connection, encoded, question.relay_state) for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 400)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SamlAssertion)) == 1


def test_an_assertion_is_used_once_even_for_another_question(client, connection):
    connection.idp_initiated = IdpInitiated.ON
    db.session.commit()
    encoded = reply(connection, None).encoded()

    answers = [post(client, connection, encoded).status_code for _ in range(2)]

    assert answers == [303, 400]


def test_a_finish_works_once(client, connection):
    question = begin(client, connection)
    back = post(client, connection, reply(connection, question.id).encoded())
    client.get(back.location)
    with client.session_transaction() as cookie:
        cookie.clear()

    assert client.get(back.location).status_code == 400
    assert len(sessions()) == 1


def test_a_finish_reloaded_leads_on(client, connection):
    question = begin(client, connection, next="/account/security")
    back = post(client, connection, reply(connection, question.id).encoded())
    client.get(back.location)

    assert client.get(back.location).location == "/account/security"
    assert len(sessions()) == 1


def test_a_flood_of_nonsense_is_not_recorded_for_ever(client, connection):
    question = begin(client, connection)
    with time_machine.travel(now().replace(second=5), tick=False):
        for _ in range(65):
            post(client, connection, "AAAA", question.relay_state)

    assert db.session.query(Exchange).count() == 60


def test_a_draft_takes_few_answers_nobody_asked_for(client, draft):
    with time_machine.travel(now().replace(second=5), tick=False):
        answers = [post(client, draft, "AAAA").status_code for _ in range(12)]

    assert answers == [200] * 10 + [400] * 2


def test_what_the_idp_said_is_not_kept(client, connection):
    question = begin(client, connection)
    come_in(client, connection, question)

    assert db.session.get(LoginTransaction, question.login.id, populate_existing=True).result == {}


def test_another_browser_does_not_get_the_session(client, app, connection):
    question = begin(client, connection)
    back = post(client, connection, reply(connection, question.id).encoded())
    stranger = app.test_client()
    begin(stranger, connection)

    refused = stranger.get(back.location)

    assert refused.status_code == 400
    assert "another browser" in text(refused)
    assert sessions() == []


def test_a_browser_without_cookies_does_not_get_the_session(client, app, connection):
    question = begin(client, connection)
    back = post(app.test_client(), connection, reply(connection, question.id).encoded())

    assert app.test_client(use_cookies=False).get(back.location).status_code == 400
    assert client.get(back.location).status_code == 303


def test_two_tabs_do_not_disturb_each_other(client, connection):
    first, second = begin(client, connection), begin(client, connection)

    assert come_in(client, connection, first, assertion_id="_a").status_code == 303
    assert come_in(client, connection, second, assertion_id="_b").status_code == 303


def test_a_sign_in_that_took_too_long_is_refused(client, connection):
    question = begin(client, connection)

    with time_machine.travel(now() + timedelta(minutes=16), tick=False):
        refused = post(client, connection, reply(connection, question.id).encoded())

    assert refused.status_code == 400


def test_an_answer_for_another_connection_is_refused(client, connection, globex):
    other = make_connection(globex, configuration())
    question = begin(client, other)

    assert post(client, connection, reply(other, question.id).encoded()).status_code == 400
    assert post(client, other, reply(connection, question.id).encoded()).status_code == 400


@pytest.mark.parametrize("data", [{}, {"SAMLResponse": "§"}, {"SAMLResponse": "A" * 500_000}, {"RelayState": "x"}])
def test_nonsense_is_refused_in_words(client, connection, data):
    connection.idp_initiated = IdpInitiated.ON
    db.session.commit()

    assert client.post(place(connection, "acs"), data=data).status_code == 400


def test_an_unknown_connection_does_not_exist(client, app):
    for view in ("metadata", "login", "finish"):
        assert client.get(f"/saml/0190aaaa-0000-7000-8000-000000000000/{view}").status_code == 404


@pytest.mark.parametrize("stop", ["disable", "forbid"])
def test_a_connection_stopped_halfway_lets_nobody_in(client, connection, acme, stop):
    question = begin(client, connection)
    back = post(client, connection, reply(connection, question.id).encoded())
    if stop == "disable":
        connections.disable(connection, by=OPERATOR)
    else:
        acme.sso_allowed = False
    db.session.commit()

    assert client.get(back.location).status_code in (400, 403)
    assert sessions() == []


def test_an_answer_nobody_asked_for_becomes_a_question(client, connection):
    bounced = post(client, connection, reply(connection, None).encoded(), "/account/security")

    assert bounced.status_code == 303
    assert bounced.location == f"/saml/{connection.id}/login?next=/account/security"


def test_an_answer_that_hides_its_question_does_not_bounce_for_ever(client, connection):
    question = begin(client, connection)

    refused = post(client, connection, reply(connection, None).encoded(), question.relay_state)

    assert refused.status_code == 400


def test_where_the_policy_says_so_an_unasked_answer_signs_in(client, connection):
    connection.idp_initiated = IdpInitiated.ON
    db.session.commit()

    back = post(client, connection, reply(connection, None).encoded())

    assert client.get(back.location).status_code == 303
    assert len(sessions()) == 1


def test_where_the_policy_says_no_an_unasked_answer_is_refused(client, connection):
    connection.idp_initiated = IdpInitiated.OFF
    db.session.commit()

    assert post(client, connection, reply(connection, None).encoded()).status_code == 400


def test_signing_in_replaces_the_session_that_was_there(client, connection, globex, sign_in):
    hank = db.session.scalars(db.select(User).where(User.email == "hank@globex.example")).one()
    sign_in(client, hank)
    with client.session_transaction() as cookie:
        before = cookie["_user_id"]
        cookie["planted"] = "yes"

    come_in(client, connection)

    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != before
        assert "planted" not in cookie


@pytest.mark.parametrize("theirs", ["entity id", "key"])
def test_another_companys_idp_opens_nothing_here(client, connection, globex, theirs):
    """Globex registers Acme's entity id with a key of its own, or Acme's key under a name of its own."""
    own = {"entity id": {"key": pair("globex")}, "key": {"issuer": "https://globex.example/idp"}}[theirs]
    question = begin(client, connection)

    assert post(client, connection, reply(connection, question.id, **own).encoded()).status_code == 400
    assert sessions() == []
