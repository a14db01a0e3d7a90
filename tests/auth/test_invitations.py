"""Accepting an invitation in the browser."""

from portal.extensions import db
from portal.organizations import invitations, roles, users
from portal.organizations.actors import OPERATOR
from tests.clients import text
from tests.factories import make_user, member_of


def invite(organization, email="grace@acme.example"):
    _, url = invitations.invite(organization, email, roles.get("admin"), by=OPERATOR)
    db.session.commit()
    return url.removeprefix("http://localhost:8080")


def test_a_new_person_joins_with_name_and_password(client, acme):
    url = invite(acme)

    answer = client.submit(url, {"name": "Grace Hopper", "password": "a long password"})

    assert answer.status_code == 303
    grace = member_of(acme, "grace@acme.example")
    assert (grace.name, grace.role.key, grace.user.password_hash is not None) == ("Grace Hopper", "admin", True)


def test_an_existing_person_is_let_in_without_choosing_a_new_password(client, acme):
    grace = make_user("grace@acme.example", password="her own password")
    before = grace.password_hash

    client.submit(invite(acme), {"password": "somebody else's"})

    assert member_of(acme, "grace@acme.example").user_id == grace.id
    assert users.find("grace@acme.example").password_hash == before


def test_a_weak_password_is_said_at_the_field_and_the_invitation_stays(client, acme):
    url = invite(acme)

    answer = client.submit(url, {"name": "Grace", "password": "short"})

    assert answer.status_code == 422
    assert "at least 10 characters" in answer.text
    assert client.get(url).status_code == 200


def test_a_used_invitation_says_so(client, acme):
    url = invite(acme)
    client.submit(url, {"name": "Grace"})

    assert "does not work any more" in text(client.get(url))


def test_looking_at_an_invitation_changes_nothing(client, acme):
    url = invite(acme)
    for _ in range(3):
        client.get(url)

    assert len(invitations.pending(acme)) == 1
