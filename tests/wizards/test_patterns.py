"""Every regular expression among the facts is proven on a sample of what it is meant for."""

import pytest

from tests.wizards.test_recognition import METADATA, TENANT
from wizards import facts

# What METADATA does not show: other regions and other generations of the same provider.
MORE = {
    "okta": [
        *(f"https://acme.{host}/app/x/exk1/sso/saml" for host in ("oktapreview.com", "okta-emea.com", "okta-gov.com")),
        *(f"https://acme.{host}/app/x/exk1/sso/saml" for host in ("okta.mil", "trexcloud.com")),
    ],
    "entra": [
        f"https://sts.chinacloudapi.cn/{TENANT}/",
        f"https://login.microsoftonline.us/{TENANT}/saml2",
        f"https://login.partner.microsoftonline.cn/{TENANT}/saml2",
    ],
    "authentik": ["https://id.acme.example/application/saml/acme-portal/metadata/"],
    "cyberark": ["https://abc1234.my.idaptive.app/applogin/appKey/1", "https://abc1234.my.centrify.com/applogin/appKey/1"],
}  # fmt: skip

# What people see and paste, one line for each thing a message is known by.
MESSAGES = {
    "okta-not-assigned": [
        "403",
        "App Not Assigned",
        "Sorry, you can't access Acme because you are not assigned this app in Okta.",
    ],
    "okta-not-found": ["404", "Page Not Found", "app_instance_disabled"],
    "okta-scim-401": ["Unauthorized. Errors reported by remote server", "Error: invalid access token"],
    "okta-matching-user": ["Matching user not found"],
    "okta-redirect": ["The 'redirect_uri' parameter must be a Login redirect URI in the client app settings"],
    "app_not_configured": ["403. Error: app_not_configured"],
    "app_not_configured_for_user": ["Error: app_not_configured_for_user"],
    "app_not_enabled_for_user": ["Error: app_not_enabled_for_user"],
    "duplicate_entity_id": ["400 duplicate entity id"],
    "adfs-unknown-party": [
        "MSIS7007",
        "The requested relying party trust 'https://acme.example' is unspecified or unsupported.",
    ],
    "adfs-not-authorized": ["MSIS5007", "The caller authorization failed for caller identity ACME\\ada"],
    "adfs-name-id": [
        "MSIS7070: The SAML request contained a NameIDPolicy that was not satisfied",
        "urn:oasis:names:tc:SAML:2.0:status:InvalidNameIDPolicy",
    ],
    "keycloak-invalid-requester": ["We are sorry... Invalid requester"],
    "keycloak-unknown-client": [
        "Client not found.",
        "Unknown login requester",
        "Login requester not enabled",
        "Wrong client protocol.",
    ],
    "keycloak-redirect": ["Invalid redirect uri"],
    "authentik-acs": ["ACS URL of https://a.example/acs doesn't match Provider ACS URL of https://b.example/acs."],
    "authentik-denied": ["Permission denied", "Request has been denied."],
    "shibboleth-unknown-party": [
        "Web Login Service - Unsupported Request",
        "The application you have accessed is not registered for use with this service.",
    ],
    "cloudflare-no-access": ["That account does not have access."],
    "not-assigned": ["You are not assigned to this app", "You have no access", "Not authorized", "403"],
    "unknown-app": ["Unknown service provider", "Unknown issuer", "Application not found", "SP is not registered"],
    "openid-redirect": ["redirect_uri did not match any of the client's registered ones"],
    "openid-client": ["Unknown client", "Invalid client_id"],
    "wrong-address": ["ACS URL mismatch", "Invalid: the redirect address is invalid", "Consumer URL not allowed"],
}

EVERY_IDP = pytest.mark.parametrize("idp", facts.load().values(), ids=lambda idp: idp.id)
EVERY_MESSAGE = pytest.mark.parametrize(
    ("idp", "error"),
    [pytest.param(idp, error, id=error.id) for idp in facts.load().values() for error in idp.idp_errors],
)


def samples(idp):
    """Entity ids, and hosts and paths of the addresses for sign-in."""
    texts = [*METADATA.get(idp, ()), *MORE.get(idp, ())]
    return texts + [part for text in texts for part in facts._parts(text)]


@EVERY_IDP
def test_every_mark_is_seen_in_metadata(idp):
    marks = (*idp.recognise.entity_id, *idp.recognise.sso_host, *idp.recognise.sso_path)

    unproven = [mark.pattern for mark in marks if not any(mark.search(text) for text in samples(idp.id))]
    assert unproven == []


@EVERY_IDP
def test_no_mark_is_another_providers(idp):
    taken = [other for other in METADATA if other != idp.id and facts.recognise(*METADATA[other]).idp.id == idp.id]

    assert taken == []


@EVERY_MESSAGE
def test_every_message_is_known_by_what_people_paste(idp, error):
    pasted = MESSAGES.get(error.id, [f"Sorry, but we’re having trouble: {error.id}: something failed."])

    assert [text for text in pasted if not error.match.search(text)] == []


@EVERY_MESSAGE
def test_a_message_is_not_taken_for_another_of_the_same_provider(idp, error):
    pasted = MESSAGES.get(error.id, [error.id])

    confused = [
        (text, other.id)
        for text in pasted
        for other in idp.idp_errors
        if other is not error and other.match.search(text)
    ]
    assert confused == []


def test_no_sample_is_left_over():
    known = {error.id for idp in facts.load().values() for error in idp.idp_errors}

    assert set(MESSAGES) <= known


@pytest.mark.parametrize("entity_id", ["urn:acme-idp", "https://rippling.com.evil.example/", "urn:acme.example"])
def test_a_bare_name_is_nobodys(entity_id):
    assert facts.recognise(entity_id, "https://sso.acme.example/saml") is None
