"""Who may come in through the SCIM door, and what those who may not are told."""

import copy
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from portal.extensions import db
from portal.models import Exchange, Mode, ScimToken
from portal.models.base import now
from portal.organizations import directories, exchanges, tokens
from portal.organizations.actors import OPERATOR
from portal.scim import entry
from tests.factories import make_directory
from tests.scim.conftest import Idp


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
        ("Basic", "user name and a password"),
        ("Bearer ", "no token behind the word Bearer"),
        ("Digest x", "other ways to sign in"),
        ("Token {token}", "other ways to sign in"),
        ("{token}", "without the word Bearer"),
        ("Bearer scim_wrong", "do not know this token"),
        ("Bearer {token}x", "Was all of it copied?"),
        ("Bearer {short}", "Was all of it copied?"),
        ("Bearer {loud}", "not a token of ours"),
        ("Bearer eyJhbGciOiJSUzI1NiJ9.e30.x", "those begin with scim_"),
        ("Bearer Bearer {token}", "stands twice"),
        ('Bearer "{token}"', "quotation marks"),
        ("Bearer <{token}>", "quotation marks"),
        ("Bearer scim_" + "\x00" * 30, "do not know this token"),
        ("Bearer \xe9", "not a token of ours"),
    ],
)
def test_a_wrong_way_in_is_explained_and_recorded(idp, header, words):
    known = {"token": idp.token, "short": idp.token[:-2], "loud": idp.token.upper()}

    answer = idp.ask("GET", "/Users?filter=userName%20pr", Authorization=header.format(**known))

    assert words in refused(answer)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    exchange = db.session.scalars(sa.select(Exchange)).one()
    assert (exchange.status, exchange.path, exchange.directory_id) == (401, "Users", idp.directory.id)
    assert words in exchange.problem
    assert idp.token[12:] not in exchange.answer_body + exchange.problem + exchange.token_prefix


@pytest.mark.parametrize("header", ["bearer {token}", "BEARER {token}", "Bearer   {token}  "])
def test_a_right_way_in_may_be_written_freely(idp, header):
    assert idp.ask("GET", "/Users", Authorization=header.format(token=idp.token)).status_code == 200


def test_a_token_in_the_address_is_refused_and_not_kept(idp):
    answer = idp.client.get(f"{idp.base}/Users?access_token={idp.token}")

    assert "in the address" in refused(answer)
    assert idp.token not in "".join(db.session.scalars(sa.select(Exchange.path)))


@pytest.mark.parametrize(
    "path", ["/Users", "/Users/1", "/Groups", "/Bulk", "/Me", "/Schemas", "/.search", "/nosuch", ""]
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_every_address_asks_for_the_token_first(idp, path, method):
    refused(idp.ask(method, path, Authorization="Bearer scim_wrong"))
    assert idp.ask("HEAD", path, Authorization="").data == b""


def test_a_token_of_another_directory_is_explained_alike_wherever_it_was_used(idp, other_idp):
    nowhere = copy.copy(idp)
    nowhere.base = "/scim/v2/00000000-0000-7000-8000-000000000000"
    mine = f"Bearer {other_idp.token}"

    answers = [one.ask("GET", "/Users", Authorization=mine) for one in (idp, nowhere)]

    assert "another directory" in refused(answers[0])
    assert answers[0].json == answers[1].json
    assert 'error="invalid_token"' in answers[0].headers["WWW-Authenticate"]


def test_a_misplaced_token_is_shown_to_those_who_mixed_it_up(idp, other_idp, acme):
    """Within one organization where the request went; else at the token's own directory, whose admin mixed them up."""
    second = Idp(idp.client, make_directory(acme, mode=Mode.SHADOW))

    idp.ask("GET", "/Users", Authorization=f"Bearer {second.token}")
    idp.ask("GET", "/Users?filter=title%20pr", Authorization=f"Bearer {other_idp.token}")

    shown = [(one.directory_id, one.path) for one in db.session.scalars(sa.select(Exchange).order_by(Exchange.id))]
    assert shown == [(idp.directory.id, "Users"), (other_idp.directory.id, "Users")]


def test_strangers_do_not_fill_the_record(idp, monkeypatch):
    monkeypatch.setattr(entry, "REMEMBERED", 3)
    for _ in range(6):
        refused(idp.ask("GET", "/Users", Authorization="Bearer scim_wrong"))

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Exchange)) in (
        3,
        6,
    )  # 6 where a minute began meanwhile


@pytest.mark.parametrize(
    ("change", "words"), [({"revoked_at": now()}, "revoked"), ({"expires_at": now() - timedelta(seconds=1)}, "expired")]
)
def test_an_old_token_is_explained_and_recorded(idp, change, words):
    db.session.execute(sa.update(ScimToken).values(**change))

    answer = idp.ask("GET", "/Users")

    assert words in refused(answer)
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    exchange = db.session.scalars(sa.select(Exchange)).one()
    assert (exchange.token_prefix, words in exchange.problem) == (idp.token[:12], True)


def test_a_rotated_token_goes_on_beside_the_new_one(idp):
    tokens.rotate(idp.directory, by=OPERATOR)

    assert idp.ask("GET", "/Users").status_code == 200


def test_a_directory_that_is_off_says_so(idp):
    directories.set_mode(idp.directory, Mode.OFF, by=OPERATOR)

    assert "switched off" in refused(idp.ask("POST", "/Users", {"userName": "x"}), 403)
    assert "switched off" in db.session.scalars(sa.select(Exchange.problem)).one()


def test_an_organization_without_sso_is_refused(idp, acme):
    acme.sso_allowed = False

    assert "Ask support" in refused(idp.ask("GET", "/Users"), 403)


def test_the_token_is_checked_before_the_body_is_read(idp):
    assert idp.ask("POST", "/Users", b"{" * 5000, Authorization="Bearer scim_wrong").status_code == 401


def test_a_doubled_base_url_is_explained(idp):
    answer = idp.ask("GET", f"/scim/v2/{idp.directory.id}/Users")

    assert "stands twice" in refused(answer, 404)
    assert "stands twice" in db.session.scalars(sa.select(Exchange.problem)).one()


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


@pytest.mark.parametrize("agent", ["Okta SCIM Client 1.0.0", "", "x\x00y", "\x00" * 400, "\xe9", "y" * 2000])
def test_no_name_of_a_client_keeps_a_write_from_being_recorded(idp, agent):
    answer = idp.ask("POST", "/Users", {"userName": "grace@acme.example"}, **{"User-Agent": agent})

    assert answer.status_code == 201
    assert db.session.scalars(sa.select(Exchange)).one().agent == agent.replace("\x00", "\\u0000")[:320]


def failing(*words):
    """The database goes away at the first statement that has one of these words, and stays away."""
    gone = []

    def fail(_, __, statement, *rest):
        if gone or any(word in statement for word in words):
            gone.append(statement)
            raise OperationalError(statement, {}, Exception("gone"))

    return fail


@pytest.mark.parametrize("path", ["/Users", "/Groups", "/Bulk"])
def test_a_write_that_cannot_be_recorded_is_not_done(idp, path):
    fail = failing("INSERT INTO exchanges")
    made = {"userName": "grace@acme.example", "displayName": "Grace"}
    body = (
        {"Operations": [{"method": "POST", "path": "/Users", "bulkId": "1", "data": made}]} if path == "/Bulk" else made
    )
    sa.event.listen(db.engine, "before_cursor_execute", fail)
    try:
        answer = idp.ask("POST", path, body)
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", fail)

    assert answer.status_code == 503
    assert idp.ask("POST", "/.search", {}).json["totalResults"] == 0


@pytest.mark.parametrize("path", ["/Users", "/Groups"])
def test_a_database_that_goes_away_in_the_middle_is_503(idp, path):
    fail = failing("directory_users", "directory_groups")
    sa.event.listen(db.engine, "before_cursor_execute", fail)
    try:
        answers = [idp.ask("GET", path), idp.ask("POST", path, {"userName": "a", "displayName": "a"})]
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", fail)

    assert [answer.status_code for answer in answers] == [503, 503]
    assert all(answer.headers["Retry-After"].isdigit() for answer in answers)
    assert idp.ask("GET", path).status_code == 200


def test_no_more_requests_are_kept_than_the_setting_says(idp, app, monkeypatch):
    monkeypatch.setattr(exchanges, "PRUNE_EVERY", 1)
    monkeypatch.setitem(app.config, "SETTINGS", app.config["SETTINGS"].model_copy(update={"exchanges_kept": 10}))
    for number in range(14):
        idp.ask("GET", f"/Users?startIndex={number + 1}")
    idp.create()

    rows = db.session.scalars(sa.select(Exchange).order_by(Exchange.id.desc())).all()
    assert len(rows) == 10
    assert (rows[0].method, rows[1].path) == ("POST", "Users?startIndex=14")


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
