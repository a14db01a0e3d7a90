"""People come in through an OpenID provider, and nobody else does."""

import dataclasses
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from joserfc.jwk import OctKey

from portal.extensions import db
from portal.models import Exchange, LoginTransaction, OidcConfiguration, Outsiders, Protocol, User
from portal.models.base import now
from portal.organizations import connections, organizations
from portal.organizations.actors import OPERATOR
from portal.relying_party import id_token, keys
from tests.clients import text
from tests.factories import make_connection, member_of
from tests.relying_party.conftest import begin, come_in, configuration, path_of, place, sessions
from tests.relying_party.op import ADA, CLIENT_ID, key

GRACE = ADA | {"sub": "00u-grace", "email": "grace@acme.example", "name": "Grace Hopper"}


def test_somebody_comes_in_and_goes_where_they_wanted(client, connection, provider):
    back = provider.approve(begin(client, connection, next="/account/security"), GRACE)
    answer = client.get(path_of(back))

    (session,) = sessions()
    assert (answer.status_code, answer.location) == (303, "/account/security")
    assert (session.user.email, session.subject, session.reaches_all) == ("grace@acme.example", "00u-grace", True)


def test_the_question_asks_for_a_code_with_pkce_in_constants_of_ours(client, connection):
    asked = {name: values[0] for name, values in parse_qs(urlsplit(begin(client, connection)).query).items()}

    assert (asked["response_type"], asked["code_challenge_method"], asked["client_id"]) == ("code", "S256", CLIENT_ID)
    assert asked["redirect_uri"] == connection.callback_url
    assert asked["scope"] == "openid email profile"
    assert len(asked["nonce"]) == len(asked["code_challenge"]) == len(asked["state"]) == 43


def test_neither_nonce_nor_verifier_are_kept(client, connection, provider):
    asked = parse_qs(urlsplit(begin(client, connection)).query)
    kept = repr([vars(row) for row in db.session.query(LoginTransaction)])

    assert asked["nonce"][0] not in kept


def test_a_member_by_invitation_is_linked_in_a_verified_domain(acme, client, connection, provider):
    come_in(client, connection, provider)

    assert sessions()[0].user_id == member_of(acme, "ada@acme.example").user_id


def test_a_renamed_person_keeps_the_account(acme, client, connection, provider):
    come_in(client, connection, provider, GRACE)
    come_in(client, connection, provider, GRACE | {"email": "hopper@acme.example"})

    assert len({session.user_id for session in sessions()}) == 1


def test_subjects_are_compared_to_the_letter(app, connection, provider):
    for subject, email in (("Grace@acme.example", "one@acme.example"), ("grace@acme.example", "two@acme.example")):
        come_in(app.test_client(), connection, provider, ADA | {"sub": subject, "email": email})

    assert len({session.user_id for session in sessions()}) == 2


LIES = {
    "another-issuer": ({"iss": "https://idp.example"}, "issuer"),
    "issuer-with-a-slash": ({"iss": "SLASH"}, "issuer"),
    "another-audience": ({"aud": "somebody-else"}, "audience"),
    "two-audiences": ({"aud": [CLIENT_ID, "somebody-else"]}, "audience"),
    "another-party": ({"azp": "somebody-else"}, "audience"),
    "no-audience": ({"aud": None}, "audience"),
    "another-nonce": ({"nonce": "x" * 43}, "nonce"),
    "no-nonce": ({"nonce": None}, "nonce"),
    "nonce-that-is-no-text": ({"nonce": ["x"]}, "nonce"),
    "expired": ({"exp": 1_700_000_000}, "time"),
    "without-an-end": ({"exp": None}, "time"),
    "end-that-is-no-number": ({"exp": "tomorrow"}, "time"),
    "end-that-is-true": ({"exp": True}, "time"),
    "of-tomorrow": ({"iat": 9_999_999_999, "exp": 99_999_999_999}, "time"),
    "not-before-tomorrow": ({"nbf": 9_999_999_999}, "time"),
    "without-a-beginning": ({"iat": None}, "time"),
    "another-access-token": ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "token-hash"),
    "another-code": ({"c_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "token-hash"),
    "nobody": ({"sub": None}, "subject"),
    "empty-subject": ({"sub": " "}, "subject"),
    "subject-that-is-a-number": ({"sub": 7}, "subject"),
    "endless-subject": ({"sub": "x" * 256}, "subject"),
    "unsigned": ({"unsigned": True}, "algorithm"),
    "signed-with-the-secret": ({"signed_by": OctKey.import_key("s" * 40), "alg": "HS256"}, "algorithm"),
    "unlisted-algorithm": ({"alg": "RS512"}, "algorithm"),
    "strange-key": ({"signed_by": key("mallory")}, "signature"),
    "strange-key-under-a-known-name": ({"signed_by": key("mallory"), "header": {"kid": "k1"}}, "signature"),
    "critical-header": ({"header": {"crit": ["x"], "x": 1}}, "signature"),
    "access-token-as-id-token": ({"header": {"typ": "at+jwt"}}, "id-token"),
    "logout-token-as-id-token": ({"header": {"typ": "logout+jwt"}}, "id-token"),
    "no-token": ({"id_token": None}, "id-token"),
    "not-a-token": ({"id_token": "a.b.c"}, "id-token"),
    "list-as-a-token": ({"id_token": ["x"]}, "id-token"),
    "endless-token": ({"id_token": "x" * 70_000}, "id-token"),
    "two-addresses": ({"email": ["a@acme.example", "b@acme.example"]}, "email"),
    "the-secret-is-wrong": ({"token_error": "invalid_client"}, "client"),
}


@pytest.mark.parametrize("lie", LIES)
def test_no_lie_comes_through(client, connection, provider, lie):
    lies, check = LIES[lie]
    lies = {name: f"{provider.issuer}/" if value == "SLASH" else value for name, value in lies.items()}

    answer = come_in(client, connection, provider, GRACE, **lies)

    assert (answer.status_code, sessions()) == (400, [])
    assert "grace@acme.example" not in {user.email for user in db.session.query(User)}
    assert db.session.query(Exchange).one().problem.partition("/")[0] == check


TRUE = {
    "party-named": {"azp": CLIENT_ID},
    "several-audiences-and-we-are-the-party": {"aud": ["somebody-else", CLIENT_ID], "azp": CLIENT_ID},
    "audience-as-a-list": {"aud": [CLIENT_ID]},
    "elliptic": {"signed_by": key("e1", "EC"), "alg": "ES256"},
    "pss": {"alg": "PS256"},
    "without-at-hash": {"at_hash": None},
    "type-named": {"header": {"typ": "JWT"}},
    "unknown-header": {"header": {"vendor": "x"}},
    "a-clock-a-minute-ahead": {"iat": int(now().timestamp()) + 60},
}


@pytest.mark.parametrize("manner", TRUE)
def test_every_honest_manner_is_understood(client, acme, provider, manner):
    provider.keys = [key("other"), key(), key("e1", "EC")]
    made = make_connection(acme, configuration(provider), idp="openid")

    assert come_in(client, made, provider, GRACE, **TRUE[manner]).status_code == 303


def test_an_answer_is_used_once(client, connection, provider):
    back = path_of(provider.approve(begin(client, connection), GRACE))
    client.get(back)
    with client.session_transaction() as cookie:
        cookie.clear()

    assert client.get(back).status_code == 400
    assert len(sessions()) == 1
    assert provider.asked.count("/token") == 1


def test_a_callback_reloaded_leads_on(client, connection, provider):
    back = path_of(provider.approve(begin(client, connection), GRACE))
    client.get(back)

    assert client.get(back).status_code == 303
    assert len(sessions()) == 1


def test_another_browser_gets_nothing_and_spoils_nothing(app, client, connection, provider):
    back = path_of(provider.approve(begin(client, connection), GRACE))

    assert "another browser" in text(app.test_client().get(back))
    assert provider.asked.count("/token") == 0
    assert client.get(back).status_code == 303


def test_an_answer_that_comes_too_late_is_refused(client, connection, provider):
    back = path_of(provider.approve(begin(client, connection), GRACE))

    with time_machine.travel(now() + timedelta(minutes=16)):
        assert client.get(back).status_code == 400


def test_an_answer_for_one_connection_does_not_fit_another(client, connection, globex, provider):
    other = make_connection(globex, configuration(provider), idp="openid")
    back = provider.approve(begin(client, connection), GRACE)

    assert client.get(path_of(back).replace(str(connection.id), str(other.id))).status_code == 400
    assert sessions() == []


def test_a_state_nobody_gave_is_refused(client, connection):
    for query in ("", "?state=x", "?state=x&code=y", "?code=y"):
        assert client.get(place(connection, "callback") + query).status_code == 400


def test_a_provider_that_names_itself_must_do_so_in_every_answer(client, acme, provider):
    provider.document = {"authorization_response_iss_parameter_supported": True}
    made = make_connection(acme, configuration(provider), idp="openid")

    refused = [come_in(client, made, provider, GRACE, back={"iss": iss}) for iss in (None, "https://idp.example")]
    welcome = come_in(client, made, provider, GRACE, back={"iss": provider.issuer})

    assert [answer.status_code for answer in refused] == [400, 400]
    assert welcome.status_code == 303


def test_another_providers_name_is_refused_even_where_none_is_needed(client, connection, provider):
    assert come_in(client, connection, provider, GRACE, back={"iss": "https://idp.example"}).status_code == 400


def test_what_the_provider_refuses_is_told_and_recorded(client, connection, provider):
    back = {"code": None, "error": "access_denied", "error_description": "User is not assigned"}
    answer = come_in(client, connection, provider, back=back)

    exchange = db.session.query(Exchange).one()
    assert "did not let you in" in text(answer)
    assert (exchange.protocol, exchange.code) == (Protocol.OIDC, answer.text.partition('translate="no">')[2][:9])
    assert "User is not assigned" in exchange.problem


def test_no_record_holds_a_code_or_a_state(client, connection, provider):
    back = provider.approve(begin(client, connection), GRACE)
    client.get(path_of(back))

    kept = db.session.query(Exchange).one().request_body
    assert "code = …" in kept
    assert not [values[0] for values in parse_qs(urlsplit(back).query).values() if values[0] in kept]


def test_an_address_nobody_verified_brings_no_account(acme, client, connection, provider):
    for doubt in ({"email_verified": False}, {"email_verified": "false"}, {"email_verified": None, "xms_edov": False}):
        answer = come_in(client, connection, provider, ADA, **doubt)

        assert answer.status_code == 403
        assert "nobody has verified" in text(answer)
    assert sessions() == []


def test_who_is_known_by_subject_comes_in_whatever_is_doubted(client, connection, provider):
    come_in(client, connection, provider, GRACE)

    assert come_in(client, connection, provider, GRACE, email_verified=False).status_code == 303


def test_a_user_name_that_looks_like_an_address_is_none(acme, client, connection, provider):
    """People choose it themselves at many providers."""
    answer = come_in(client, connection, provider, ADA, email=None, preferred_username="ada@acme.example")

    assert (answer.status_code, sessions()) == (403, [])


def test_an_address_outside_the_verified_domains_links_nobody(acme, globex, client, connection, provider):
    hank = member_of(globex, "hank@globex.example").user

    come_in(client, connection, provider, GRACE | {"email": "hank@globex.example"})

    (session,) = sessions()
    assert session.user_id != hank.id
    assert (session.user.home_organization_id, session.reaches_all) == (acme.id, False)


def test_where_the_organization_reviews_outsiders_nobody_is_made(acme, client, connection, provider):
    organizations.set_policy(acme, by=OPERATOR, outsiders=Outsiders.REVIEW)

    assert come_in(client, connection, provider, GRACE | {"email": "eve@elsewhere.example"}).status_code == 403


def test_names_may_come_from_userinfo(client, connection, provider):
    bare = {"sub": "00u-grace"}
    come_in(client, connection, provider, bare, userinfo={"email": "grace@acme.example", "name": "Grace Hopper"})

    (session,) = sessions()
    assert (session.user.email, session.user.name) == ("grace@acme.example", "Grace Hopper")


def test_userinfo_about_somebody_else_counts_for_nothing(client, connection, provider):
    story = {"sub": "00u-ada", "email": "ada@acme.example"}

    assert come_in(client, connection, provider, {"sub": "00u-eve"}, userinfo=story).status_code == 403


def test_userinfo_changes_nothing_that_was_signed(client, connection, provider):
    bare = {name: GRACE[name] for name in ("sub", "email")}
    connections.set_mapping(connection, {"email": "email", "groups": "teams"}, by=OPERATOR)
    come_in(client, connection, provider, bare, userinfo={"email": "ada@acme.example", "teams": ["x"]})

    assert [session.user.email for session in sessions()] == ["grace@acme.example"]


@pytest.mark.parametrize(("company", "fits"), [("ACME.example", True), ("globex.example", False), (None, False)])
def test_an_issuer_that_serves_many_companies_must_name_this_one(app, company, fits):
    """Google's, which would vouch for everybody in the world."""
    google = OidcConfiguration("https://accounts.google.com", "id", "", "", "", "")
    token = id_token.Token({}, {"hd": company}, ())
    found = id_token.problems(token, google, id_token.Expected("n", now(), domains=("acme.example",)))

    assert ("company" not in {problem.check for problem in found}) is fits


def test_asking_anew_is_proven_by_the_time_of_the_sign_in(client, acme, provider):
    strict = dataclasses.replace(configuration(provider), force_authn=True)
    made = make_connection(acme, strict, idp="openid")
    asked = parse_qs(urlsplit(begin(client, made)).query)
    fresh = int(now().timestamp())

    answers = [come_in(client, made, provider, GRACE, auth_time=at).status_code for at in (None, fresh - 900, fresh)]

    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    assert answers == [400, 400, 303]


def test_a_demanded_method_must_have_been_used(client, acme, provider):
    made = make_connection(
        acme, dataclasses.replace(configuration(provider), authn_contexts=("phr", "phrh")), idp="openid"
    )

    answers = [come_in(client, made, provider, GRACE, acr=acr).status_code for acr in (None, "pwd", "phrh")]

    assert answers == [400, 400, 303]


def test_a_new_key_is_fetched_once_when_a_token_names_it(client, connection, provider, monkeypatch):
    come_in(client, connection, provider, GRACE)
    provider.keys = [key("k2")]
    monkeypatch.setattr(keys, "PAUSE", -1.0)

    assert come_in(client, connection, provider, GRACE, signed_by=key("k2")).status_code == 303


def test_strange_keys_do_not_make_us_ask_again_and_again(client, connection, provider):
    provider.asked.clear()
    for number in range(3):
        come_in(client, connection, provider, GRACE, signed_by=key(f"strange-{number}"))

    assert provider.asked.count("/jwks") <= 1


def test_while_the_keys_cannot_be_fetched_the_last_ones_serve(client, connection, provider, monkeypatch):
    come_in(client, connection, provider, GRACE)
    monkeypatch.setattr(keys, "FRESH", -1.0)
    provider.down.add("/jwks")

    assert come_in(client, connection, provider, GRACE).status_code == 303


def test_a_provider_that_is_down_is_told_in_words(client, connection, provider):
    back = path_of(provider.approve(begin(client, connection), GRACE))
    provider.stop()

    assert "could not be reached" in text(client.get(back))


def test_who_is_not_allowed_sso_is_not_asked(client, acme, connection):
    acme.sso_allowed = False
    db.session.commit()

    assert client.get(place(connection, "login")).status_code == 403


def test_nothing_is_held_in_the_database_while_the_provider_is_asked(app, client, connection, provider):
    seen = []

    def look():
        with app.app_context():
            rows = db.session.scalars(db.select(LoginTransaction).with_for_update(nowait=True)).all()
            seen.append([row.answered_at is not None for row in rows])
            db.session.rollback()

    provider.meanwhile = look
    come_in(client, connection, provider, GRACE)

    assert seen == [[True]]
