"""The second step: whoever has a second factor shows it, whichever way they began."""

from datetime import timedelta

import pytest
import time_machine

from portal.extensions import db
from portal.models import Factor, Mail, Session, SignInPolicy
from portal.models.base import now
from portal.organizations import enforcement, organizations, recovery_codes
from portal.organizations.actors import OPERATOR
from tests.auth.test_login import ADA, sign_in_with_password
from tests.clients import text
from tests.factories import (
    PASSWORD,
    add_member,
    make_proven_connection,
    make_user,
    member_of,
    rehearse,
    set_up_authenticator,
)

LATER = timedelta(minutes=2)  # the code of the set-up is used


@pytest.fixture
def ada(acme):
    return member_of(acme, ADA)


@pytest.fixture
def phone(ada):
    return set_up_authenticator(ada.user)


@pytest.fixture
def later():
    with time_machine.travel(now() + LATER, tick=False) as clock:
        yield clock


def second_step(client, code):
    return client.submit("/login/second-step", {"code": code})


def the_session():
    return db.session.scalars(db.select(Session)).one_or_none()


def test_a_password_alone_is_half_the_way(client, phone):
    answer = sign_in_with_password(client)

    assert answer.location == "/login/second-step"
    assert the_session() is None
    assert client.get("/account").status_code == 303


def test_the_code_opens_the_session_and_leads_on(client, phone, later):
    sign_in_with_password(client, target="/account/security")

    answer = second_step(client, phone.at(now()))

    assert (answer.status_code, answer.location) == (303, "/account/security")
    assert the_session().second_factor is Factor.AUTHENTICATOR


def test_an_e_mail_link_asks_for_the_second_step_too(client, phone, later):
    client.submit("/login/link", {"email": ADA}, page="/login")
    link = db.session.scalars(db.select(Mail).where(Mail.body.contains("/sign-in/"))).one()
    secret = link.body.split("/sign-in/")[1].split()[0]

    assert client.submit(f"/sign-in/{secret}").location == "/login/second-step"
    assert second_step(client, phone.at(now())).location == "/account"


def test_a_recovery_code_stands_in_once(client, ada, phone):
    code = recovery_codes.make(ada.user, by=OPERATOR)[0]
    db.session.commit()
    sign_in_with_password(client)
    first = second_step(client, code)
    client.submit("/sign-out", page="/account")
    sign_in_with_password(client)

    assert first.status_code == 303
    assert second_step(client, code).status_code == 422


def test_a_wrong_code_is_said_at_the_field_and_counts(client, phone, later):
    sign_in_with_password(client)
    wrong = "000000" if phone.at(now()) != "000000" else "111111"

    answers = [second_step(client, wrong) for _ in range(6)]

    assert {answer.status_code for answer in answers} == {422}
    assert "not right" in answers[0].text
    assert "Too many wrong codes" in answers[5].text
    assert second_step(client, phone.at(now())).status_code == 422


def test_the_second_step_does_not_wait_for_ever(client, phone, later):
    sign_in_with_password(client)

    later.shift(timedelta(minutes=11))
    answer = client.get("/login/second-step")

    assert (answer.status_code, answer.location) == (303, "/login")


def test_nobody_begins_at_the_second_step(client, acme):
    assert client.get("/login/second-step").location == "/login"


def test_too_many_wrong_passwords_of_one_account_are_refused_whoever_it_is(make_app):
    client = make_app(account_rate=2).test_client()
    said = []
    for email in (ADA, "nobody@acme.example"):
        pages = [sign_in_with_password(client, email, "wrong password") for _ in range(3)]
        said.append([text(page).replace(email, "") for page in pages])

    assert said[0] == said[1]
    assert "too many wrong passwords" in said[0][2]


def test_right_passwords_do_not_count_as_wrong(make_app):
    app = make_app(account_rate=2)
    with app.app_context():
        make_user(ADA, password=PASSWORD)
        db.session.commit()
    for _ in range(4):
        assert sign_in_with_password(app.test_client()).status_code == 303


def test_signing_in_again_ends_the_session_of_before(client, acme):
    sign_in_with_password(client)
    sign_in_with_password(client)

    rows = db.session.scalars(db.select(Session).order_by(Session.id)).all()
    assert [row.revoked_at is None for row in rows] == [False, True]


def required(acme):
    connection = make_proven_connection(acme)
    phone = rehearse(member_of(acme, ADA))
    enforcement.set_policy(acme, SignInPolicy.REQUIRE, by=OPERATOR)
    db.session.commit()
    return connection, phone


def test_a_break_glass_owner_comes_in_with_password_and_code_and_admins_see_it(client, acme):
    _, phone = required(acme)
    with time_machine.travel(now() + LATER, tick=False):
        sign_in_with_password(client)
        second_step(client, phone.at(now()))

        page = client.get("/organizations/acme/members")

    assert page.status_code == 200
    assert "Ada came in beside single sign-on" in text(page)


def test_a_member_whose_session_is_local_is_led_to_the_idp(client, acme, sign_in):
    connection, _ = required(acme)
    sign_in(client, add_member(acme, "grace@acme.example").user)

    led = client.get("/organizations/acme/members")
    answer = client.get(led.location)

    assert answer.location == f"/saml/{connection.id}/login?next=/organizations/acme/members"


def test_the_guide_leads_to_the_idp_too(client, acme, sign_in):
    required(acme)
    sign_in(client, add_member(acme, "grace@acme.example", role="admin").user)

    assert client.get("/setup/acme/sso").location == "/organizations/acme/way-in?next=/setup/acme/sso"


def test_an_invitation_into_an_organization_that_requires_sso_leads_there(client, acme):
    from tests.auth.test_invitations import invite

    connection, _ = required(acme)

    answer = client.submit(invite(acme), {"name": "Grace"})

    assert answer.location == f"/saml/{connection.id}/login"
    assert member_of(acme, "grace@acme.example")


def test_where_a_second_factor_is_asked_for_one_sets_it_up_and_is_in(client, acme, ada, sign_in):
    organizations.set_policy(acme, by=OPERATOR, second_factor_required=True)
    sign_in(client, ada.user)

    assert client.get("/organizations/acme/members").location == "/account/security"
    assert "Acme asks for a second factor" in text(client.get("/account/security"))
