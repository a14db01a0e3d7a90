"""Support finds an organization by whatever a caller says, sees what went wrong, and every act of theirs is on record."""

import pytest
from sqlalchemy import select

from portal.extensions import db
from portal.models import Event, Exchange, Protocol, SetupLink
from portal.models.base import now
from portal.organizations import connections, domains, ignored, setup_links, tokens
from portal.organizations.actors import OPERATOR
from tests.clients import soup, text
from tests.factories import make_connection, make_directory, make_user, member_of, provision
from tests.saml.conftest import configuration


@pytest.fixture
def support(client, app, sign_in):
    """A browser in which somebody of the staff is signed in."""
    sign_in(client, make_user("sam@vestibule.example", name="Sam", staff=True))
    return client


def home(organization, tail=""):
    return f"/staff/organizations/{organization.id}{tail}"


def record(organization, **values):
    exchange = Exchange(organization_id=organization.id, protocol=Protocol.SCIM, **values)
    db.session.add(exchange)
    db.session.commit()
    return exchange


def last_event(name):
    return db.session.scalars(select(Event).where(Event.name == name).order_by(Event.id.desc())).first()


@pytest.mark.parametrize(
    "words", ["Acme", "acm", "acme.example", "@acme.example", "ada@acme.example", "ADA@acme.example"]
)
def test_an_organization_is_found_by_whatever_a_caller_says(support, acme, globex, words):
    page = support.get("/staff", query_string={"search": words})

    assert [link.get_text() for link in soup(page).select("tbody a")] == ["Acme"]


def test_nothing_found_says_what_to_try(support, acme):
    page = support.get("/staff", query_string={"search": "100%_nothing"})

    assert "Nothing matches “100%_nothing”" in text(page)


@pytest.mark.parametrize("typed", ["K7WP-3XQ2", "k7wp3xq2", " K7WP-3XQ2 "])
def test_a_request_is_found_by_the_code_somebody_quotes(support, acme, typed):
    exchange = record(acme, code="K7WP-3XQ2", problem="The token has ended.", method="GET", status=401)

    page = support.get("/staff", query_string={"search": typed})

    assert soup(page).select_one(".notice a")["href"] == home(acme, f"/exchanges/{exchange.id}")


def test_one_exchange_shows_both_sides_escaped(support, acme):
    exchange = record(
        acme, method="POST", status=409, request_body="<script>x</script>", answer_body="taken", path="/x"
    )

    page = support.get(home(acme, f"/exchanges/{exchange.id}"))

    assert [block.get_text() for block in soup(page).select("pre")] == ["<script>x</script>", "taken"]


def test_an_exchange_of_another_organization_is_not_shown_here(support, acme, globex):
    exchange = record(globex, method="GET", status=200)

    assert support.get(home(acme, f"/exchanges/{exchange.id}")).status_code == 404


def test_the_page_of_an_organization_shows_all_it_has_connected(support, acme):
    connection = make_connection(acme, configuration())
    directory = make_directory(acme)
    token, secret = tokens.issue(directory, by=OPERATOR)
    provision(directory, "bob@acme.example")
    record(acme, method="GET", status=401, problem="Somebody sent no token.")
    ignored.record({(acme.id, directory.id, "favouriteColour"): 7}, now())

    page = support.get(home(acme))

    for words in (connection.entity_id, "https://idp.example/saml", "2036", token.prefix, "Somebody sent no token."):
        assert words in text(page)
    assert "favouriteColour 7 times" in text(page)
    assert secret not in page.text


def test_that_two_companies_share_an_idp_is_said_to_support_only(support, acme, globex):
    make_connection(acme, configuration())
    assert "same identity provider" not in text(support.get(home(acme)))
    make_connection(globex, configuration())

    page = text(support.get(home(acme)))

    assert "Another organization has connected the same identity provider" in page
    assert "Globex" not in page


def test_a_failed_test_is_explained(support, acme):
    connection = make_connection(acme, configuration(), live=False)
    test = connections.begin_test(connection, by=OPERATOR)
    line = {
        "id": "audience",
        "ask": "Is it for us?",
        "level": "error",
        "ok": False,
        "words": "No.",
        "fix": "Mend the audience.",
    }
    connections.finish_test(test, connection, passed=False, report={"lines": [line]}, by=OPERATOR)
    db.session.commit()

    assert "Mend the audience." in text(support.get(home(acme)))


def test_vouching_for_a_domain_is_on_record(support, acme):
    domain = domains.claim(acme, "acme.test", by=OPERATOR)
    db.session.commit()

    support.submit(home(acme, f"/domains/{domain.id}/verification"), page=home(acme))

    assert "acme.test" in domains.verified_names(acme)
    assert (last_event("domain.verified").door, last_event("domain.verified").actor_label) == ("staff", "Sam")


def test_a_domain_that_is_taken_is_refused_in_words(support, acme, globex):
    domain = domains.claim(globex, "acme.example", by=OPERATOR)
    db.session.commit()

    page = support.submit(home(globex, f"/domains/{domain.id}/verification"), page=home(globex))

    assert page.status_code == 422
    assert "Another organization has verified this domain" in text(page)


@pytest.mark.parametrize("allowed", [False, True])
def test_single_sign_on_is_switched_per_organization(support, acme, allowed):
    acme.sso_allowed = not allowed
    db.session.commit()

    support.submit(home(acme, "/sso"), {"allowed": "1" if allowed else "0"}, page=home(acme))

    db.session.refresh(acme)
    assert acme.sso_allowed is allowed
    assert last_event("organization.policy_changed").door == "staff"


def test_a_setup_link_is_shown_once_and_works(support, acme, app):
    page = support.submit(home(acme, "/setup-links"), {"scopes": ["sso"], "days": "3"}, page=home(acme))

    url = soup(page).find("input", id="setup-link-url")["value"]
    assert app.test_client().get(url.removeprefix("http://localhost:8080")).status_code == 200
    assert url not in support.get(home(acme)).text
    assert last_event("setup_link.created").actor_label == "Sam"


def test_a_setup_link_for_nothing_is_refused(support, acme):
    page = support.submit(home(acme, "/setup-links"), {"days": "3"}, page=home(acme))

    assert page.status_code == 422
    assert db.session.scalars(select(SetupLink)).all() == []


def test_a_setup_link_is_revoked(support, acme):
    link, _ = setup_links.create(acme, by=OPERATOR)
    db.session.commit()

    support.submit(home(acme, f"/setup-links/{link.id}/revocation"), page=home(acme))

    assert setup_links.resume(link.id) is None


@pytest.mark.parametrize("path", ["/staff", "/staff/organizations/{id}", "/staff/organizations/{id}/exchanges/{id}"])
def test_for_others_the_console_does_not_exist(client, acme, sign_in, path):
    stranger = client.get(path.format(id=acme.id))
    sign_in(client, member_of(acme, "ada@acme.example").user)

    assert stranger.location.startswith("/login")
    assert client.get(path.format(id=acme.id)).status_code == 404


@pytest.mark.parametrize("deed", ["sso", "setup-links", "domains/{id}/verification", "setup-links/{id}/revocation"])
def test_others_cannot_act_either(client, acme, sign_in, deed):
    sign_in(client, member_of(acme, "ada@acme.example").user)

    answer = client.submit(home(acme, "/" + deed.format(id=acme.id)), {"allowed": "0"}, page="/account")

    assert answer.status_code == 404
    assert acme.sso_allowed


def test_htmx_gets_the_inside(support, acme):
    whole, part = support.get(home(acme)), support.get(home(acme), headers={"HX-Request": "true"})

    assert soup(whole).find("main").h1 == soup(part).h1
    assert not soup(part).find("main")
