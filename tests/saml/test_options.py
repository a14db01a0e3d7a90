"""How a connection asks, what it takes, and how long a session lasts: each option does what it says, and no more."""

import base64
import zlib
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from lxml import etree

from portal.extensions import db
from portal.models import Event, IdpInitiated
from portal.models.base import now
from portal.organizations import connection_options
from portal.organizations.actors import OPERATOR
from portal.organizations.refusals import BadSessionHours
from portal.saml.vocabulary import NAMESPACES
from tests.factories import make_connection
from tests.saml.conftest import begin, come_in, configuration, place, post, reply, sessions
from tests.saml.hostile import put
from tests.saml.idp import stamp

PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"
MFA = "https://refeds.org/profile/mfa"
STATEMENT = "saml:Assertion/saml:AuthnStatement"


def asked_of(question):
    query = parse_qs(urlsplit(question.url).query)
    return etree.fromstring(zlib.decompress(base64.b64decode(query["SAMLRequest"][0]), -15))


def set_policies(connection, **policies):
    connection_options.set_policies(connection, by=OPERATOR, **policies)
    db.session.commit()


def answer(client, connection, **changes):
    question = begin(client, connection)
    return post(client, connection, reply(connection, question.id, **changes).encoded(), question.relay_state)


def test_nothing_is_demanded_unless_it_is_chosen(client, connection):
    request = asked_of(begin(client, connection))

    assert request.get("ForceAuthn") is None
    assert request.find("samlp:RequestedAuthnContext", NAMESPACES) is None


def test_what_is_chosen_is_demanded(client, acme):
    connection = make_connection(acme, configuration(force_authn=True, authn_contexts=(MFA, PASSWORD)))

    request = asked_of(begin(client, connection))

    contexts = request.findall("samlp:RequestedAuthnContext/saml:AuthnContextClassRef", NAMESPACES)
    assert request.get("ForceAuthn") == "true"
    assert [node.text for node in contexts] == [MFA, PASSWORD]


def test_somebody_signed_in_before_is_not_signed_in_anew(client, acme):
    connection = make_connection(acme, configuration(force_authn=True))
    before = put(STATEMENT, "AuthnInstant", stamp(now() - timedelta(hours=1)))

    refused = answer(client, connection, before=before)

    assert (refused.status_code, "asking you anew" in refused.text) == (400, True)
    assert come_in(client, connection).status_code == 303


def test_a_sign_in_an_hour_old_is_fine_where_nothing_is_forced(client, connection):
    before = put(STATEMENT, "AuthnInstant", stamp(now() - timedelta(hours=1)))

    assert answer(client, connection, before=before).status_code == 303


def test_another_method_than_demanded_is_refused(client, acme):
    connection = make_connection(acme, configuration(authn_contexts=(MFA,)))

    refused = answer(client, connection)

    assert (refused.status_code, "another way to sign you in" in refused.text) == (400, True)


def test_one_of_the_demanded_methods_is_enough(client, acme):
    connection = make_connection(acme, configuration(authn_contexts=(MFA, PASSWORD)))

    assert come_in(client, connection).status_code == 303


@pytest.mark.parametrize("policy", list(IdpInitiated))
def test_the_idps_own_page_does_what_the_policy_says(client, connection, policy):
    set_policies(connection, idp_initiated=policy)

    came = post(client, connection, reply(connection, None).encoded())

    expected = {IdpInitiated.OFF: (400, ""), IdpInitiated.BOUNCE: (303, "/login"), IdpInitiated.ON: (303, "/finish")}
    status, place_ = expected[policy]
    assert came.status_code == status
    assert place_ in (came.location or "")


def test_what_must_be_asked_anew_is_asked_by_us(client, acme):
    connection = make_connection(acme, configuration(force_authn=True))
    set_policies(connection, idp_initiated=IdpInitiated.ON)

    came = post(client, connection, reply(connection, None).encoded())

    assert place(connection, "login") in came.location


def test_a_session_lasts_as_long_as_the_connection_says(client, connection):
    set_policies(connection, session_hours=8)
    with time_machine.travel(now(), tick=False):
        come_in(client, connection)
        expected = now() + timedelta(hours=8)

    assert sessions()[0].expires_at == expected


@pytest.mark.parametrize(("theirs", "ours", "expected"), [(2, 8, 2), (8, 2, 2), (2, None, 2)])
def test_the_shorter_end_counts(client, connection, theirs, ours, expected):
    set_policies(connection, session_hours=ours)
    with time_machine.travel(now().replace(microsecond=0), tick=False):
        come_in(client, connection, session_end=stamp(now() + timedelta(hours=theirs)))
        end = now() + timedelta(hours=expected)

    assert sessions()[0].expires_at == end


@pytest.mark.parametrize("hours", [0, -1, 365 * 24 + 1])
def test_a_session_of_no_time_or_for_ever_is_refused(connection, hours):
    with pytest.raises(BadSessionHours):
        connection_options.set_policies(connection, by=OPERATOR, session_hours=hours)


def test_a_policy_changed_leaves_one_trace(connection):
    for _ in range(2):
        set_policies(connection, session_hours=8, single_logout=True)

    event = db.session.scalars(db.select(Event).where(Event.name == "connection.policy_changed")).one()
    assert event.data == {"policies": "session_hours, single_logout"}
