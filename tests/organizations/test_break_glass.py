"""Requiring single sign-on: never without a rehearsed way back in, and every use of that is told."""

import pytest

from portal.extensions import db
from portal.models import Event, Factor, Mail, Method, Shown, SignInPolicy
from portal.models.base import new_id
from portal.organizations import (
    breakglass,
    enforcement,
    factors,
    local_ways,
    members,
    one_time_codes,
    recovery_codes,
    roles,
)
from portal.organizations.actors import OPERATOR, Actor, Door
from portal.organizations.refusals import LastWayBackIn, NoOtherWayIn, NotAnOwner, SsoRequired
from tests.factories import add_member, make_proven_connection, member_of, rehearse, set_up_authenticator

ADMIN = Actor(Door.ACCOUNT, "1", "Ada")


@pytest.fixture
def connection(acme):
    return make_proven_connection(acme)


@pytest.fixture
def ada(acme, connection):
    return member_of(acme, "ada@acme.example")


@pytest.fixture
def required(acme, ada):
    """Acme requires its IdP, and Ada has rehearsed."""
    rehearse(ada)
    enforcement.set_policy(acme, SignInPolicy.REQUIRE, by=ADMIN)
    db.session.commit()
    return acme


def named(events):
    return [event.name for event in events]


def code_of(user):
    return Shown(Factor.AUTHENTICATOR, one_time_codes.of(user).id)


def come_in(membership, method=Method.PASSWORD, shown=None):
    row, _ = local_ways.open_session(membership.user, method, shown, by=OPERATOR, address="192.0.2.7")
    db.session.commit()
    return row


def test_a_named_owner_who_has_not_rehearsed_is_no_way_back_in(acme, ada):
    set_up_authenticator(ada.user)
    breakglass.name(ada, by=ADMIN)

    with pytest.raises(NoOtherWayIn):
        enforcement.set_policy(acme, SignInPolicy.REQUIRE, by=ADMIN)


@pytest.mark.parametrize(
    ("method", "factor", "counts"),
    [
        (Method.PASSWORD, Factor.AUTHENTICATOR, True),
        (Method.PASSKEY, Factor.PASSKEY, True),
        (Method.EMAIL_LINK, Factor.AUTHENTICATOR, False),
        (Method.PASSWORD, Factor.RECOVERY_CODE, False),
        (Method.PASSWORD, None, False),
    ],
)
def test_only_what_can_be_counted_on_is_a_rehearsal(acme, ada, method, factor, counts):
    breakglass.name(ada, by=ADMIN)

    come_in(ada, method, Shown(factor, new_id()) if factor else None)

    assert breakglass.is_ready(acme) is counts
    assert enforcement.readiness(acme).complete is counts


def test_who_is_not_named_does_not_rehearse(acme, ada):
    set_up_authenticator(ada.user)

    come_in(ada, shown=code_of(ada.user))

    assert not breakglass.is_ready(acme)


def test_only_an_owner_is_named(acme):
    with pytest.raises(NotAnOwner):
        breakglass.name(add_member(acme, "grace@acme.example"), by=ADMIN)


def test_whoever_is_named_by_another_gets_a_mail(acme, ada):
    hedy = add_member(acme, "hedy@acme.example", role="owner")

    breakglass.name(hedy, by=Actor(Door.ACCOUNT, str(ada.user_id), "Ada"))
    breakglass.name(ada, by=Actor(Door.ACCOUNT, str(ada.user_id), "Ada"))

    assert [mail.recipient for mail in db.session.scalars(db.select(Mail))] == ["hedy@acme.example"]


def test_a_rehearsal_lapses_with_its_factor(acme, ada):
    rehearse(ada)

    one_time_codes.remove(ada.user, by=ADMIN)

    assert not breakglass.is_ready(acme)
    assert "break_glass_owner.lapsed" in named(db.session.scalars(acme.events.select()))


def test_another_phone_keeps_the_rehearsal(acme, ada):
    rehearse(ada)

    set_up_authenticator(ada.user)

    assert breakglass.is_ready(acme)


def test_the_last_way_back_in_is_not_taken_away(required, ada):
    with pytest.raises(LastWayBackIn, match="Acme requires"):
        one_time_codes.remove(ada.user, by=ADMIN)
    with pytest.raises(LastWayBackIn):
        breakglass.withdraw(breakglass.listed(required)[0], by=ADMIN)


def test_one_of_two_ways_back_in_may_go(required, ada):
    rehearse(add_member(required, "hedy@acme.example", role="owner"))

    one_time_codes.remove(ada.user, by=ADMIN)

    assert breakglass.is_ready(required)


def test_the_operator_may_take_the_last_one_and_make_it_an_offer_again(required, ada):
    factors.forget(ada.user, by=OPERATOR)
    enforcement.set_policy(required, SignInPolicy.OFFER, by=OPERATOR)

    assert come_in(ada)


def test_members_do_not_come_in_locally_where_sso_is_required(required):
    grace = add_member(required, "grace@acme.example")
    set_up_authenticator(grace.user)

    with pytest.raises(SsoRequired):
        come_in(grace, shown=code_of(grace.user))


def test_an_owner_who_is_not_named_does_not_come_in_either(required):
    with pytest.raises(SsoRequired):
        come_in(add_member(required, "hedy@acme.example", role="owner"))


def test_a_former_owner_keeps_nothing(required, ada):
    members.set_role(add_member(required, "hedy@acme.example"), roles.get("owner"), by=ADMIN)
    members.set_role(ada, roles.get("admin"), by=ADMIN)
    db.session.commit()

    with pytest.raises(SsoRequired):
        come_in(ada, shown=code_of(ada.user))


def test_coming_in_beside_the_idp_is_an_event_and_a_mail_to_every_owner(required, ada):
    add_member(required, "hedy@acme.example", role="owner")

    come_in(ada, shown=code_of(ada.user))

    told = db.session.scalars(db.select(Mail).where(Mail.subject.contains("beside single sign-on"))).all()
    assert {mail.recipient for mail in told} == {"ada@acme.example", "hedy@acme.example"}
    assert "192.0.2.7" in told[0].body
    assert db.session.scalars(required.events.select().where(Event.name == "session.break_glass")).one()
    assert breakglass.last_used(required).used_at


def test_a_rehearsal_while_sso_is_offered_alarms_nobody(acme, ada):
    rehearse(ada)

    assert not db.session.scalars(db.select(Mail).where(Mail.subject.contains("beside"))).all()
    assert breakglass.last_used(acme) is None


def test_the_consequences_are_counted(acme, ada):
    come_in(add_member(acme, "grace@acme.example"))

    counts = enforcement.consequences(acme)

    assert (counts.members, counts.never_through_sso, counts.other_sessions) == (2, 2, 1)


def test_who_has_come_through_sso_is_not_counted_as_never(acme, ada, connection):
    from portal.models import ConnectionIdentity

    db.session.add(
        ConnectionIdentity(
            organization_id=acme.id, connection_id=connection.id, membership_id=ada.id, subject="ada@acme.example"
        )
    )

    assert enforcement.consequences(acme).never_through_sso == 0


def test_recovery_codes_are_no_factor_by_themselves(ada):
    recovery_codes.make(ada.user, by=OPERATOR)

    assert not factors.held(ada.user).any
