"""Pages and mails speak their reader's language and zone; programs are answered in English."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from babel.messages import Catalog
from babel.messages.mofile import write_mo

from portal.app import create_app
from portal.extensions import db
from portal.models import Event, Mail
from portal.models.base import now
from portal.organizations import api_keys, it_contacts, organizations, reminders, users
from portal.organizations.actors import OPERATOR
from portal.organizations.refusals import BadDomain
from portal.settings import SettingsRefused
from portal.web import language, times
from portal.words import day, kept
from tests.clients import soup, text
from tests.conftest import settings_for
from tests.factories import PASSWORD, make_directory, make_organization
from tests.organizations.test_reminders import certificate, live_with
from tests.scim.conftest import Idp

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
GERMAN = {
    "Sign in": "Anmelden",
    "This is not a domain name. Write it like example.com, without http:// or @.": "Das ist keine Domain.",
    "A person with this userName is in the directory already. Match people by userName, or delete the other one first.": (
        "Diesen userName gibt es schon."
    ),
    "The certificate with which %(label)s signs": "Das Zertifikat, mit dem %(label)s unterschreibt,",
    (
        "%(what)s ends on %(date)s, in %(num)s day",
        "%(what)s ends on %(date)s, in %(num)s days",
    ): ("%(what)s endet am %(date)s, in %(num)s Tag", "%(what)s endet am %(date)s, in %(num)s Tagen"),
    "See to it here:\n%(url)s": "Kümmere dich hier darum:\n%(url)s",
    ("%(num)s day ago", "%(num)s days ago"): ("vor %(num)s Tag", "vor %(num)s Tagen"),
    ("in %(num)s hour", "in %(num)s hours"): ("in %(num)s Stunde", "in %(num)s Stunden"),
}
SPANISH = {
    ("%(num)s day ago", "%(num)s days ago"): ("hace %(num)s día", "hace %(num)s días"),
    ("in %(num)s hour", "in %(num)s hours"): ("en %(num)s hora", "en %(num)s horas"),
}


@pytest.fixture
def folder(tmp_path):
    """Translations of an operator, which count beside and before ours."""
    for code, words in (("de", GERMAN), ("es", SPANISH)):
        catalogue = Catalog(locale=code)
        for message, translated in words.items():
            catalogue.add(message, translated)
        place = tmp_path / "words" / code / "LC_MESSAGES"
        place.mkdir(parents=True)
        with (place / "messages.mo").open("wb") as file:
            write_mo(file, catalogue)
    return tmp_path / "words"


@pytest.fixture
def polyglot(make_app, folder):
    app = make_app(languages_path=folder)
    with app.app_context():
        yield app


@pytest.fixture
def german(make_app, folder):
    """An installation whose first language is German."""
    app = make_app(languages_path=folder, languages=("de", "en"))
    with app.app_context():
        yield app


@pytest.fixture
def browser(polyglot):
    return polyglot.test_client()


@pytest.fixture
def owner(polyglot):
    return found("Acme")


def found(name):
    """Founds an organization; its owner."""
    make_organization(name, domain="acme.example", owner="ada@acme.example")
    return users.find("ada@acme.example")


def language_of(client, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return soup(client.get("/login", headers=named)).html["lang"]


def enter(client):
    client.submit("/login/password", {"email": "ada@acme.example", "password": PASSWORD},
                  page="/login/password?email=ada@acme.example")  # fmt: skip


def choose(client, language, target="/login"):
    return client.submit("/language", {"language": language, "next": target}, page="/login")


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT", "de"),
        ("es-MX,es;q=0.9,en;q=0.5", "es"),
        ("fr-FR,fr;q=0.9", "en"),
        ("fr,de;q=0.4", "de"),
        ("*", "en"),
        (";;q=,,-", "en"),
    ],
)
def test_a_browser_is_answered_in_the_best_language_it_asks_for(client, asked, language):
    assert language_of(client, Accept_Language=asked) == language


def test_a_choice_counts_more_than_what_the_browser_asks_for(client):
    answer = choose(client, "es")

    assert (answer.status_code, answer.location) == (303, "/login")
    assert language_of(client, Accept_Language="de") == "es"


def test_a_choice_is_kept_for_the_person_and_goes_along_to_another_browser(polyglot, browser, owner):
    enter(browser)

    browser.submit("/language", {"language": "de"}, page="/account")

    db.session.expire_all()
    assert owner.language == "de"
    another = polyglot.test_client()
    enter(another)
    assert soup(another.get("/account")).html["lang"] == "de"


def test_an_unknown_language_is_not_chosen(polyglot, browser, owner):
    enter(browser)

    for wish in ("fr", "", "../../de", "DE", "de" * 5000):
        answer = browser.submit("/language", {"language": wish}, page="/account")
        assert "vestibule-language" not in answer.headers.get("Set-Cookie", "")

    db.session.expire_all()
    assert owner.language == ""
    assert soup(browser.get("/account")).html["lang"] == "en"


def test_a_cookie_with_an_unknown_language_is_not_followed(client):
    client.set_cookie("vestibule-language", "../../etc")

    assert language_of(client, Accept_Language="de") == "de"


def test_choosing_leads_to_no_other_site(client):
    assert choose(client, "de", "https://evil.example/").location == "/"


def test_translations_of_the_operator_are_read(browser):
    answer = browser.get("/login", headers={"Accept-Language": "de"})

    assert soup(answer).h1.get_text(strip=True) == "Anmelden"


@pytest.mark.parametrize(
    ("zone", "hour"),
    [
        ("Europe/Berlin", "13:00:00"),
        ("America/Bogota", "07:00:00"),
        ("Asia/Kolkata", "17:30:00"),
        ("", "12:00:00"),
        ("Nowhere/Else", "12:00:00"),
        ("../../../etc/passwd", "12:00:00"),
        ("/etc/localtime", "12:00:00"),
        ("Europe", "12:00:00"),
        ("A" * 5000, "12:00:00"),
        ("Z\u00fcrich", "12:00:00"),
    ],
)
def test_times_are_in_the_zone_that_the_browser_names(app, zone, hour):
    with app.test_request_context(headers={"Cookie": f"vestibule-zone={zone}"}):
        assert hour in times.exact(NOON)
        assert times.utc(NOON) == "2026-11-25 12:00:00 UTC"


@pytest.mark.parametrize(
    ("language", "date", "past", "ahead"),
    [
        ("en", "25 November 2026", "3 days ago", "in 2 hours"),
        ("de", "25. November 2026", "vor 3 Tagen", "in 2 Stunden"),
        ("es", "25 de noviembre de 2026", "hace 3 días", "en 2 horas"),
    ],
)
def test_times_are_said_in_the_readers_words(polyglot, language, date, past, ahead):
    with polyglot.test_request_context(headers={"Accept-Language": language}):
        assert day(NOON) == date
        assert times.exact(NOON).startswith(date)
        assert times.ago(now() - timedelta(days=3, minutes=1)) == past
        assert times.ago(now() + timedelta(hours=2, minutes=1)) == ahead


def test_one_thing_is_said_in_the_singular(polyglot):
    with polyglot.test_request_context(headers={"Accept-Language": "de"}):
        assert times.ago(now() - timedelta(days=1, minutes=1)) == "vor 1 Tag"


@pytest.mark.parametrize(("languages", "missing"), [(("en", "fr"), "fr"), ((), "none"), (("xx", "de"), "xx")])
def test_a_language_without_a_translation_is_refused_at_the_start(tmp_path, migrated, languages, missing):
    with pytest.raises(SettingsRefused, match=f"LANGUAGES: there is no translation for {missing}"):
        create_app(settings_for(tmp_path, migrated, languages=languages))


def test_a_page_says_a_refusal_in_the_readers_words(browser, owner):
    enter(browser)
    choose(browser, "de")

    answer = browser.submit("/organizations/acme/domains", {"name": "not a domain"})

    assert answer.status_code == 422
    assert "Das ist keine Domain." in text(answer)


def test_the_provisioning_door_answers_in_english(german):
    found("Acme")
    idp = Idp(german.test_client(), make_directory(organizations.named("acme")))
    idp.create("grace@acme.example")

    answer = idp.ask("POST", "/Users", {"userName": "grace@acme.example"}, **{"Accept-Language": "de"})

    assert answer.status_code == 409
    assert answer.json["detail"].startswith("A person with this userName is in the directory already.")


def test_the_api_answers_in_english(german):
    found("Acme")
    key = api_keys.issue("Program", ["domains:write"], by=OPERATOR)[1]
    db.session.commit()
    headers = {"Authorization": f"Bearer {key}", "Accept-Language": "de"}

    answer = german.test_client().post(
        "/api/v1/organizations/acme/domains", json={"name": "no domain"}, headers=headers
    )

    assert answer.status_code == 422
    assert answer.json["detail"].startswith("This is not a domain name.")


@pytest.mark.parametrize("endpoint", sorted(language.ANSWERS))
def test_every_endpoint_that_programs_ask_is_there(app, endpoint):
    assert endpoint in app.view_functions


def test_what_is_asked_without_a_browser_is_answered_in_english(german):
    assert str(BadDomain()).startswith("This is not a domain name.")


def test_what_is_kept_is_english_whoever_reads(polyglot):
    with polyglot.test_request_context(headers={"Accept-Language": "de"}):
        assert str(BadDomain()) == "Das ist keine Domain."
        assert kept(BadDomain()).startswith("This is not a domain name.")
        assert str(BadDomain()) == "Das ist keine Domain."


def test_an_owner_is_reminded_in_the_language_they_chose(polyglot, owner):
    users.choose_language(owner, "de")
    live_with(organizations.named("acme"), certificate(10))

    reminders.send(reminders.take_due())

    mail = db.session.scalars(sa.select(Mail)).one()
    assert mail.subject.startswith("Acme: Das Zertifikat, mit dem ")
    assert "endet am" in mail.body
    assert "Kümmere dich hier darum:\nhttp://localhost:8080/setup/acme/renewal" in mail.body
    event = db.session.scalars(sa.select(Event).where(Event.name == "organization.deadline_near")).one()
    assert event.data["thing"].startswith("The certificate with which ")


def test_whose_choice_is_not_known_is_written_to_in_the_first_language(german):
    """Contacts in IT have no account, and the owner has chosen nothing yet."""
    found("Acme")
    acme = organizations.named("acme")
    it_contacts.add(acme, "it@globex.example", by=OPERATOR)
    live_with(acme, certificate(10))

    reminders.send(reminders.take_due())

    mails = db.session.scalars(sa.select(Mail)).all()
    assert {mail.recipient for mail in mails} == {"ada@acme.example", "it@globex.example"}
    assert all("Das Zertifikat, mit dem" in mail.body for mail in mails)
