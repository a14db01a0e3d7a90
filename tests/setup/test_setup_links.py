"""A setup link opens exactly its scope, survives being looked at, and ends when it is told to."""

import re
from datetime import timedelta

import pytest
import time_machine

from portal.extensions import db
from portal.models import Event, Mail, SetupLink
from portal.models.base import now
from portal.organizations import setup_links
from portal.organizations.refusals import BadEmail, LinkUsedUp
from tests.clients import csrf_token, soup, text
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


# For one address


@pytest.fixture
def bound(client, acme):
    """A link for one address, opened by whoever found it: (its path, the row)."""
    link, path = path_of(acme, email="it@acme.example")
    return path, link


def codes():
    """What was mailed, the newest last."""
    mails = db.session.scalars(db.select(Mail).order_by(Mail.due_at))
    found = [re.search(r"Your code .* is (\d{4} \d{4})", mail.body) for mail in mails]
    return [match[1] for match in found if match]


def test_looking_at_a_bound_link_sends_nothing(client, bound):
    path, _ = bound

    client.get(path)

    assert codes() == []


def test_a_bound_link_opens_with_the_code_that_was_mailed(client, bound):
    path, link = bound
    asked = client.submit(path)
    before = client.get("/setup/acme/sso")

    answer = client.submit(asked.location, {"code": codes()[0]})

    assert before.status_code in (303, 404)
    assert answer.location == "/setup/acme/sso/resume"
    assert client.get(answer.location, follow_redirects=True).status_code == 200
    db.session.refresh(link)
    assert link.opens == 1


def test_the_code_is_kept_as_a_hash_and_the_address_half_hidden(client, bound):
    path, link = bound
    page = client.submit(path, follow_redirects=True)

    db.session.refresh(link)
    assert codes()[0].replace(" ", "") not in link.code_hash
    assert "it@acme.example" not in text(page)
    assert "i…@a….example" in text(page)


@pytest.mark.parametrize("typed", ["", "00000000", "abc", "0" * 40])
def test_a_wrong_code_opens_nothing(client, bound, typed):
    path, link = bound
    asked = client.submit(path)

    refused = client.submit(asked.location, {"code": typed})

    assert refused.status_code == 422
    assert "This is not the code we sent" in text(refused)
    assert client.get("/setup/acme/sso").status_code in (303, 404)
    db.session.refresh(link)
    assert link.opens == 0


def test_after_five_wrong_codes_the_right_one_is_worth_nothing(client, bound):
    path, _ = bound
    asked = client.submit(path)
    for _ in range(5):
        client.submit(asked.location, {"code": "00000000"})

    assert client.submit(asked.location, {"code": codes()[0]}).status_code == 422


def test_a_code_works_once(client, app, bound):
    path, _ = bound
    asked = client.submit(path)
    code = codes()[0]
    client.submit(asked.location, {"code": code})

    assert app.test_client().submit(asked.location, {"code": code}).status_code == 422


def test_a_code_ends_by_itself_and_another_one_may_be_asked_for_after_a_minute(client, bound):
    path, _ = bound
    asked = client.submit(path)
    too_soon = client.submit(f"{asked.location}/again", page=asked.location)
    with time_machine.travel(now() + timedelta(minutes=16)):
        late = client.submit(asked.location, {"code": codes()[0]})
        client.submit(f"{asked.location}/again", page=asked.location)
        opened = client.submit(asked.location, {"code": codes()[-1]})

    assert "A code was sent a moment ago" in text(too_soon)
    assert late.status_code == 422
    assert opened.status_code == 303


def test_a_link_for_no_address_is_refused(acme):
    with pytest.raises(BadEmail):
        setup_links.create(acme, by=ADMIN, email="nobody")


# More time


def test_whoever_held_a_link_that_ran_out_may_ask_for_more_time_once(client, acme):
    link, path = path_of(acme)
    link.expires_at = now() - timedelta(hours=1)
    db.session.commit()

    shown = client.get(path)
    told = client.submit(f"{path}/more-time", page=path)
    client.submit(f"{path}/more-time", page=path)

    assert "Ask for more time" in text(shown)
    assert "were told" in text(told)
    assert db.session.scalars(db.select(Mail.recipient)).all() == ["ada@acme.example"]


@pytest.mark.parametrize("how", ["revoked", "wrong secret", "still works"])
def test_only_a_link_that_ran_out_by_itself_asks(client, acme, how):
    link, path = path_of(acme)
    if how == "revoked":
        setup_links.revoke(link, by=ADMIN)
        db.session.commit()
    path = f"{path}x" if how == "wrong secret" else path
    token = client.get("/login")

    answer = client.post(f"{path}/more-time", data={"csrf_token": csrf_token(token)})

    assert answer.status_code == 410
    assert "Ask for more time" not in text(answer)
    assert db.session.scalars(db.select(Mail)).all() == []


def test_an_extended_link_works_again_at_the_same_address(client, acme):
    link, path = path_of(acme)
    link.expires_at = now() - timedelta(hours=1)
    setup_links.extend(link, 7, by=ADMIN)
    db.session.commit()

    assert client.submit(path).status_code == 303


def test_a_link_that_was_taken_back_is_never_extended(acme):
    link, _ = path_of(acme)
    setup_links.revoke(link, by=ADMIN)

    with pytest.raises(LinkUsedUp):
        setup_links.extend(link, 7, by=ADMIN)


# Approval


def ready(run):
    staged(run)
    passed(run)
    return at(run, "sso", "go-live")


def test_what_was_handed_back_waits_for_an_owner_who_approves(admin, holder, begin):
    run = begin()
    page = ready(run)
    browser, _ = holder()
    browser.submit(f"{page}/hand-back", page=page)

    asked = text(admin.get(page))
    admin.submit(page)

    assert "prepared this and asks for your approval" in asked
    db.session.expire_all()
    assert connection_of(run).live
    assert "asks for your approval" not in text(admin.get(page))


def test_what_is_sent_back_says_why_where_it_was_handed_over(admin, holder, begin):
    run = begin()
    page = ready(run)
    browser, _ = holder()
    browser.submit(f"{page}/hand-back", page=page)

    admin.submit(f"{page}/sending-back", {"words": "Use the other tenant, please."}, page=page)

    assert "sent it back: Use the other tenant, please." in text(browser.get(page))
    assert connection_of(run).live is None


def test_a_holder_sends_nothing_back(holder, begin):
    run = begin()
    page = ready(run)
    browser, _ = holder()

    assert browser.submit(f"{page}/sending-back", {"words": "x"}, page=page).status_code == 404


# One step for a colleague


def test_one_step_goes_to_a_colleague_by_mail_and_opens_right_there(admin, app, begin):
    run = begin()
    page = at(run, "sso", "claims")

    admin.submit(f"{page}/delegation", {"email": "kim@acme.example"}, page=page)

    link = db.session.scalars(db.select(SetupLink)).one()
    mail = db.session.scalars(db.select(Mail)).one()
    path = re.search(r"http://localhost:8080(/setup/link/\S+)", mail.body)[1]
    colleague = app.test_client()
    asked = colleague.submit(path)
    opened = colleague.submit(asked.location, {"code": codes()[-1]})
    assert (link.scopes, link.may_go_live, link.email) == (["sso"], False, "kim@acme.example")
    assert opened.location == page


def test_a_holder_hands_on_no_more_than_they_have(holder, begin):
    run = begin()
    browser, given = holder(scopes=["sso"], days=2, may_go_live=True)
    page = at(run, "sso", "claims")

    browser.submit(f"{page}/delegation", {"email": "kim@acme.example"}, page=page)

    link = db.session.scalars(db.select(SetupLink).where(SetupLink.id != given.id)).one()
    assert link.expires_at <= db.session.get(SetupLink, given.id).expires_at
    assert (link.scopes, link.may_go_live) == (["sso"], False)


def test_owners_and_support_see_how_far_it_is(admin, acme, begin):
    run = begin()
    admin.submit(at(run, "sso", "create-app"))

    assert "Single sign-on with Okta: last done “Create" in text(admin.get("/organizations/acme/sign-in"))
