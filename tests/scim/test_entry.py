"""Who may come in through the SCIM door, and what those who may not are told."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.extensions import db
from portal.models import Exchange, Mode, ScimToken
from portal.models.base import now
from portal.organizations import directories, tokens
from portal.organizations.actors import OPERATOR


def refused(answer, status=401):
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/scim+json"
    assert answer.json["status"] == str(status)
    return answer.json["detail"]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("", "no Authorization header"),
        ("Basic dXNlcjpwYXNz", "Bearer"),
        ("Bearer", "Bearer"),
        ("scim_abc", "without the word Bearer"),
        ("Bearer scim_wrong", "do not know this token"),
    ],
)
def test_a_wrong_way_in_is_explained(idp, header, words):
    answer = idp.ask("GET", "/Users", Authorization=header)

    assert words in refused(answer)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_of_another_directory_is_explained(idp, other_idp):
    answer = idp.ask("GET", "/Users", Authorization=f"Bearer {other_idp.token}")

    assert "another directory" in refused(answer)


@pytest.mark.parametrize(
    ("change", "words"), [({"revoked_at": now()}, "revoked"), ({"expires_at": now() - timedelta(seconds=1)}, "expired")]
)
def test_an_old_token_is_explained(idp, change, words):
    db.session.execute(sa.update(ScimToken).values(**change))

    assert words in refused(idp.ask("GET", "/Users"))


def test_a_rotated_token_goes_on_beside_the_new_one(idp):
    tokens.rotate(idp.directory, by=OPERATOR)

    assert idp.ask("GET", "/Users").status_code == 200


def test_a_directory_that_is_off_says_so(idp):
    directories.set_mode(idp.directory, Mode.OFF, by=OPERATOR)

    assert "switched off" in refused(idp.ask("POST", "/Users", {"userName": "x"}), 403)


def test_an_organization_without_sso_is_refused(idp, acme):
    acme.sso_allowed = False

    assert "Ask support" in refused(idp.ask("GET", "/Users"), 403)


def test_the_token_is_checked_before_the_body_is_read(idp):
    assert idp.ask("POST", "/Users", b"{" * 5000, Authorization="Bearer scim_wrong").status_code == 401


def test_a_doubled_base_url_is_explained(idp):
    answer = idp.ask("GET", f"/scim/v2/{idp.directory.id}/Users")

    assert "stands twice" in refused(answer, 404)


@pytest.mark.parametrize("path", ["/scim/v2/none/Users", "/scim/v2", "/scim/nothing"])
def test_every_error_below_scim_is_a_scim_error(client, path):
    refused(client.get(path), 404)


def test_a_session_cookie_opens_nothing_here(client, idp, acme, sign_in):
    from tests.factories import member_of

    sign_in(client, member_of(acme, "ada@acme.example").user)

    assert client.get(f"{idp.base}/Users").status_code == 401


def test_a_refusal_is_recorded_for_the_admin_without_the_token(idp):
    idp.ask("GET", "/Users", Authorization="Bearer scim_wrong_and_secret_token")

    exchange = db.session.scalars(sa.select(Exchange)).one()
    assert (exchange.status, exchange.token_prefix) == (401, "scim_wrong_a")
    assert "secret_token" not in exchange.request_body + exchange.path + exchange.problem


def test_a_write_is_recorded_with_its_answer_and_without_the_password(idp):
    idp.create(password="hunter2hunter2")

    exchange = db.session.scalars(sa.select(Exchange).where(Exchange.method == "POST")).one()
    assert (exchange.status, exchange.path) == (201, "Users")
    assert "grace@acme.example" in exchange.request_body
    assert "hunter2" not in exchange.request_body + exchange.answer_body


def test_the_last_use_of_a_token_is_noted(idp):
    idp.create()

    token = db.session.scalars(sa.select(ScimToken)).one()
    assert token.last_used_at
    assert db.session.get(type(idp.directory), idp.directory.id).last_request_at


def test_too_many_requests_are_told_when_to_come_back(make_app):
    from tests.factories import make_directory, make_organization
    from tests.scim.conftest import Idp

    app = make_app(scim_rate=2)
    with app.app_context():
        idp = Idp(app.test_client(), make_directory(make_organization("Acme")))
        answers = [idp.ask("GET", "/Users") for _ in range(12)]

    slowed = [answer for answer in answers if answer.status_code == 429]
    assert slowed
    assert all(answer.headers["Retry-After"].isdigit() for answer in slowed)


def test_what_a_token_opens_is_read_as_it_is_asked_for(idp, acme):
    db.session.expunge_all()

    directory = tokens.find(idp.token).directory()

    assert (directory.id, directory.organization.slug) == (idp.directory.id, "acme")
    assert directory.organization.default_role.rank == 10
