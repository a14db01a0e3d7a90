"""Signing in: the e-mail first, then the way in that belongs to it."""

import pytest

from portal.extensions import db
from portal.models import Mail, Session, SignInPolicy
from tests.clients import csrf_token, text
from tests.factories import PASSWORD, add_member, make_connection, make_user

ADA = "ada@acme.example"


def sign_in_with_password(client, email=ADA, password=PASSWORD, target=""):
    return client.submit("/login/password", {"email": email, "password": password, "next": target}, page="/login")


def mailed_secret():
    return db.session.scalars(db.select(Mail)).one().body.split("/sign-in/")[1].split()[0]


def test_a_password_opens_a_session(client, acme):
    answer = sign_in_with_password(client)

    assert (answer.status_code, answer.location) == (303, "/account")
    assert db.session.scalars(db.select(Session)).one().method == "password"


@pytest.mark.parametrize("who", [(ADA, "wrong password"), ("nobody@acme.example", PASSWORD)])
def test_a_wrong_password_and_an_unknown_person_are_answered_alike(client, acme, who):
    answer = sign_in_with_password(client, *who)

    assert answer.status_code == 422
    assert "E-mail or password is not right" in answer.text
    assert not db.session.scalars(db.select(Session)).all()


@pytest.mark.parametrize("email", [ADA, "nobody@acme.example", "nobody@nowhere.example"])
def test_known_and_unknown_addresses_see_the_same_second_step(client, acme, email):
    answer = client.submit("/login", {"email": email})

    assert answer.status_code == 200
    assert text(answer).replace(email, "") == text(client.submit("/login", {"email": ADA})).replace(ADA, "")


def test_a_verified_domain_with_a_live_connection_leads_to_the_idp(client, acme):
    connection = make_connection(acme)

    answer = client.submit("/login", {"email": "Grace@ACME.example", "next": "/account/security"})

    assert answer.location == f"/saml/{connection.id}/login?next=/account/security"


def test_several_connections_are_offered_by_name(client, acme):
    okta, entra = make_connection(acme), make_connection(acme, idp="entra")

    page = client.submit("/login", {"email": ADA})

    assert all(f"/saml/{connection.id}/login" in page.text for connection in (okta, entra))


@pytest.mark.parametrize("company", ["ada@acme.example", "Acme", "acme", "acme.example"])
def test_sso_is_found_by_address_and_by_name(client, acme, company):
    connection = make_connection(acme)

    assert client.submit("/sso", {"company": company}).location == f"/saml/{connection.id}/login"


@pytest.mark.parametrize("company", ["Globex", "ada@nowhere.example", ""])
def test_an_unknown_organization_is_said_in_words(client, acme, company):
    answer = client.submit("/sso", {"company": company})

    assert answer.status_code == 422
    assert "Check the spelling" in answer.text or "Type your work e-mail" in answer.text


def test_a_mail_link_signs_in_once_and_looking_does_not_use_it_up(client, acme):
    client.submit("/login/link", {"email": ADA}, page="/login")
    secret = mailed_secret()
    for _ in range(2):
        assert client.get(f"/sign-in/{secret}").status_code == 200

    assert client.submit(f"/sign-in/{secret}").status_code == 303
    assert client.get(f"/sign-in/{secret}").status_code == 410


def test_a_link_is_promised_to_everybody_and_sent_to_people_we_know(client, acme):
    known = client.submit("/login/link", {"email": ADA}, page="/login")
    unknown = client.submit("/login/link", {"email": "nobody@acme.example"}, page="/login")

    assert text(known).replace(ADA, "") == text(unknown).replace("nobody@acme.example", "")
    assert [mail.recipient for mail in db.session.scalars(db.select(Mail))] == [ADA]


def test_where_sso_is_required_members_do_not_come_in_by_password(client, acme):
    make_connection(acme)
    add_member(acme, "grace@acme.example")
    acme.sign_in_policy = SignInPolicy.REQUIRE
    db.session.commit()

    answer = sign_in_with_password(client, "grace@acme.example")

    assert answer.status_code == 422
    assert "requires signing in through its identity provider" in answer.text


def test_an_owner_who_keeps_no_way_back_in_does_not_either(client, acme):
    make_connection(acme)
    acme.sign_in_policy = SignInPolicy.REQUIRE
    db.session.commit()

    assert sign_in_with_password(client).status_code == 422


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "\t//evil.example",
        "javascript:alert(1)",
        "/%0d%0aX",
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(client, acme, target):
    location = sign_in_with_password(client, target=target).location

    assert location in ("/account", "/%0d%0aX")


def test_the_cookie_of_before_is_worth_nothing_after(client, acme, app):
    client.get("/login")
    before = client.get_cookie("vestibule").value
    sign_in_with_password(client)

    other = app.test_client()
    other.set_cookie("vestibule", before)
    assert other.get("/account").status_code == 303


def test_signing_out_ends_the_session_on_the_server(client, acme):
    sign_in_with_password(client)
    cookie = client.get_cookie("vestibule").value
    client.submit("/sign-out", page="/account")

    client.set_cookie("vestibule", cookie)
    assert client.get("/account").status_code == 303


def test_a_form_without_its_token_is_refused(client, acme):
    assert client.post("/login/password", data={"email": ADA, "password": PASSWORD}).status_code == 400


def test_too_many_tries_are_slowed_down(make_app):
    client = make_app(sign_in_rate=3).test_client()
    token = csrf_token(client.get("/login"))
    data = {"csrf_token": token, "email": "nobody@acme.example", "password": "wrong password"}

    answers = [client.post("/login/password", data=data).status_code for _ in range(5)]

    assert answers == [422, 422, 422, 429, 429]


def test_a_person_of_one_organization_only_has_no_local_way_in(client, acme):
    make_user("eve@elsewhere.example", password=PASSWORD, home=acme)
    db.session.commit()

    assert sign_in_with_password(client, "eve@elsewhere.example").status_code == 422
