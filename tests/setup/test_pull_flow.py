"""A directory that pushes nobody is connected by its admin alone: key, delegation, administrator, who, preview, live."""

from urllib.parse import parse_qs, urlsplit

import pytest

from portal.extensions import db
from portal.google import pulling
from portal.models import Directory, DirectoryKind, Event, Mode, SetupRun, Status
from portal.organizations import directories, pulls
from portal.organizations.actors import OPERATOR
from tests.clients import soup, text
from tests.factories import member_of
from tests.fakes.google import GROUPS, MEMBERS
from tests.google.conftest import Unhurried, google
from tests.setup.conftest import ADMIN, at, directory_of

__all__ = ["google"]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def run(live, google):
    google.employ("bob", "cleo")
    return live("google")


@pytest.fixture
def keyed(admin, run, google):
    """The key is there; the administrator is not."""
    assert admin.submit(at(run, "scim", "key"), {"key": google.key()}).location == at(run, "scim", "delegation")
    return run


@pytest.fixture
def connected(admin, keyed):
    assert admin.submit(at(keyed, "scim", "admin"), {"admin": "ada@acme.example"}).location == at(keyed, "scim", "who")
    return keyed


def pull_of(run):
    db.session.expire_all()
    return pulls.of(directory_of(db.session.get(SetupRun, run.id)))


def work():
    assert pulling.pull_due(Unhurried())
    db.session.expire_all()


def read(admin, run):
    """Everybody comes over, and the worker has been there."""
    assert admin.submit(at(run, "scim", "who"), {"whom": "everybody"}).location == at(run, "scim", "first-pull")
    work()


def test_the_directory_is_one_that_is_pulled(run):
    assert directory_of(run).kind is DirectoryKind.GOOGLE


def test_a_key_is_kept_and_never_shown(admin, keyed):
    page = admin.get(at(keyed, "scim", "key"))

    assert "reader@acme-directory.iam.gserviceaccount.com" in text(page)
    assert "PRIVATE KEY" not in page.text
    assert pull_of(keyed).secret not in page.text


def test_what_is_no_key_is_refused_with_the_place_to_get_one(admin, run):
    refused = admin.submit(at(run, "scim", "key"), {"key": "{}"})

    assert refused.status_code == 422
    assert "IAM & Admin › Service Accounts" in text(refused)
    assert pull_of(run) is None


def test_our_client_id_and_scopes_are_there_to_copy(admin, keyed):
    values = [field["value"] for field in soup(admin.get(at(keyed, "scim", "delegation"))).select("input[readonly]")]

    assert values[0] == "1099"
    assert values[1].split(",")[1:] == [GROUPS, MEMBERS]


def test_while_typing_the_first_names_are_shown_and_nothing_is_kept(admin, keyed):
    page = at(keyed, "scim", "admin")

    shown = admin.submit(f"{page}/try", {"admin": "ada@acme.example"}, page=page, headers=HTMX)

    assert "It works. The first 3 names: Ada Acme, Bob Acme, Cleo Acme." in text(shown)
    assert (pull_of(keyed).admin, pull_of(keyed).proved_at) == ("", None)


def test_while_typing_a_mistake_is_told_with_its_mending(admin, keyed, google):
    google.delegated = set()
    page = at(keyed, "scim", "admin")

    shown = text(admin.submit(f"{page}/try", {"admin": "ada@acme.example"}, page=page, headers=HTMX))

    assert "Google does not let this service account read your directory yet" in shown
    assert "enter the client ID 1099 with all three scopes" in shown


@pytest.mark.parametrize("typed", ["", "ada", "x"])
def test_half_an_address_asks_google_nothing(admin, keyed, google, typed):
    page = at(keyed, "scim", "admin")
    google.asked.clear()

    assert text(admin.submit(f"{page}/try", {"admin": typed}, page=page, headers=HTMX)) == ""
    assert google.asked == []


def test_an_administrator_who_cannot_read_is_not_kept(admin, keyed):
    refused = admin.submit(at(keyed, "scim", "admin"), {"admin": "bob@acme.example"})

    assert refused.status_code == 422
    assert "bob@acme.example may not read your directory" in text(refused)
    assert pull_of(keyed).proved_at is None


def test_another_key_must_prove_itself_anew(admin, connected, google):
    admin.submit(at(connected, "scim", "key"), {"key": google.key(client_id="2000")})

    pull = pull_of(connected)
    assert (pull.client_id, pull.proved_at) == ("2000", None)


def test_groups_are_there_to_choose_and_everybody_is_the_default(admin, connected, google):
    google.found_group("Sales", "bob")

    page = soup(admin.get(at(connected, "scim", "who")))

    assert "Sales" in page.select_one(".choices").get_text()
    assert page.find("input", attrs={"name": "whom", "checked": True})["value"] == "everybody"


def test_only_some_groups_needs_a_group(admin, connected):
    refused = admin.submit(at(connected, "scim", "who"), {"whom": "groups"})

    assert refused.status_code == 422
    assert "Choose at least one group" in text(refused)


def test_a_group_that_google_does_not_have_is_not_taken(admin, connected, google):
    sales = google.found_group("Sales", "bob")

    admin.submit(at(connected, "scim", "who"), {"whom": "groups", "group": [sales["id"], "made-up"]})

    assert pull_of(connected).groups == [sales]


def test_the_first_pull_is_seen_by_itself(admin, connected):
    admin.submit(at(connected, "scim", "who"), {"whom": "everybody"})
    waiting = text(admin.get(at(connected, "scim", "first-pull")))
    work()

    panel = admin.get(at(connected, "scim", "first-pull", "/panel?v=old"), headers=HTMX)

    assert "The worker begins in a moment" in waiting
    assert panel.status_code == 286
    assert "3 people and 0 groups" in text(panel)


def test_progress_has_a_bar_and_a_count(admin, connected):
    admin.submit(at(connected, "scim", "who"), {"whom": "everybody"})
    ticket = pulls.take_due()
    pulls.report(ticket, "writing", 200, 1000)
    db.session.commit()

    page = soup(admin.get(at(connected, "scim", "first-pull")))

    bar = page.select_one(".panel progress")
    assert (bar["value"], bar["max"]) == ("200", "1000")
    assert "Comparing with what we hold: 200 of 1000" in page.get_text()


def test_a_problem_is_shown_with_its_mending_and_pulling_now_tries_again(admin, connected, google):
    read(admin, connected)
    google.api_on = False
    page = at(connected, "scim", "first-pull")
    admin.submit(f"{page}/pull", page=page)
    work()

    shown = text(admin.get(page))
    google.api_on = True
    admin.submit(f"{page}/pull", page=page)
    work()

    assert "The Admin SDK API is switched off" in shown
    assert "Nobody was changed" in shown
    assert "Complete" in text(admin.get(page))


def test_the_whole_way_to_live(admin, acme, connected, google):
    read(admin, connected)
    preview = soup(admin.get(at(connected, "scim", "preview")))
    admin.submit(at(connected, "scim", "preview"), {"basis": preview.find("input", attrs={"name": "basis"})["value"]})
    admin.submit(at(connected, "scim", "turn-on"), {"leavers": "suspend"})
    there = member_of(acme, "bob@acme.example").status
    google.employ("bob", suspended=True)

    page = at(connected, "scim", "watch")
    admin.submit(f"{page}/pull", page=page)
    work()

    assert there is Status.ACTIVE
    assert member_of(acme, "bob@acme.example").status is Status.SUSPENDED
    assert "Last read" in text(admin.get(page))


def test_preview_waits_for_a_complete_pull(admin, connected):
    assert "Wait for the first complete pull first" in text(admin.get(at(connected, "scim", "preview")))


def test_the_settings_page_tells_who_reads_and_what_is_wrong(admin, connected, google):
    read(admin, connected)
    google.delegated = set()
    pulls.ask_now(pull_of(connected), by=ADMIN)
    db.session.commit()
    work()

    shown = text(admin.get("/organizations/acme/sign-in"))

    assert "reader@acme-directory.iam.gserviceaccount.com" in shown
    assert "Google does not let this service account read" in shown
    assert "SCIM base URL" not in shown


def test_a_directory_that_is_pulled_takes_no_pushes(app, run):
    from portal.organizations import tokens

    _, secret = tokens.issue(directory_of(run), by=OPERATOR)
    db.session.commit()

    answer = app.test_client().get(f"/scim/v2/{run.directory_id}/Users", headers={"Authorization": f"Bearer {secret}"})

    assert (answer.status_code, "is pulled" in answer.json["detail"]) == (403, True)


def test_changing_from_push_to_pull_keeps_the_directory_and_pauses_it(admin, acme, live, google):
    run = live("okta")
    directory_id = run.directory_id
    directories.set_mode(directory_of(run), Mode.LIVE, by=OPERATOR)
    db.session.commit()

    admin.submit("/setup/acme/scim", {"idp": "google"})

    db.session.expire_all()
    found = db.session.get(Directory, directory_id)
    assert (found.kind, found.mode) == (DirectoryKind.GOOGLE, Mode.PAUSED)


# Consent in the browser


@pytest.fixture
def consenting(admin, run):
    admin.submit(at(run, "scim", "way"), {"choice": "consent"})
    return run


def begin(admin, run):
    """The query our page sends an administrator to Google with."""
    page = at(run, "scim", "consent")
    shown = soup(admin.submit(f"{page}/consent", page=page))
    target = urlsplit(shown.select_one("main a")["href"])
    assert target.path == "/o/oauth2/v2/auth"
    return {name: values[0] for name, values in parse_qs(target.query).items()}


def come_back(admin, run, google, asked, **changes):
    google.consents["code-1"] = None
    query = {"state": asked["state"], "code": "code-1"} | changes
    shown = admin.get("/setup/consent", query_string=query)
    return shown, admin.submit(at(run, "scim", "consent", "/consent/answer"), query, page=at(run, "scim", "consent"))


def test_consent_reads_the_directory_without_a_key(admin, consenting, google):
    asked = begin(admin, consenting)

    shown, answer = come_back(admin, consenting, google, asked)

    assert (asked["access_type"], asked["prompt"]) == ("offline", "consent")
    assert asked["redirect_uri"] == "http://localhost:8080/setup/consent"
    assert soup(shown).h1.get_text() == "Google agrees"
    assert answer.location == at(consenting, "scim", "who")
    read(admin, consenting)
    assert directory_of(consenting).last_request_at


def test_looking_at_what_google_sent_changes_nothing(admin, consenting, google):
    asked = begin(admin, consenting)

    admin.get("/setup/consent", query_string={"state": asked["state"], "code": "code-1"})

    assert pull_of(consenting) is None


@pytest.mark.parametrize("changes", [{"state": "forged"}, {"state": ""}])
def test_an_answer_that_this_browser_did_not_ask_for_connects_nothing(admin, consenting, google, changes):
    asked = begin(admin, consenting)

    shown, answer = come_back(admin, consenting, google, asked, **changes)

    assert "sent you back without consent" in text(shown)
    assert answer.status_code == 422
    assert pull_of(consenting) is None


def test_consent_to_a_part_names_what_is_missing(admin, consenting, google):
    google.granted = google.granted - {GROUPS}
    asked = begin(admin, consenting)

    _, answer = come_back(admin, consenting, google, asked)

    assert GROUPS in text(answer)
    assert pull_of(consenting) is None


def test_withdrawn_consent_is_told(admin, consenting, google):
    come_back(admin, consenting, google, begin(admin, consenting))
    read(admin, consenting)
    google.refresh_tokens.clear()
    pulls.ask_now(pull_of(consenting), by=ADMIN)
    db.session.commit()
    work()

    assert "The consent is gone" in pull_of(consenting).problem


def test_without_an_oauth_client_nobody_is_asked_how(app, admin, run):
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = settings.model_copy(update={"google_client_id": ""})

    assert admin.get(at(run, "scim", "way")).status_code == 404
    assert admin.get(at(run, "scim", "key")).status_code == 200
    app.config["SETTINGS"] = settings


def test_every_change_leaves_a_trace_without_secrets(admin, connected):
    read(admin, connected)

    events = {event.name: event for event in db.session.scalars(db.select(Event))}

    assert {"directory.pull_secret_kept", "directory.pull_connected", "directory.pull_chosen"} <= set(events)
    assert "PRIVATE" not in str([event.data for event in events.values()])
