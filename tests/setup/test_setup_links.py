"""A setup link opens exactly its scope, survives being looked at, and ends when it is told to."""

from datetime import timedelta

import pytest

from portal.extensions import db
from portal.models import Event, Mail, SetupLink
from portal.models.base import now
from portal.organizations import setup_links
from tests.clients import soup, text
from tests.setup.conftest import ADMIN, at, connection_of, everything, passed, staged


def path_of(organization, **values):
    link, url = setup_links.create(organization, by=ADMIN, **values)
    db.session.commit()
    return link, url.removeprefix("http://localhost:8080")


def test_looking_at_a_link_changes_nothing(client, acme):
    _, path = path_of(acme, note="For our IT team")
    before = everything()

    page = client.get(path)

    assert everything() == before
    assert soup(page).h1.get_text() == "Set up Acme"
    assert "For our IT team" in text(page)
    assert (page.headers["Referrer-Policy"], page.headers["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")


def test_start_opens_the_set_up_without_an_account(client, acme):
    link, path = path_of(acme)

    started = client.submit(path)
    page = client.get(started.location, follow_redirects=True)

    assert soup(page).h1.get_text() == "Connect single sign-on"
    db.session.refresh(link)
    assert (link.opens, db.session.scalars(db.select(Event).where(Event.name == "setup_link.opened")).one().door) == (
        1,
        "setup",
    )


def test_the_whole_set_up_is_open_to_its_holder(holder, begin):
    run = begin()
    browser, _ = holder()

    answer = browser.submit(at(run, "sso", "create-app"))

    assert answer.location == at(run, "sso", "name-app")
    assert browser.post(f"/saml/{run.connection_id}/test").status_code == 400  # let in; the form lacks its token


@pytest.mark.parametrize(
    ("scopes", "flow", "status"), [(["sso"], "scim", 404), (["sso"], "sso", 200), (["scim"], "sso", 404)]
)
def test_a_link_opens_its_scope_only(holder, live, scopes, flow, status):
    run = live()
    browser, _ = holder(scopes=scopes)
    step = {"sso": "create-app", "scim": "connect"}[flow]

    assert browser.get(at(run, flow, step)).status_code == status
    assert browser.get(f"/setup/acme/{flow}").status_code == status


def test_a_link_opens_no_other_organization(holder, begin, globex):
    run = begin()
    browser, _ = holder(globex)

    assert browser.get(at(run, "sso", "create-app")).status_code == 404
    assert browser.get("/setup/acme/sso").status_code == 404
    assert browser.post(f"/saml/{run.connection_id}/test").status_code == 404


@pytest.mark.parametrize("change", ["revoked_at", "expires_at"])
def test_revocation_and_expiry_count_at_the_next_request(holder, begin, change):
    run = begin()
    browser, link = holder()
    setattr(db.session.get(SetupLink, link.id), change, now() - timedelta(seconds=1))
    db.session.commit()

    turned_away = browser.get(at(run, "sso", "create-app"))

    assert turned_away.location == "/setup/link/ended"
    assert "ask whoever sent it for a new one" in text(browser.get(turned_away.location))


@pytest.mark.parametrize("how", ["wrong secret", "revoked", "unknown"])
def test_a_link_that_does_not_work_says_so(client, acme, how):
    link, path = path_of(acme)
    if how == "revoked":
        setup_links.revoke(link, by=ADMIN)
        db.session.commit()
    path = {"wrong secret": f"{path}x", "revoked": path, "unknown": path.replace(str(link.id), str(acme.id))}[how]

    page = client.get(path)

    assert page.status_code == 410
    assert "This link has ended" in text(page)


def test_a_forged_cookie_opens_nothing(client, begin):
    run = begin()
    client.set_cookie("vestibule-setup", "forged")

    assert client.get(at(run, "sso", "create-app")).location == "/setup/link/ended"


def test_a_link_that_may_not_go_live_hands_back(holder, begin):
    run = begin()
    staged(run)
    passed(run)
    browser, _ = holder()
    page = at(run, "sso", "go-live")

    shown = browser.get(page)
    refused = browser.submit(page)
    browser.submit(f"{page}/hand-back", page=page)

    assert "An owner or admin of Acme presses the button" in text(shown)
    assert refused.status_code == 422
    assert connection_of(run).live is None
    assert db.session.scalars(db.select(Mail.recipient)).all() == ["ada@acme.example"]


def test_a_link_that_may_go_live_does(holder, begin):
    run = begin()
    staged(run)
    passed(run)
    browser, _ = holder(may_go_live=True)

    browser.submit(at(run, "sso", "go-live"))

    db.session.expire_all()
    assert connection_of(run).live is not None


def test_a_link_without_the_right_to_go_live_cannot_undo_either(holder, begin):
    run = begin()
    staged(run)
    passed(run)
    browser, _ = holder()
    page = at(run, "sso", "go-live")

    assert browser.submit(f"{page}/undo", page=page).status_code == 404
