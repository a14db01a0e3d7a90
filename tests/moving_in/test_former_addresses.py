"""What a customer's identity provider was told goes on working: nobody touches it (docs/decisions/moving-in.md)."""

import base64
import zlib
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import etree

from portal.extensions import db
from portal.models import AliasKind, IdpInitiated, Membership
from portal.organizations import aliases, connection_options
from portal.organizations.actors import OPERATOR
from portal.organizations.refusals import AliasTaken, BadAlias
from portal.saml.vocabulary import NAMESPACES
from tests.clients import soup
from tests.factories import add_member, make_connection
from tests.moving_in import exports
from tests.moving_in.conftest import Moved
from tests.saml.conftest import ISSUER, begin, configuration, place, post, reply, sessions
from tests.saml.idp import pair

HOST = {"Host": "sso.old.example"}
ACS, AUDIENCE = f"{exports.OLD}/api/oauth/saml", "https://saml.boxyhq.com"


def old_reply(connection, question, **changes):
    values = {"acs_url": ACS, "audience": AUDIENCE, "issuer": ISSUER} | changes
    return reply(connection, question.id if question else None, **values)


def post_old(client, encoded, relay_state="", path="/api/oauth/saml", **headers):
    data = {"SAMLResponse": encoded, "RelayState": relay_state}
    return client.post(path, data=data, headers=HOST | headers)


def asked_of(question):
    """The AuthnRequest that went to the IdP."""
    encoded = parse_qs(urlsplit(question.url).query)["SAMLRequest"][0]
    return etree.fromstring(zlib.decompress(base64.b64decode(encoded), -15))


def test_we_ask_by_the_names_that_the_identity_provider_knows(client, polis):
    question = asked_of(begin(client, polis.connection))

    assert question.get("AssertionConsumerServiceURL") == ACS
    assert question.findtext("saml:Issuer", namespaces=NAMESPACES) == AUDIENCE


def test_an_answer_at_the_old_address_signs_in(client, polis):
    question = begin(client, polis.connection)

    back = post_old(client, old_reply(polis.connection, question, **subject("grace")).encoded(), question.relay_state)
    home = client.get(back.location)

    assert back.location.startswith(f"http://localhost:8080/saml/{polis.connection.id}/finish?")
    assert (home.status_code, home.location) == (303, "/account")
    assert [row.user.email for row in sessions()] == ["grace@initech.example"]


def subject(name):
    return {"name_id": f"{name}@initech.example", "attributes": [("email", (f"{name}@initech.example",))]}


@pytest.mark.parametrize(
    "wrong",
    [
        {"acs_url": "https://other.example/api/oauth/saml"},
        {"acs_url": "our own"},
        {"audience": "our own"},
        {"audience": "https://other.example"},
        {"key": pair("stranger")},
    ],
    ids=["host", "our ACS", "our name", "name", "key"],
)
def test_the_checks_stay_exact_at_the_old_address(client, polis, wrong):
    question = begin(client, polis.connection)
    own = {"acs_url": polis.connection.acs_url, "audience": polis.connection.entity_id}
    wrong = {name: own[name] if value == "our own" else value for name, value in wrong.items()}

    refused = post_old(client, old_reply(polis.connection, question, **wrong).encoded(), question.relay_state)

    assert refused.status_code == 400
    assert not sessions()


def test_our_own_address_is_another_one_and_as_exact(client, polis):
    """A company that changes its identity provider's ACS to ours may do so at once; the name is still the old one."""
    question = begin(client, polis.connection)
    mixed = old_reply(polis.connection, question)
    assert post(client, polis.connection, mixed.encoded(), question.relay_state).status_code == 400

    question = begin(client, polis.connection)
    ours = old_reply(polis.connection, question, acs_url=polis.connection.acs_url, **subject("grace"))
    assert post(client, polis.connection, ours.encoded(), question.relay_state).status_code == 303


def test_the_old_address_belongs_to_its_connection_only(client, polis, acme):
    other = make_connection(acme, configuration())
    question = begin(client, other)

    answer = reply(other, question.id)
    crossed = old_reply(other, question)

    assert post_old(client, answer.encoded(), question.relay_state).status_code == 400
    assert post_old(client, crossed.encoded(), question.relay_state).status_code == 400
    assert post(client, other, crossed.encoded(), question.relay_state).status_code == 400
    assert not sessions()


def test_of_several_at_one_address_the_identity_provider_tells_which(client, polis, move_in):
    export = exports.polis("globex.example", "https://other.example/saml", "dir-2")
    export["directories"][0]["users"] = []
    move_in("polis", [exports.polis(), export])
    question = begin(client, polis.connection)

    as_other = old_reply(polis.connection, question, issuer="https://other.example/saml")
    assert post_old(client, as_other.encoded()).status_code == 400
    back = post_old(client, old_reply(polis.connection, question, **subject("grace")).encoded())

    assert f"/saml/{polis.connection.id}/finish" in back.location
    assert (
        post_old(client, old_reply(polis.connection, None, issuer="https://nobody.example").encoded()).status_code
        == 404
    )
    assert post_old(client, "not a response").status_code == 404


def test_an_answer_that_nobody_asked_for_makes_us_ask_at_home(client, polis):
    connection_options.set_policies(polis.connection, by=OPERATOR, idp_initiated=IdpInitiated.ON)
    db.session.commit()

    back = post_old(client, old_reply(polis.connection, None).encoded())

    assert back.location == f"http://localhost:8080/saml/{polis.connection.id}/login"
    assert "Set-Cookie" not in back.headers


def test_the_host_that_a_request_names_says_nothing(client, polis):
    question = begin(client, polis.connection)
    answer = old_reply(polis.connection, question, **subject("grace")).encoded()

    back = client.post(
        "/api/oauth/saml",
        data={"SAMLResponse": answer, "RelayState": question.relay_state},
        headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"},
    )

    assert back.location.startswith("http://localhost:8080/")
    assert "evil.example" not in back.text


def test_our_metadata_says_the_old_name_and_both_addresses(client, polis):
    document = etree.fromstring(client.get(place(polis.connection, "metadata")).data)
    services = document.findall("md:SPSSODescriptor/md:AssertionConsumerService", NAMESPACES)

    assert document.get("entityID") == AUDIENCE
    assert [(one.get("Location"), one.get("isDefault")) for one in services] == [
        (ACS, "true"), (polis.connection.acs_url, "false"),
    ]  # fmt: skip


def test_once_an_alias_is_taken_away_only_our_own_name_counts(client, polis):
    for alias in aliases.listed(polis.organization):
        aliases.remove(alias, by=OPERATOR)
    db.session.commit()
    question = begin(client, polis.connection)

    assert asked_of(question).get("AssertionConsumerServiceURL") == polis.connection.acs_url
    assert post_old(client, old_reply(polis.connection, question).encoded(), question.relay_state).status_code == 404


def test_the_page_of_the_connection_shows_former_names_and_takes_them_away(client, polis, sign_in):
    admin = add_member(polis.organization, "boss@initech.example", role="owner")
    sign_in(client, admin.user)
    page = f"/organizations/{polis.organization.slug}/sign-in/{polis.connection.id}"

    assert {ACS, AUDIENCE} <= {one.text for one in soup(client.get(page)).find_all("code")}
    client.submit(f"{page}/our-names", {}, page=page)

    after = client.get(page).text
    assert AUDIENCE not in after
    assert not [one for one in aliases.listed(polis.organization) if one.kind is not AliasKind.SCIM]


def test_an_address_with_a_query_is_known_by_it(client, move_in):
    move_in("auth0", exports.auth0(), at="https://login.old.example")
    moved = Moved()
    question = begin(client, moved.connection)
    answer = reply(
        moved.connection, question.id, acs_url="https://login.old.example/login/callback?connection=initech",
        audience="urn:auth0:acme:initech", **subject("ada"),
    )  # fmt: skip

    lost = post_old(client, answer.encoded(), question.relay_state, "/login/callback?connection=other")
    back = post_old(client, answer.encoded(), question.relay_state, "/login/callback?connection=initech")

    assert (lost.status_code, back.status_code) == (404, 303)
    assert client.get(back.location).status_code == 303


def test_an_address_that_looks_like_ours_is_led_on_as_well(client, move_in):
    move_in("propelauth", exports.propelauth())
    moved = Moved()
    question = begin(client, moved.connection)
    at = moved.name(AliasKind.ACS)
    answer = reply(
        moved.connection, question.id, acs_url=at, audience=moved.name(AliasKind.ENTITY_ID), **subject("ada")
    )

    back = post_old(client, answer.encoded(), question.relay_state, urlsplit(at).path)

    assert client.get(back.location).status_code == 303


@pytest.fixture
def scim(client, polis):
    """scim("GET", "/Users"): as the IdP goes on asking."""
    base = urlsplit(polis.name(AliasKind.SCIM)).path

    def ask(method, path, body=None, token=exports.SECRET):
        headers = HOST | {"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"}
        return client.open(base + path, method=method, json=body, headers=headers)

    return ask


def test_scim_goes_on_at_the_old_address_with_the_old_token(scim, polis):
    base = polis.name(AliasKind.SCIM)

    created = scim("POST", "/Users", {"userName": "new@initech.example", "emails": [{"value": "new@initech.example"}]})
    read = scim("GET", f"//Users/{exports.GRACE}/")
    listed = scim("GET", '/Users?filter=userName eq "linus@initech.example"')

    assert (created.status_code, created.location) == (201, created.json["meta"]["location"])
    assert created.location.startswith(f"{base}/Users/")
    assert read.json["meta"]["location"] == f"{base}/Users/{exports.GRACE}"
    assert read.json["groups"][0]["$ref"] == f"{base}/Groups/{exports.TEAM}"
    assert [one["id"] for one in listed.json["Resources"]] == [exports.LINUS]


def test_a_person_whom_the_old_address_takes_away_is_gone(scim, polis):
    said = [{"op": "replace", "path": "active", "value": False}]

    changed = scim("PATCH", f"/Users/{exports.GRACE}", {"Operations": said})

    assert changed.status_code == 200
    grace = db.session.scalars(db.select(Membership).where(Membership.email == "grace@initech.example")).one()
    assert not grace.active


def test_ids_of_another_kind_go_on_at_the_former_address(client, move_in):
    move_in("workos", exports.workos())
    moved = Moved()
    base, headers = urlsplit(moved.name(AliasKind.SCIM)).path, {"Authorization": f"Bearer {exports.SECRET}"}
    change = {"Operations": [{"op": "add", "path": "members", "value": [{"value": "directory_user_01"}]}]}
    unknown = {"Operations": [{"op": "add", "path": "members", "value": [{"value": "directory_user_02"}]}]}

    grace = client.get(f"{base}/Users/directory_user_01", headers=headers)
    client.patch(f"{base}/Groups/directory_group_01", json=change, headers=headers)
    group = client.get(f"{base}/Groups/directory_group_01", headers=headers)
    nobody = client.patch(f"{base}/Groups/directory_group_01", json=unknown, headers=headers)
    elsewhere = client.get(f"/scim/v2/{moved.directory.id}/Users/directory_user_01", headers=headers)

    assert grace.json["userName"] == "grace@initech.example"
    assert group.json["members"][0]["value"] == grace.json["id"]
    assert (nobody.status_code, elsewhere.status_code) == (400, 404)


def test_our_own_address_takes_the_old_token_and_answers_with_itself(client, polis):
    read = client.get(
        f"/scim/v2/{polis.directory.id}/Users/{exports.GRACE}", headers={"Authorization": f"Bearer {exports.SECRET}"}
    )

    assert read.json["meta"]["location"] == f"{polis.directory.base_url}/Users/{exports.GRACE}"


@pytest.mark.parametrize("token", ["", "wrong", f"{exports.SECRET}0"])
def test_without_the_token_the_old_address_answers_as_ours_does(scim, token):
    refused = scim("GET", "/Users", token=token)

    assert (refused.status_code, refused.mimetype) == (401, "application/scim+json")


def test_what_is_at_no_former_address_stays_lost(client, polis, scim):
    assert client.get("/api/scim/v2.0/other/Users").status_code == 404
    assert client.get("/api/oauth/saml").status_code == 404
    assert client.get("/" + "a/" * 3000).status_code == 404
    assert client.post("/api/oauth/saml/more").status_code == 404
    for odd in ("/a%00b", "/%ff%fe", "/é", "/a?b=\x00", "/api/scim/v2.0/%00/Users", "//", "/%"):
        assert client.post(odd).status_code in (404, 405)
    assert scim("GET", "/Nothing").status_code == 404


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (AliasKind.ACS, "not an address"), (AliasKind.ACS, "https://old.example"), (AliasKind.ACS, "https://old.example/"),
        (AliasKind.SCIM, "javascript:alert(1)//x/y"), (AliasKind.SCIM, "https://old.example/a#b"),
        (AliasKind.ENTITY_ID, ""), (AliasKind.ENTITY_ID, "a b"), (AliasKind.ENTITY_ID, "x" * 501),
        (AliasKind.ENTITY_ID, "é"), (AliasKind.ACS, "https://old.example/\x00"),
    ],
)  # fmt: skip
def test_what_no_identity_provider_could_have_been_told_is_refused(polis, kind, value):
    with pytest.raises(BadAlias):
        aliases.add(polis.connection, kind, value, by=OPERATOR)


def test_an_address_belongs_to_one(polis, acme):
    other = make_connection(acme, configuration())
    aliases.add(polis.connection, AliasKind.ACS, "https://old.example/acs", by=OPERATOR)

    for issuer in ("", ISSUER):
        with pytest.raises(AliasTaken):
            aliases.add(other, AliasKind.ACS, "https://elsewhere.example/acs", by=OPERATOR, issuer=issuer)
    with pytest.raises(AliasTaken):
        aliases.add(other, AliasKind.ACS, ACS, by=OPERATOR)
