"""Single sign-on is offered first; it is required only after somebody has really come in through it, and an owner has rehearsed
the way back in."""

from portal.extensions import db
from portal.models import Factor, Session, SignInPolicy
from portal.models.base import now
from tests.clients import soup, text
from tests.factories import member_of, rehearse
from tests.setup.conftest import at, connection_of, passed, staged


def switched_on(admin, run):
    staged(run)
    passed(run)
    admin.submit(at(run, "sso", "go-live"))
    db.session.expire_all()
    return at(run, "sso", "go-live")


def test_before_the_first_real_sign_in_it_cannot_be_required(admin, acme, begin):
    page = switched_on(admin, begin())

    shown = soup(admin.get(page))
    refused = admin.submit(f"{page}/policy", {"policy": "require"}, page=page)

    assert shown.find("button", attrs={"value": "require"}).has_attr("disabled")
    assert "Nobody has come in through single sign-on yet" in text(refused)
    assert acme.sign_in_policy is SignInPolicy.OFFER


def test_without_a_rehearsed_way_back_in_it_cannot_be_required(admin, acme, begin):
    run = begin()
    page = switched_on(admin, run)
    connection_of(run).last_sign_in_at = now()
    db.session.commit()

    shown = soup(admin.get(page))
    refused = admin.submit(f"{page}/policy", {"policy": "require"}, page=page)

    assert shown.find("button", attrs={"value": "require"}).has_attr("disabled")
    assert "once a break-glass owner has rehearsed" in text(admin.get(page))
    assert "No break-glass owner has rehearsed the way back in" in text(refused)
    assert acme.sign_in_policy is SignInPolicy.OFFER


def test_after_it_one_button_requires_it_and_another_one_only_offers_it(admin, acme, begin):
    run = begin()
    page = switched_on(admin, run)
    connection_of(run).last_sign_in_at = now()
    rehearse(member_of(acme, "ada@acme.example"))
    db.session.execute(db.update(Session).values(second_factor=Factor.AUTHENTICATOR))
    db.session.commit()

    admin.submit(f"{page}/policy", {"policy": "require"}, page=page)
    db.session.refresh(acme)
    required = acme.sign_in_policy
    admin.submit(f"{page}/policy", {"policy": "offer"}, page=page)
    db.session.refresh(acme)

    assert (required, acme.sign_in_policy) == (SignInPolicy.REQUIRE, SignInPolicy.OFFER)


def test_a_holder_who_may_not_switch_on_may_not_require_either(admin, holder, begin):
    run = begin()
    page = switched_on(admin, run)
    browser, _ = holder()

    elsewhere = at(run, "sso", "metadata")
    assert browser.submit(f"{page}/policy", {"policy": "require"}, page=elsewhere).status_code == 404
