"""A token is shown once; the IdP's first request is noticed, named, and explained where it came wrongly."""

from datetime import timedelta

import pytest

from portal.extensions import db
from portal.models import ScimToken, SetupRun
from portal.models.base import now
from portal.organizations import tokens
from tests.clients import soup, text
from tests.setup.conftest import ADMIN, GUIDES, at, call, called, directory_of

GUID = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"
PUSHING = pytest.mark.parametrize("idp", [wizard.id for wizard in GUIDES.values() if wizard.scim])


def current(run):
    db.session.expire_all()
    return directory_of(db.session.get(SetupRun, run.id))


def issued(run):
    return db.session.scalars(db.select(ScimToken).where(ScimToken.directory_id == run.directory_id)).all()


@pytest.fixture
def token(live):
    """token(run): a token of the run's directory, as it is pasted."""

    def token(run):
        _, secret = tokens.issue(directory_of(run), by=ADMIN)
        db.session.commit()
        return f"Bearer {secret}"

    return token


def test_a_token_is_shown_once_in_the_answer_that_made_it(admin, live):
    run = live("okta")
    page = at(run, "scim", "connect")
    nonce = soup(admin.get(page)).find("input", attrs={"name": "nonce"})["value"]

    answer = admin.submit(f"{page}/token", {"nonce": nonce, "days": "180"}, page=page)

    shown = soup(answer).find("input", id="fresh-token")["value"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert tokens.find(shown).id == run.directory_id
    assert shown not in admin.get(page).text
    assert shown[:12] in admin.get(page).text


def test_the_same_form_sent_again_makes_no_second_token(admin, live):
    run = live("okta")
    page = at(run, "scim", "connect")
    nonce = soup(admin.get(page)).find("input", attrs={"name": "nonce"})["value"]
    admin.submit(f"{page}/token", {"nonce": nonce}, page=page)

    again = admin.submit(f"{page}/token", {"nonce": nonce}, page=page)

    assert again.status_code == 422
    assert "made and shown once already" in text(again)
    assert len(issued(run)) == 1


def test_a_token_ends_when_somebody_says_so(admin, live):
    run = live("okta")
    row, _ = tokens.issue(directory_of(run), by=ADMIN)
    db.session.commit()
    page = at(run, "scim", "connect")

    admin.submit(f"{page}/token/{row.id}/revoke", page=page)

    assert tokens.usable(current(run)) == []


@PUSHING
def test_the_first_request_is_noticed_and_ends_the_waiting(admin, app, live, token, idp):
    run = live(idp)
    panel = soup(admin.get(at(run, "scim", "first-request"))).find(id="panel-wait")
    assert admin.get(panel["hx-get"], headers={"HX-Request": "true"}).status_code == 204
    call(app, directory_of(run), "Users?filter=userName+eq+%22ada%22", token(run))

    news = admin.get(panel["hx-get"], headers={"HX-Request": "true"})

    assert news.status_code == 286
    assert "has called us" in text(news)
    assert not soup(news).find(attrs={"hx-trigger": True})


def test_entras_connection_test_is_named(admin, app, live, token):
    run = live("entra")
    call(app, directory_of(run), f"Users?filter=userName+eq+%22{GUID}%22", token(run))

    page = text(admin.get(at(run, "scim", "first-request")))

    assert "tested the connection by asking for somebody who does not exist. That worked" in page
    assert f'GET /Users?filter=userName eq "{GUID[:8]}' in page


def test_wrong_tokens_are_explained(admin, app, live, token):
    run = live("okta")
    directory, ended = directory_of(run), token(run)
    tokens.listed(directory)[0].expires_at = now() - timedelta(days=1)
    db.session.commit()
    for wrong in ("", "Bearer scim_unknown_to_us", ended):
        assert call(app, directory, token=wrong).status_code == 401

    page = text(admin.get(at(run, "scim", "first-request")))

    assert "called without a token of ours. The request has no Authorization header" in page
    assert "a token we do not know, beginning with scim_unknown" in page
    assert f"the token {ended[7:19]}…, which has ended" in page
    assert "Waiting for the first request" in page


def test_a_doubled_path_is_explained(admin, app, live, token):
    run = live("okta")
    call(app, directory_of(run), "scim/v2/Users", token(run))

    assert "contains “/scim/v2” twice" in text(admin.get(at(run, "scim", "first-request")))


@pytest.mark.parametrize(("operation", "told"), [("Replace", True), ("replace", False)])
def test_entras_older_dialect_names_the_missing_flag(admin, live, operation, told):
    run = live("entra")
    body = f'{{"Operations": [{{"op": "{operation}", "path": "active", "value": "False"}}]}}'
    called(directory_of(run), "PATCH", "Users/1", request_body=body)

    page = text(admin.get(at(run, "scim", "first-request")))

    assert ("put “?aadOptscim062020” behind the address" in page) is told


def test_okta_is_never_told_of_entras_flag(admin, live):
    run = live("okta")
    called(directory_of(run), "PATCH", "Users/1", request_body='{"op": "Replace"}')

    assert "older dialect" not in text(admin.get(at(run, "scim", "first-request")))


def test_an_address_without_encryption_is_told_before_anybody_wonders(app, admin, live):
    run = live("okta")
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = settings.model_copy(update={"practice": False})

    page = text(admin.get(at(run, "scim", "first-request")))
    app.config["SETTINGS"] = settings

    assert "Our address begins with http://" in page
