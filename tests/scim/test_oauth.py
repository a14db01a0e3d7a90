"""OAuth 2.0 client credentials: a token fetched for a secret, and what those are told who have none (RFC 6749)."""

import base64
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import quote_plus

import pytest
import sqlalchemy as sa

from portal.extensions import db
from portal.models import Exchange, Mode, ScimToken, TokenKind
from portal.models.base import now
from portal.organizations import clients, directories, tokens
from portal.organizations.actors import OPERATOR
from portal.setup import requests as told
from tests.factories import make_directory, make_organization
from tests.scim.conftest import Idp
from wizards.loading import load_all

GRANT = {"grant_type": "client_credentials"}


class Client:
    """An IdP that fetches its tokens."""

    def __init__(self, idp):
        self.idp = idp
        self.row, self.secret = clients.create(idp.directory, by=OPERATOR, name="Okta")
        self.id = str(self.row.id)
        db.session.commit()

    @property
    def basic(self):
        pair = f"{quote_plus(self.id)}:{quote_plus(self.secret)}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}

    @property
    def form(self):
        return GRANT | {"client_id": self.id, "client_secret": self.secret}

    def fetch(self, form, path="/oauth/token", **headers):
        return self.idp.client.post(self.idp.base + path, data=form, headers=headers)

    def token(self):
        answer = self.fetch(self.form)
        assert answer.status_code == 200, answer.text
        return answer.json["access_token"]


@pytest.fixture
def okta(idp):
    return Client(idp)


def ask(idp, token, path="/Users"):
    return idp.ask("GET", path, Authorization=f"Bearer {token}")


@pytest.mark.parametrize("way", ["basic", "post"])
def test_a_secret_is_exchanged_for_a_short_lived_token(idp, okta, way):
    answer = okta.fetch(GRANT, **okta.basic) if way == "basic" else okta.fetch(okta.form)

    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", 3600)
    assert ask(idp, answer.json["access_token"]).status_code == 200


def test_people_are_pushed_with_it_as_with_any_token(idp, okta):
    idp.token = okta.token()

    idp.create()

    assert db.session.get(ScimToken, okta.row.id).last_used_at


def test_neither_secret_nor_token_is_kept(idp, okta):
    token = okta.token()

    kept = [*db.session.scalars(sa.select(ScimToken.token_hash))]
    exchange = db.session.scalars(sa.select(Exchange).where(Exchange.path == "oauth/token")).one()
    said = exchange.request_body + exchange.answer_body + exchange.problem
    assert not {token, okta.secret} & set(kept)
    assert okta.secret not in said
    assert token not in said
    assert (exchange.status, exchange.token_prefix) == (200, okta.row.prefix)


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        (GRANT, 401, "invalid_client"),
        (GRANT | {"client_id": "{id}", "client_secret": "wrong"}, 401, "invalid_client"),
        (GRANT | {"client_id": "nobody", "client_secret": "{secret}"}, 401, "invalid_client"),
        ({"client_id": "{id}", "client_secret": "{secret}"}, 400, "invalid_request"),
        ({"client_id": "{id}", "client_secret": "{secret}", "grant_type": "password"}, 400, "unsupported_grant_type"),
        (GRANT | {"client_id": ["{id}", "{id}"], "client_secret": "{secret}"}, 400, "invalid_request"),
    ],
)
def test_a_wrong_request_is_told_in_oauths_words(okta, form, status, error):
    filled = {
        name: [one.format(id=okta.id, secret=okta.secret) for one in ([value] if isinstance(value, str) else value)]
        for name, value in form.items()
    }

    answer = okta.fetch(filled)

    assert (answer.status_code, answer.json["error"]) == (status, error)
    assert answer.json["error_description"]
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize("header", ["Basic !!!", "Basic bm9jb2xvbg==", "Bearer x", "Basic " + "/w==" * 2])
def test_a_damaged_header_is_an_unknown_client(okta, header):
    answer = okta.fetch(GRANT, Authorization=header)

    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")


def test_a_client_proves_itself_one_way_only(okta):
    assert okta.fetch(okta.form, **okta.basic).json["error"] == "invalid_request"


def test_json_is_not_a_form(okta):
    answer = okta.idp.client.post(f"{okta.idp.base}/oauth/token", json=okta.form)

    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")


def test_a_client_of_another_directory_is_unknown_here(idp, other_idp):
    stranger = Client(other_idp)

    answer = idp.client.post(f"{idp.base}/oauth/token", data=stranger.form)

    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")
    assert ask(idp, stranger.token()).status_code == 401


def test_a_bearer_token_is_no_client_and_a_secret_no_token(idp, okta):
    bearer = tokens.listed(idp.directory)[-1]
    as_client = okta.fetch(GRANT | {"client_id": str(bearer.id), "client_secret": idp.token})
    as_token = ask(idp, okta.secret)

    assert as_client.status_code == as_token.status_code == 401
    assert idp.directory.token_url in as_token.json["detail"]


def test_an_ended_token_says_that_another_can_be_fetched(idp, okta):
    token = okta.token()
    mine = ScimToken.kind == TokenKind.ACCESS
    db.session.execute(sa.update(ScimToken).where(mine).values(expires_at=now() - timedelta(seconds=1)))

    answer = ask(idp, token)

    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert "Fetch another" in answer.json["detail"]


def test_a_revoked_client_takes_its_tokens_along(idp, okta):
    token = okta.token()
    tokens.revoke(okta.row, idp.directory, by=OPERATOR)
    db.session.commit()

    assert ask(idp, token).status_code == 401
    assert okta.fetch(okta.form).status_code == 401


def test_a_directory_that_is_off_gives_no_tokens(idp, okta):
    directories.set_mode(idp.directory, Mode.OFF, by=OPERATOR)

    answer = okta.fetch(okta.form)

    assert (answer.status_code, answer.json["error"]) == (400, "unauthorized_client")


def test_access_tokens_are_not_among_those_to_manage_and_go_when_they_are_old(idp, okta):
    for _ in range(3):
        okta.token()
        mine = ScimToken.kind == TokenKind.ACCESS
        db.session.execute(sa.update(ScimToken).where(mine).values(expires_at=now() - timedelta(days=2)))

    assert len(tokens.listed(idp.directory)) == 2
    assert db.session.scalar(sa.select(sa.func.count()).where(ScimToken.parent_id == okta.row.id)) == 1


def test_a_new_token_does_not_end_the_client(idp, okta):
    tokens.rotate(idp.directory, by=OPERATOR)

    assert db.session.get(ScimToken, okta.row.id).expires_at is None


def test_only_post_fetches_a_token(okta):
    answer = okta.idp.client.get(f"{okta.idp.base}/oauth/token?client_secret=hunter2")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_a_secret_in_an_address_is_not_recorded(idp):
    idp.ask("GET", "/Users?count=1&access_token=hunter2&startIndex=1")

    path = db.session.scalars(sa.select(Exchange.path)).one()
    assert path == "Users?count=1&access_token=…&startIndex=1"


def test_somebody_who_guesses_is_slowed_down(app, make_app):
    app = make_app(sign_in_rate=2)
    with app.app_context():
        idp = Idp(app.test_client(), make_directory(make_organization("Acme")))
        answers = [Client(idp).fetch(GRANT) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert answers[-1].headers["Retry-After"].isdigit()


def test_both_ways_in_are_told(idp):
    schemes = idp.ask("GET", "/ServiceProviderConfig").json["authenticationSchemes"]

    assert [one["type"] for one in schemes] == ["oauthbearertoken", "oauth2"]
    assert idp.directory.token_url in schemes[1]["description"]


def test_who_sets_up_reads_what_went_wrong(okta):
    okta.fetch(okta.form | {"client_secret": "wrong"})

    exchange = db.session.scalars(sa.select(Exchange)).one()
    line = told.told(exchange, seen=SimpleNamespace(wizard=load_all()["okta"]), expect=None)
    assert (line.kind, "client_secret" in line.mend) == ("bad", True)
