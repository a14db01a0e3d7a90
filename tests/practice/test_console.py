"""The practice console's pages; the server they push to is a recorder."""

import pytest

from portal.practice import pushing, tenants
from portal.practice.personalities import PERSONALITIES
from tests.clients import soup, text

TABS = ("", "/people", "/provisioning", "/groups", "/log", "/faults")
EVERY_TAB = pytest.mark.parametrize("tab", TABS)


def address(tenant, path=""):
    return f"/practice/{tenant.id}{path}"


def again(tenant):
    from portal.extensions import db

    db.session.rollback()
    return tenants.find(tenant.id)


@pytest.fixture
def connected(practice_okta, recorder):
    """Provisioning to the recorder; the form takes our own addresses only, so it is connected by the verb."""
    from portal.extensions import db

    pushing.connect(practice_okta, recorder.url, "secret")
    tenants.save(practice_okta)
    db.session.commit()
    recorder.requests.clear()
    return again(practice_okta)


@EVERY_TAB
def test_every_tab_of_okta_is_a_whole_page(client, practice_okta, tab):
    assert client.get(address(practice_okta, tab)).status_code == 200


@EVERY_TAB
def test_every_tab_of_entra_is_a_whole_page(client, practice_entra, tab):
    assert client.get(address(practice_entra, tab)).status_code == 200


@EVERY_TAB
def test_without_practice_there_is_no_console(make_app, tab):
    app = make_app(practice=False)

    assert app.test_client().get(f"/practice/0198c0de-0000-7000-8000-000000000000{tab}").status_code == 404


def test_an_unknown_tenant_is_not_found(client):
    assert client.get("/practice/0198c0de-0000-7000-8000-000000000000").status_code == 404


@pytest.mark.parametrize("personality", PERSONALITIES)
def test_a_tenant_is_made_in_the_browser(client, personality):
    made = client.submit("/practice", {"personality": personality, "name": "Globex", "domain": "globex.example"})

    page = text(client.get(made.location))
    assert f"Practice {PERSONALITIES[personality].name}" in page
    assert "Globex" in text(client.get("/practice"))


def test_a_tenant_needs_a_name_and_a_domain(client):
    answer = client.submit("/practice", {"personality": "okta", "name": "", "domain": "nonsense"})

    assert answer.status_code == 422
    assert "Write it like acme.example." in text(answer)


def test_the_sign_on_page_keeps_what_was_pasted_and_shows_the_metadata_url(client, practice_okta):
    values = {"acs_url": "http://localhost:8080/saml/1/acs", "entity_id": "http://localhost:8080/saml/1"}

    client.submit(address(practice_okta), values)

    page = soup(client.get(address(practice_okta)))
    assert page.find(id="acs_url")["value"] == values["acs_url"]
    assert page.find(id="metadata-url")["value"] == practice_okta.metadata_url


@pytest.mark.parametrize(
    "elsewhere", ["http://localhost:8080.evil.example/acs", "https://internal.example/acs", "file:///etc"]
)
def test_it_works_with_this_vestibule_only(client, practice_okta, elsewhere):
    acs = client.submit(address(practice_okta), {"acs_url": elsewhere, "entity_id": "x"})
    scim = client.submit(address(practice_okta, "/provisioning"), {"base_url": elsewhere, "token": "t"})

    assert (acs.status_code, scim.status_code) == (422, 422)
    assert again(practice_okta).exchanges == []


def test_each_console_words_its_fields_as_the_vendor_does(client, practice_okta, practice_entra):
    okta, entra = text(client.get(address(practice_okta))), text(client.get(address(practice_entra)))

    assert "Single sign-on URL" in okta
    assert "Reply URL (Assertion Consumer Service URL)" in entra


def test_everybody_is_sent_with_one_button(client, connected, recorder):
    client.submit(address(connected, "/provisioning/people"), page=address(connected, "/provisioning"))

    assert [method for method, *_ in recorder.sent()].count("POST") == 6
    assert all(person.remote_id for person in again(connected).cast.people)


def test_adding_somebody_sends_them_at_once(client, connected, recorder):
    values = {"given_name": "Hedy", "family_name": "Lamarr", "user_name": "hedy@acme.example"}

    client.submit(address(connected, "/people"), values)

    assert recorder.sent()[-1][2]["userName"] == "hedy@acme.example"


def test_a_user_name_is_given_once(client, connected, recorder):
    values = {"given_name": "Ada", "family_name": "Two", "user_name": "ADA@acme.example"}

    answer = client.submit(address(connected, "/people"), values)

    assert answer.status_code == 422
    assert recorder.sent() == []


def test_deactivating_somebody_tells_the_application_at_once(client, connected, recorder):
    grace = connected.cast.named("grace@acme.example")
    client.submit(address(connected, "/provisioning/people"), page=address(connected, "/provisioning"))

    page = address(connected, "/people")
    client.submit(f"{page}/{grace.id}/active", {"on": "no"}, page=page)

    method, _, body = recorder.sent()[-1]
    assert (method, body["userName"], body["active"]) == ("PUT", "grace@acme.example", False)
    assert "Deactivated" in text(client.get(page))


def test_renaming_somebody_keeps_their_ids(client, connected, recorder):
    grace = connected.cast.named("grace@acme.example")
    page = address(connected, f"/people/{grace.id}")

    client.submit(page, {"given_name": "Grace", "family_name": "Murray", "user_name": "grace.murray@acme.example"})

    found = again(connected).cast.named("grace.murray@acme.example")
    assert (found.id, found.family_name) == (grace.id, "Murray")


def test_deleting_somebody_takes_them_out_of_their_groups(client, connected):
    grace = connected.cast.named("grace@acme.example")
    page = address(connected, f"/people/{grace.id}")

    client.submit(f"{page}/deletion", page=page)

    cast = again(connected).cast
    assert cast.person(grace.id) is None
    assert all(grace.id not in group.members for group in cast.groups)


def test_groups_are_sent_and_follow_their_members(client, connected, recorder):
    client.submit(address(connected, "/provisioning/people"), page=address(connected, "/provisioning"))
    page = address(connected, "/groups")
    client.submit(f"{page}/push", page=page)
    group, ada = connected.cast.groups[0], connected.cast.named("ada@acme.example")

    client.submit(f"{page}/{group.id}/members", {"person": ada.id, "on": "yes"}, page=page)

    method, _, body = recorder.sent()[-1]
    assert (method, len(body["members"])) == ("PUT", 4)


def test_a_group_comes_and_goes(client, connected):
    page = address(connected, "/groups")
    client.submit(page, {"name": "Night watch"})
    group = again(connected).cast.groups[-1]

    client.submit(f"{page}/{group.id}/deletion", page=page)

    assert group.name == "Night watch"
    assert again(connected).cast.group(group.id) is None


def test_a_refusal_is_shown_in_the_servers_words_with_the_exchange(client, connected, recorder):
    recorder.refuse["POST", "/Users"] = (409, {"detail": "userName is taken", "status": "409"})

    client.submit(address(connected, "/provisioning/people"), page=address(connected, "/provisioning"))

    page = text(client.get(address(connected, "/provisioning")))
    assert "The application did not take it." in page
    assert "409: userName is taken" in page


def test_the_log_shows_what_was_sent_and_answered_without_the_token(client, connected, recorder):
    client.submit(address(connected, "/provisioning/people"), page=address(connected, "/provisioning"))

    log = client.get(address(connected, "/log"))
    assert 'GET /Users?filter=userName eq "grace@acme.example"' in text(log)
    assert "secret" not in text(log)


def test_two_changes_at_the_same_moment_do_not_lose_one(app, connected):
    first, second = again(connected), again(connected)
    tenants.save(first)

    with pytest.raises(tenants.ChangedMeanwhile):
        tenants.save(second)


def test_another_server_does_not_know_who_was_pushed_to_the_last_one(app, connected, recorder):
    pushing.push_everybody(connected)

    pushing.connect(connected, f"{recorder.url}/elsewhere", "secret")

    assert not any(person.remote_id for person in connected.cast.people)
