"""Single logout: what the IdP signed ends what it means, and nothing else does."""

import base64
import zlib
from datetime import timedelta
from urllib.parse import parse_qs, quote, unquote_plus, urlencode, urlsplit

import pytest
import time_machine
from lxml import etree

from portal.extensions import db
from portal.models import Event, SamlAssertion
from portal.models.base import now
from portal.organizations import connection_keys, connection_options
from portal.organizations.actors import OPERATOR
from portal.saml import signatures
from portal.saml.vocabulary import DS, NAMESPACES, POST, REDIRECT, RSA_SHA256, SAML, SAMLP
from tests.factories import make_connection
from tests.saml.conftest import ISSUER, begin, come_in, configuration, place, post, reply, sessions
from tests.saml.idp import pair, sign, stamp

SLO = "https://idp.example/slo"


@pytest.fixture
def connection(acme):
    made = make_connection(acme, configuration(slo_url=SLO, slo_response_url=f"{SLO}/answers"))
    connection_keys.make(made, by=OPERATOR)
    connection_options.set_policies(made, by=OPERATOR, single_logout=True)
    db.session.commit()
    return made


def request_of(connection, *, name="ada@acme.example", index="_session", **changes):
    values = {
        "ID": "_out",
        "Version": "2.0",
        "IssueInstant": stamp(now()),
        "Destination": connection.logout_url,
    } | changes
    attributes = " ".join(f'{key}="{value}"' for key, value in values.items() if value is not None)
    indexes = f"<p:SessionIndex>{index}</p:SessionIndex>" if index else ""
    return etree.fromstring(
        f'<p:LogoutRequest xmlns:p="{SAMLP}" xmlns:a="{SAML}" {attributes}><a:Issuer>{ISSUER}</a:Issuer>'
        f"<a:NameID>{name}</a:NameID>{indexes}</p:LogoutRequest>"
    )


def answer_of(connection, request_id, *, status="Success", inner=""):
    code = f'<p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{inner}"/>' if inner else ""
    return etree.fromstring(
        f'<p:LogoutResponse xmlns:p="{SAMLP}" xmlns:a="{SAML}" ID="_done" Version="2.0" IssueInstant="{stamp(now())}"'
        f' Destination="{connection.logout_url}" InResponseTo="{request_id}"><a:Issuer>{ISSUER}</a:Issuer><p:Status>'
        f'<p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{status}">{code}</p:StatusCode></p:Status></p:LogoutResponse>'
    )


def deflated(tree):
    deflate = zlib.compressobj(wbits=-15)
    return base64.b64encode(deflate.compress(etree.tostring(tree)) + deflate.flush()).decode()


def query_of(tree, *, field="SAMLRequest", key=None, relay="there", method=RSA_SHA256, message=None):
    fields = {field: message or deflated(tree), "RelayState": relay, "SigAlg": method}
    query = urlencode(fields)
    signature = signatures.sign_text(query.encode(), (key or pair()).private)
    return f"{query}&Signature={quote(base64.b64encode(signature).decode(), safe='')}"


def by_redirect(client, connection, tree, **options):
    return client.get(f"{place(connection, 'logout')}?{query_of(tree, **options)}")


def by_post(client, connection, tree, *, key=None, field="SAMLRequest", signed=True):
    tree = sign(tree, ".", key=key) if signed else tree
    body = {field: base64.b64encode(etree.tostring(tree)).decode(), "RelayState": "there"}
    return client.post(place(connection, "logout"), data=body)


def alive():
    db.session.expire_all()
    return [row for row in sessions() if row.revoked_at is None]


WAYS = pytest.mark.parametrize("send", [by_redirect, by_post])


@WAYS
def test_the_idp_ends_the_session_it_names(client, connection, send):
    come_in(client, connection)

    answer = send(client, connection, request_of(connection))

    assert alive() == []
    assert answer.status_code == 303
    assert db.session.scalars(db.select(Event).where(Event.name == "session.revoked")).one()


@WAYS
def test_our_answer_is_signed_and_says_what_it_answers(client, connection, send):
    come_in(client, connection)

    location = urlsplit(send(client, connection, request_of(connection)).location)

    query, _, signature = location.query.rpartition("&Signature=")
    key = connection_keys.active(connection).certificate
    document = etree.fromstring(zlib.decompress(base64.b64decode(parse_qs(query)["SAMLResponse"][0]), -15))
    assert signatures.text_verifies(query.encode(), base64.b64decode(unquote_plus(signature)), RSA_SHA256, key)
    assert f"{location.scheme}://{location.netloc}{location.path}" == document.get("Destination") == f"{SLO}/answers"
    assert (document.get("InResponseTo"), parse_qs(query)["RelayState"]) == ("_out", ["there"])


def test_our_answer_is_posted_where_the_idp_wants_it(client, acme):
    made = make_connection(acme, configuration(slo_url=SLO, slo_binding=POST))
    connection_keys.make(made, by=OPERATOR)
    db.session.commit()

    page = etree.HTML(by_post(client, made, request_of(made)).data)

    document = etree.fromstring(base64.b64decode(page.xpath("//input[@name='SAMLResponse']/@value")[0]))
    assert signatures.any_verifies(document, (connection_keys.active(made).certificate,))


def test_without_a_key_of_ours_the_browser_stays_here(client, acme):
    made = make_connection(acme, configuration(slo_url=SLO))
    come_in(client, made)

    answer = by_redirect(client, made, request_of(made))

    assert alive() == []
    assert "You are signed out" in answer.text


def test_another_session_index_is_somebody_elses_browser(client, connection):
    come_in(client, connection)

    by_redirect(client, connection, request_of(connection, index="_other"))

    assert len(alive()) == 1


def test_without_an_index_all_sessions_of_the_name_end(app, connection):
    for _ in range(2):
        come_in(app.test_client(), connection, assertion_id=f"_a{_}")

    by_redirect(app.test_client(), connection, request_of(connection, index=None))

    assert alive() == []


def test_another_name_ends_nothing(client, connection):
    come_in(client, connection)

    by_redirect(client, connection, request_of(connection, name="grace@acme.example", index=None))

    assert len(alive()) == 1


def test_one_connections_idp_ends_nothing_of_another(client, acme, connection):
    come_in(client, connection)
    other = make_connection(acme, configuration())

    by_redirect(client, other, request_of(other, index=None))

    assert len(alive()) == 1


@WAYS
def test_a_stranger_ends_nothing(client, connection, send):
    come_in(client, connection)

    assert send(client, connection, request_of(connection), key=pair("mallory")).status_code == 400
    assert len(alive()) == 1


def test_an_unsigned_post_ends_nothing(client, connection):
    come_in(client, connection)

    answer = by_post(client, connection, request_of(connection), signed=False)

    assert (answer.status_code, "not signed" in answer.text) == (400, True)
    assert len(alive()) == 1


def unsigned(query):
    return query.partition("&SigAlg=")[0]


CHANGES = {
    "no signature": unsigned,
    "no algorithm": lambda query: query.replace("SigAlg=", "X="),
    "another relay state": lambda query: query.replace("RelayState=there", "RelayState=here"),
    "the relay state dropped": lambda query: query.replace("&RelayState=there", ""),
    "a second request": lambda query: f"SAMLRequest=x&{query}",
    "a second request at the end": lambda query: f"{query}&SAMLRequest=x",
    "a request by another spelling": lambda query: f"{query}&%53AMLRequest=x",
    "request and response": lambda query: f"{query}&SAMLResponse=x",
    "SHA-1": lambda query: query.replace(quote(RSA_SHA256, safe=""), quote(f"{DS}rsa-sha1", safe="")),
    "nothing": lambda query: "",
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_a_query_that_was_changed_ends_nothing(client, connection, change):
    come_in(client, connection)

    answer = client.get(f"{place(connection, 'logout')}?{change(query_of(request_of(connection)))}")

    assert answer.status_code == 400
    assert len(alive()) == 1


WRONG = {
    "for another connection": {"Destination": "https://front.example/saml/0191/logout"}, "to nobody": {"Destination": None},
    "long ago": {"IssueInstant": "2020-01-01T00:00:00Z"}, "over": {"NotOnOrAfter": "2020-01-01T00:00:00Z"},
    "in the future": {"IssueInstant": "2999-01-01T00:00:00Z"}, "version 1.1": {"Version": "1.1"}, "no name": {"name": ""},
}  # fmt: skip


@WAYS
@pytest.mark.parametrize("wrong", WRONG.values(), ids=list(WRONG))
def test_a_signed_request_that_is_not_for_us_now_ends_nothing(client, connection, send, wrong):
    come_in(client, connection)

    assert send(client, connection, request_of(connection, **wrong)).status_code == 400
    assert len(alive()) == 1


def test_a_request_is_used_once(client, connection):
    query = query_of(request_of(connection))
    client.get(f"{place(connection, 'logout')}?{query}")

    again = client.get(f"{place(connection, 'logout')}?{query}")

    assert (again.status_code, db.session.query(SamlAssertion).count()) == (400, 1)


def test_a_bomb_is_refused_before_it_is_big(client, connection):
    deflate = zlib.compressobj(9, wbits=-15)
    bomb = base64.b64encode(deflate.compress(b" " * 60_000_000) + deflate.flush()).decode()

    answer = client.get(f"{place(connection, 'logout')}?{query_of(None, message=bomb)}")

    assert (answer.status_code, len(bomb) < 100_000) == (400, True)


def test_a_wrapped_request_is_read_where_it_was_signed(client, connection):
    come_in(client, connection)
    honest = sign(request_of(connection, name="grace@acme.example", index=None), ".")
    forged = request_of(connection, ID="_evil")
    forged.insert(1, honest.find("ds:Signature", NAMESPACES))
    extensions = etree.Element(f"{{{SAMLP}}}Extensions")
    extensions.append(honest)
    forged.insert(2, extensions)

    answer = by_post(client, connection, forged, signed=False)

    assert answer.status_code == 400
    assert len(alive()) == 1


def test_the_signature_of_a_sign_in_is_no_logout(client, connection):
    question = begin(client, connection)
    encoded = reply(connection, question.id, sign=("response",)).encoded()

    assert client.post(place(connection, "logout"), data={"SAMLRequest": encoded}).status_code == 400


# -- begun here ---------------------------------------------------------------------------------------------------------


def sign_out(client):
    return client.submit("/sign-out", page="/account")


def test_signing_out_here_goes_on_to_the_idp(client, connection):
    come_in(client, connection)

    sent = client.get(sign_out(client).location)

    query = parse_qs(urlsplit(sent.location).query)
    document = etree.fromstring(zlib.decompress(base64.b64decode(query["SAMLRequest"][0]), -15))
    assert alive() == []
    assert sent.location.startswith(f"{SLO}?")
    assert document.findtext("saml:NameID", namespaces=NAMESPACES) == "ada@acme.example"
    assert document.findtext("samlp:SessionIndex", namespaces=NAMESPACES) == "_session"
    assert "Signature" in query


def go(client, connection):
    """Sign in and out; the id of our request at the IdP."""
    come_in(client, connection)
    query = parse_qs(urlsplit(client.get(sign_out(client).location).location).query)
    return etree.fromstring(zlib.decompress(base64.b64decode(query["SAMLRequest"][0]), -15)).get("ID")


@WAYS
def test_the_idps_answer_ends_it(client, connection, send):
    answer = answer_of(connection, go(client, connection))

    page = send(client, connection, answer, field="SAMLResponse")

    assert (page.status_code, "here and at your identity provider" in page.text) == (200, True)


def test_a_partial_logout_is_said(client, connection):
    answer = answer_of(connection, go(client, connection), inner="PartialLogout")

    page = by_redirect(client, connection, answer, field="SAMLResponse")

    assert "could not sign you out of everything" in page.text


def test_an_answer_counts_once_and_to_our_question_only(client, connection):
    answer = answer_of(connection, go(client, connection))
    by_redirect(client, connection, answer, field="SAMLResponse")

    again = by_redirect(client, connection, answer, field="SAMLResponse")
    unknown = by_redirect(client, connection, answer_of(connection, "_unknown"), field="SAMLResponse")

    assert (again.status_code, unknown.status_code) == (400, 400)


def test_a_sign_in_never_answers_a_sign_out(client, connection):
    request_id = go(client, connection)

    answer = post(client, connection, reply(connection, request_id, assertion_id="_late").encoded())

    assert answer.status_code == 400


def test_only_the_browser_that_signed_out_is_led_on(client, connection):
    come_in(client, connection)
    address = sign_out(client).location

    assert client.get(address.partition("&k=")[0]).status_code == 400


def test_signing_out_stays_here_where_the_connection_is_not_set_to(client, connection):
    connection_options.set_policies(connection, by=OPERATOR, single_logout=False)
    db.session.commit()
    come_in(client, connection)

    assert sign_out(client).location == "/login"


def test_a_session_remembers_no_more_than_its_name(client, connection):
    come_in(client, connection)

    row = alive()[0]
    assert row.subject == "ada@acme.example"
    assert set(row.idp_session) == {"name_id", "name_id_format", "session_index"}


def test_a_request_waits_five_minutes_at_most(client, connection):
    come_in(client, connection)
    query = query_of(request_of(connection))

    with time_machine.travel(now() + timedelta(minutes=8), tick=False):
        answer = client.get(f"{place(connection, 'logout')}?{query}")

    assert answer.status_code == 400


def test_metadata_names_single_logout_where_there_is_a_key(client, connection):
    document = etree.fromstring(client.get(place(connection, "metadata")).data)

    found = {
        node.get("Binding"): node.get("Location") for node in document.iterfind(".//md:SingleLogoutService", NAMESPACES)
    }
    assert found == {REDIRECT: connection.logout_url, POST: connection.logout_url}
