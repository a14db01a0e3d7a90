"""Nothing is live before a test passed for exactly this configuration, and nobody locks their company out."""

import pytest

from portal.models import SamlConfiguration, SignInPolicy
from portal.organizations import connection_domains, connections, domains, enforcement
from portal.organizations.actors import Actor, Door
from portal.organizations.refusals import NoOtherWayIn, NothingToUndo, NotTested, NoVerifiedDomain, SsoNotAllowed
from tests.factories import make_organization, member_of, rehearse

ADMIN = Actor(Door.ACCOUNT, "1", "Ada")


def configuration(number=1):
    return SamlConfiguration(f"https://idp.example/{number}", f"https://idp.example/{number}/sso", ("certificate",))


def prove(connection, passed=True):
    test = connections.begin_test(connection, by=ADMIN)
    connections.finish_test(test, connection, passed=passed, report={}, by=ADMIN)


@pytest.fixture
def draft(acme):
    connection = connections.create(acme, "okta", by=ADMIN)
    connections.stage(connection, configuration(), by=ADMIN)
    return connection


def test_an_untested_configuration_does_not_go_live(draft):
    with pytest.raises(NotTested):
        connections.go_live(draft, by=ADMIN)


def test_a_failed_test_proves_nothing(draft):
    prove(draft, passed=False)

    with pytest.raises(NotTested):
        connections.go_live(draft, by=ADMIN)


def test_a_proven_configuration_goes_live(draft):
    prove(draft)

    connections.go_live(draft, by=ADMIN)

    assert draft.live.saml == configuration()
    assert draft.candidate is None


def test_a_test_proves_only_the_configuration_it_was_made_with(draft):
    prove(draft)
    connections.stage(draft, configuration(2), by=ADMIN)

    with pytest.raises(NotTested):
        connections.go_live(draft, by=ADMIN)


def test_mapping_attributes_keeps_the_proof(draft):
    prove(draft)
    connections.set_mapping(draft, {"email": "mail"}, by=ADMIN)

    connections.go_live(draft, by=ADMIN)

    assert draft.live.saml.mapping == {"email": "mail"}


def test_without_a_verified_domain_nothing_goes_live(app):
    organization = make_organization("Initech", owner="bill@initech.example")
    connection = connections.create(organization, "okta", by=ADMIN)
    connections.stage(connection, configuration(), by=ADMIN)
    prove(connection)

    with pytest.raises(NoVerifiedDomain):
        connections.go_live(connection, by=ADMIN)


def test_a_change_to_a_live_connection_waits_beside_it(draft):
    prove(draft)
    connections.go_live(draft, by=ADMIN)

    connections.stage(draft, configuration(2), by=ADMIN)

    assert draft.live.saml == configuration()
    assert draft.candidate.saml == configuration(2)


def test_undo_brings_back_what_was_live_before(draft):
    for number in (1, 2):
        connections.stage(draft, configuration(number), by=ADMIN)
        prove(draft)
        connections.go_live(draft, by=ADMIN)

    connections.undo(draft, by=ADMIN)

    assert draft.live.saml == configuration(1)
    assert draft.candidate.saml == configuration(2)


def test_there_is_nothing_to_undo_at_first(draft):
    with pytest.raises(NothingToUndo):
        connections.undo(draft, by=ADMIN)


def test_switching_off_keeps_the_proof_and_stops_requiring(draft, acme):
    prove(draft)
    connections.go_live(draft, by=ADMIN)
    rehearse(member_of(acme, "ada@acme.example"))
    enforcement.set_policy(acme, SignInPolicy.REQUIRE, by=ADMIN)

    connections.disable(draft, by=ADMIN)

    assert draft.live is None
    assert acme.sign_in_policy is SignInPolicy.OFFER
    connections.go_live(draft, by=ADMIN)


def test_nobody_locks_their_company_out(draft, acme):
    prove(draft)
    connections.go_live(draft, by=ADMIN)

    with pytest.raises(NoOtherWayIn):
        enforcement.set_policy(acme, SignInPolicy.REQUIRE, by=ADMIN)


def test_requiring_sso_needs_a_proven_connection(acme):
    with pytest.raises(NotTested):
        enforcement.set_policy(acme, SignInPolicy.REQUIRE, by=ADMIN)


def test_the_switch_of_the_organization_closes_set_up(acme):
    acme.sso_allowed = False

    with pytest.raises(SsoNotAllowed):
        connections.create(acme, "okta", by=ADMIN)


def test_an_address_leads_to_the_idp_only_from_a_verified_domain(draft, acme):
    prove(draft)
    connections.go_live(draft, by=ADMIN)
    domains.claim(acme, "acme.test", by=ADMIN)

    assert connection_domains.for_email("grace@ACME.example") == [draft]
    assert connection_domains.for_email("grace@acme.test") == []
    assert connection_domains.for_email("grace@sub.acme.example") == []
