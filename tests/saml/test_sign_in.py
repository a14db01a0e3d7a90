"""Signing in through an IdP: the answer meets the browser that asked, once, and opens one session."""

import base64
import zlib
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import etree

from portal.extensions import db
from portal.models import (
    Exchange,
    User,
)
from portal.models.base import now
from portal.saml.vocabulary import POST
from tests.clients import soup, text
from tests.factories import make_connection, member_of
from tests.saml.conftest import begin, come_in, configuration, place, post, reply, sessions
from tests.saml.idp import pair


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
    assert (
        etree.fromstring(base64.b64decode(form.find("input")["value"])).get("Destination") == "https://idp.example/sso"
    )
    assert "form-action 'self' https:" in answer.headers["Content-Security-Policy"]


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


def test_a_refusal_has_a_code_that_support_finds(client, connection):
    question = begin(client, connection)
    refused = post(
        client, connection, reply(connection, question.id, key=pair("mallory")).encoded(), question.relay_state
    )

    code = soup(refused).find("code").text
    record = db.session.scalars(db.select(Exchange).where(Exchange.code == code)).one()
    assert record.problem.startswith("signature/")
    assert (record.organization_id, record.status) == (connection.organization_id, 400)


def test_a_record_holds_nothing_that_could_be_used_again(client, connection):
    come_in(client, connection)

    record = db.session.scalars(db.select(Exchange)).one()
    assert "ada@acme.example" not in record.request_body
    assert "a…@acme.example" in record.request_body
    assert "<ds:SignatureValue>[…]" in record.request_body


def test_a_draft_signs_nobody_in(client, draft):
    refused = client.get(place(draft, "login"))

    assert refused.status_code == 400
    assert "not switched on" in text(refused)


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


def test_acs_takes_a_pinned_number_of_queries(client, connection, statements):
    question = begin(client, connection)
    address, data = place(connection, "acs"), {"SAMLResponse": reply(connection, question.id).encoded()}
    db.session.remove()

    with statements() as seen:
        client.post(address, data=data)

    # read: connection, its configurations, the question, the organization, former names; write: assertion, record, answer
    assert [one.split()[0] for one in seen] == ["SELECT"] * 5 + ["INSERT"] * 2 + ["UPDATE"], "\n".join(seen)
