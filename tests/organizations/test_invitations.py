"""Invitations and mail links: bound to one address, used once, dead when the person is gone."""

from datetime import timedelta

import pytest

from portal.extensions import db
from portal.models import Mail
from portal.models.base import now
from portal.organizations import invitations, mail_links, members, roles, setup_links
from portal.organizations.actors import OPERATOR, Actor, Door
from portal.organizations.refusals import AlreadyInvited, AlreadyMember, BadEmail, LinkUsedUp
from tests.factories import make_user, member_of


def invite(organization, email="grace@acme.example", role="admin"):
    invitation, url = invitations.invite(organization, email, roles.get(role), by=OPERATOR)
    return invitation, url.rpartition("/")[2]


def test_an_invitation_makes_a_member_with_its_role(acme):
    invitation, secret = invite(acme)

    membership = invitations.accept(invitations.find(secret), make_user("grace@acme.example"), by=OPERATOR)

    assert (membership.role.key, membership.source) == ("admin", "invitation")
    assert invitation.accepted_at


def test_it_works_once(acme):
    invitation, secret = invite(acme)
    invitations.accept(invitation, make_user("grace@acme.example"), by=OPERATOR)

    with pytest.raises(LinkUsedUp):
        invitations.find(secret)


def test_it_works_for_its_address_only(acme):
    invitation, _ = invite(acme)

    with pytest.raises(LinkUsedUp):
        invitations.accept(invitation, make_user("eve@acme.example"), by=OPERATOR)


def test_it_expires_and_does_not_stand_in_the_way_of_another(acme):
    invitation, secret = invite(acme)
    invitation.expires_at = now() - timedelta(seconds=1)
    db.session.flush()

    with pytest.raises(LinkUsedUp):
        invitations.find(secret)
    invite(acme)


def test_one_open_invitation_for_an_address(acme):
    invite(acme)

    with pytest.raises(AlreadyInvited):
        invite(acme, "GRACE@acme.example")


def test_members_are_not_invited(acme):
    with pytest.raises(AlreadyMember):
        invite(acme, "ada@acme.example")


@pytest.mark.parametrize(
    "email", ["", "ada", "ada@", "@acme.example", "a b@acme.example", "a@b\n.example", "<a@b.example>"]
)
def test_what_is_no_address_is_refused(acme, email):
    with pytest.raises(BadEmail):
        invite(acme, email)


def test_the_link_is_mailed_and_only_its_hash_is_kept(acme):
    invitation, secret = invite(acme)
    db.session.flush()

    sent = db.session.scalars(db.select(Mail)).one()
    assert secret in sent.body
    assert secret not in invitation.token_hash


def test_a_mail_link_signs_in_once(acme):
    ada = member_of(acme, "ada@acme.example").user
    mail_links.send(ada, by=OPERATOR)
    db.session.flush()
    secret = db.session.scalars(db.select(Mail)).one().body.split("/sign-in/")[1].split()[0]

    assert mail_links.use(mail_links.find(secret)).id == ada.id
    with pytest.raises(LinkUsedUp):
        mail_links.find(secret)


def test_who_is_suspended_leaves_no_way_in_behind(acme):
    grace = members.add(acme, make_user("grace@acme.example"), by=OPERATOR, role=roles.get("admin"))
    by_grace = Actor(Door.ACCOUNT, str(grace.user_id), "Grace")
    link, url = setup_links.create(acme, by=by_grace)
    mail_links.send(grace.user, by=by_grace)
    db.session.flush()

    members.suspend(grace, by=OPERATOR)
    db.session.expire_all()

    with pytest.raises(LinkUsedUp):
        setup_links.find(link.id, url.rpartition(".")[2])
    secret = db.session.scalars(db.select(Mail)).one().body.split("/sign-in/")[1].split()[0]
    with pytest.raises(LinkUsedUp):
        mail_links.find(secret)
