"""A company moves from SAML to OpenID Connect and back: nothing is lost, and nobody gets somebody else's account."""

import pytest

from portal.extensions import db
from portal.models import ConnectionIdentity
from portal.organizations import connection_options, connections
from portal.organizations.actors import OPERATOR
from portal.organizations.refusals import NotAnOption
from tests.clients import text
from tests.factories import make_connection
from tests.relying_party.conftest import begin, come_in, configuration, place, sessions
from tests.relying_party.op import ADA
from tests.saml.conftest import come_in as come_in_by_saml
from tests.saml.conftest import configuration as saml
from tests.saml.conftest import place as saml_place

GRACE = ADA | {"sub": "00u-grace", "email": "grace@acme.example"}


@pytest.fixture
def moved(acme, provider):
    """Live by SAML, with a candidate of OpenID Connect beside it."""
    made = make_connection(acme, saml(), idp="okta")
    connections.stage(made, configuration(provider), by=OPERATOR)
    db.session.commit()
    return made


def go_live(connection):
    connections.go_live(connection, by=OPERATOR)
    db.session.commit()
    db.session.expire_all()


def test_people_go_on_by_the_old_way_until_the_new_one_is_live(client, moved):
    assert moved.protocol == "saml"
    assert come_in_by_saml(client, moved).status_code == 303


def test_both_login_addresses_lead_to_the_one_that_is_live(client, moved):
    before = client.get(place(moved, "login?next=/account/security")).location
    go_live(moved)
    after = client.get(saml_place(moved, "login?next=/account/security")).location

    assert before == f"/saml/{moved.id}/login?next=/account/security"
    assert after == f"/oidc/{moved.id}/login?next=/account/security"


def test_a_member_keeps_the_account_under_the_new_name(client, moved, provider):
    come_in_by_saml(client, moved, name_id="p-1", name_format="", attributes=[("email", ("grace@acme.example",))])
    go_live(moved)
    come_in(client, moved, provider, GRACE)

    assert len({session.user_id for session in sessions()}) == 1
    assert {row.issuer for row in db.session.query(ConnectionIdentity)} == {"https://idp.example/saml", provider.issuer}


def test_the_same_name_at_another_idp_is_somebody_else(client, moved, provider):
    come_in_by_saml(client, moved, name_id="1001", name_format="", attributes=[("email", ("bob@acme.example",))])
    go_live(moved)
    come_in(client, moved, provider, GRACE | {"sub": "1001"})

    assert {session.user.email for session in sessions()} == {"bob@acme.example", "grace@acme.example"}


def test_names_made_anew_are_the_same_person_under_the_same_stable_id(client, connection, provider):
    come_in(client, connection, provider, GRACE, oid="o-1")
    renewed = come_in(client, connection, provider, GRACE | {"sub": "of-another-app"}, oid="o-1")
    stranger = come_in(client, connection, provider, GRACE | {"sub": "given-the-address"}, oid="o-2")

    assert (renewed.status_code, stranger.status_code) == (303, 403)
    assert len({session.user_id for session in sessions()}) == 1


def test_undo_goes_back_to_saml(client, moved):
    go_live(moved)
    connections.undo(moved, by=OPERATOR)
    db.session.commit()

    assert (moved.live.protocol, moved.candidate.protocol) == ("saml", "oidc")
    assert come_in_by_saml(client, moved).status_code == 303


def test_an_answer_of_saml_does_not_come_in_after_the_move(client, moved):
    from tests.saml.conftest import begin as ask_by_saml
    from tests.saml.conftest import post, reply

    question = ask_by_saml(client, moved)
    go_live(moved)

    assert post(client, moved, reply(moved, question.id).encoded(), question.relay_state).status_code == 400
    assert sessions() == []


def test_metadata_of_ours_is_published_whatever_is_live(client, moved):
    go_live(moved)

    assert client.get(saml_place(moved, "metadata")).status_code == 200


def test_an_option_of_saml_is_refused_in_words(app, connection):
    with pytest.raises(NotAnOption):
        connection_options.change(connection, by=OPERATOR, allow_cbc=True)
    assert connection_options.change(connection, by=OPERATOR, force_authn=True).oidc.force_authn


def test_a_draft_signs_nobody_in(client, draft):
    page = client.get(place(draft, "login"))

    assert page.status_code == 400
    assert "not switched on" in text(page)


def test_the_login_page_leads_there_by_the_domain(client, connection, provider):
    answer = client.submit("/login", {"email": "grace@acme.example", "next": ""})

    assert client.get(answer.location).location.startswith(f"{provider.issuer}/authorize?")


def test_a_hint_of_who_signs_in_is_handed_on(client, connection):
    assert "login_hint=grace%40acme.example" in begin(client, connection, login_hint="grace@acme.example")
