"""Signing in through an IdP: the answer meets the browser that asked, once, and opens one session."""

import base64
import zlib
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
import time_machine
from lxml import etree

from portal.extensions import db
from portal.models import (
    Exchange,
    IdpInitiated,
    LoginTransaction,
    SamlAssertion,
    Session,
    User,
)
from portal.models.base import now
from portal.organizations import connections
from portal.organizations.actors import OPERATOR
from portal.saml.vocabulary import POST
from tests.clients import soup, text
from tests.factories import make_connection, member_of
from tests.saml.conftest import begin, come_in, configuration, place, post, reply
from tests.saml.idp import pair


def sessions():
    return db.session.scalars(db.select(Session).where(Session.connection_id.is_not(None))).all()


def test_a_person_signs_in(client, connection, acme):
    answer = come_in(client, connection)

    assert (answer.status_code, answer.location) == (303, "/account")
    assert [row.user.email for row in sessions()] == ["ada@acme.example"]


def test_a_new_person_becomes_a_member(client, connection, acme):
    come_in(client, connection, name_id="new@acme.example", attributes=[("email", ("new@acme.example",))])

    assert member_of(acme, "new@acme.example").active


def test_the_question_is_well_formed(client, connection):
    query = parse_qs(urlsplit(begin(client, connection).url).query)

    request = etree.fromstring(zlib.decompress(base64.b64decode(query["SAMLRequest"][0]), -15))
    assert request.get("AssertionConsumerServiceURL") == connection.acs_url
    assert request.get("Destination") == "https://idp.example/sso"
    assert request[0].text == connection.entity_id
    assert [child.tag.rpartition("}")[2] for child in request] == ["Issuer"]


def test_an_address_with_a_query_keeps_it(client, acme):
    made = make_connection(acme, configuration(sso_url="https://idp.example/sso?idpid=C0&x=%26"))

    assert begin(client, made).url.startswith("https://idp.example/sso?idpid=C0&x=%26&SAMLRequest=")


def test_a_post_only_idp_gets_a_form(client, acme):
    made = make_connection(acme, configuration(sso_binding=POST))

    answer = client.get(place(made, "login"))

    form = soup(answer).find("form")
    assert form["action"] == "https://idp.example/sso"
    assert etree.fromstring(base64.b64decode(form.find("input")["value"])).get("Destination") == "https://idp.example/sso"
    assert "form-action 'self' https://idp.example" in answer.headers["Content-Security-Policy"]


def test_within_our_pages_the_way_goes_on_by_itself(client, connection):
    answer = client.get(place(connection, "login"), headers={"Sec-Fetch-Site": "same-origin"})

    address = soup(answer).find("a", rel="noreferrer")["href"]
    assert address.startswith("https://idp.example/sso?SAMLRequest=")
    assert soup(answer).find("meta", attrs={"http-equiv": "refresh"})["content"] == f"0; url={address}"


@pytest.mark.parametrize("target", ["/account/security", "/organizations/acme/members?page=2"])
def test_a_person_returns_where_they_wanted_to_be(client, connection, target):
    assert come_in(client, connection, begin(client, connection, next=target)).location == target


@pytest.mark.parametrize("target", [
    "//evil.example", "/\\evil.example", "https:evil", "\t//evil.example", "javascript:alert(1)", "/" + "x" * 10_000,
    "/a\r\nSet-Cookie: a=b", "https://evil.example/", "/%0d%0a\\",
])  # fmt: skip
def test_nobody_is_sent_away(client, connection, target):
    assert come_in(client, connection, begin(client, connection, next=target)).location == "/account"


def test_a_session_ends_with_the_idps_own(client, connection):
    ends = now().replace(microsecond=0) + timedelta(hours=2)

    come_in(client, connection, session_end=f"{ends:%Y-%m-%dT%H:%M:%SZ}")

    assert sessions()[0].expires_at == ends


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
    answers = [client.get(back.location).status_code for _ in range(2)]

    assert answers == [303, 400]
    assert len(sessions()) == 1


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


def test_a_refusal_has_a_code_that_support_finds(client, connection):
    question = begin(client, connection)
    refused = post(client, connection, reply(connection, question.id, key=pair("mallory")).encoded(), question.relay_state)

    code = soup(refused).find("strong").text
    record = db.session.scalars(db.select(Exchange).where(Exchange.code == code)).one()
    assert record.problem.startswith("signature/")
    assert (record.organization_id, record.status) == (connection.organization_id, 400)


def test_a_record_holds_nothing_that_could_be_used_again(client, connection):
    come_in(client, connection)

    record = db.session.scalars(db.select(Exchange)).one()
    assert "ada@acme.example" not in record.request_body
    assert "a…@acme.example" in record.request_body
    assert "<ds:SignatureValue>[…]" in record.request_body


@pytest.mark.parametrize("data", [{}, {"SAMLResponse": "§"}, {"SAMLResponse": "A" * 500_000}, {"RelayState": "x"}])
def test_nonsense_is_refused_in_words(client, connection, data):
    connection.idp_initiated = IdpInitiated.ON
    db.session.commit()

    assert client.post(place(connection, "acs"), data=data).status_code == 400


def test_an_unknown_connection_does_not_exist(client, app):
    for view in ("metadata", "login", "finish"):
        assert client.get(f"/saml/0190aaaa-0000-7000-8000-000000000000/{view}").status_code == 404


def test_a_draft_signs_nobody_in(client, draft):
    refused = client.get(place(draft, "login"))

    assert refused.status_code == 400
    assert "not switched on" in text(refused)


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


def test_nobody_reaches_a_foreign_companys_person(client, connection, globex):
    """Acme's IdP says it is Hank of Globex: it gets a person of its own, not Globex's."""
    come_in(client, connection, name_id="hank@globex.example", attributes=[("email", ("hank@globex.example",))])

    row = sessions()[0]
    assert row.user.home_organization_id == connection.organization_id
    assert db.session.scalars(db.select(User).where(User.email_key == "hank@globex.example")).all() != [row.user]


def test_a_renamed_person_keeps_the_account(client, connection, acme):
    come_in(client, connection, name_id="stable-1", name_format="", attributes=[("email", ("ada@acme.example",))])
    come_in(
        client, connection, name_id="stable-1", name_format="", assertion_id="_2",
        attributes=[("email", ("ada.king@acme.example",))],
    )  # fmt: skip

    assert len({row.user_id for row in sessions()}) == 1


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


def test_acs_takes_a_pinned_number_of_queries(client, connection, statements):
    question = begin(client, connection)
    address, data = place(connection, "acs"), {"SAMLResponse": reply(connection, question.id).encoded()}
    db.session.remove()

    with statements() as seen:
        client.post(address, data=data)

    # read: connection, its configurations, the question, the organization; write: assertion, record, answer
    assert [one.split()[0] for one in seen] == ["SELECT"] * 4 + ["INSERT"] * 2 + ["UPDATE"], "\n".join(seen)
