"""Okta and Entra as data: what each signs and claims, how its console words things, and what it says when it refuses; and the
list of all there are."""

import hashlib
import secrets
import string
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace

from portal.practice.entra_scim import Entra
from portal.practice.okta_scim import Okta, OktaCatalogue
from portal.practice.others import GOOGLE, JUMPCLOUD, KEYCLOAK, ONELOGIN
from portal.practice.personality import Claim, Labels, OpenId, Personality, Refusals, Saml
from portal.words import _l

CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
MICROSOFT = "http://schemas.microsoft.com/identity/claims"
_LETTERS = string.ascii_letters + string.digits


def _okta_id(prefix: str) -> Callable[[], str]:
    return lambda: prefix + "".join(secrets.choice(_LETTERS) for _ in range(17))


def _guid() -> str:
    return str(uuid.uuid4())


def facts_of(tenant_id: uuid.UUID) -> Mapping[str, str]:
    """The names a vendor gives the tenant and its application, made from our id so that they never change."""
    octets = hashlib.sha256(tenant_id.bytes).digest()
    letters = "".join(_LETTERS[octet % len(_LETTERS)] for octet in octets[:17])
    return {
        "tenant_id": str(tenant_id),
        "app_id": str(uuid.uuid5(tenant_id, "application")),
        "exk": f"exk{letters}",
        "letters": letters[:9].lower(),
    }


OKTA = Personality(
    id="okta",
    guide="okta",
    name="Okta",
    monogram="Ok",
    tint="blue",
    client=Okta,
    entity_id="http://www.okta.com/{exk}",
    metadata_query="",
    saml=Saml(
        claims=(
            Claim("email", "{email}"),
            Claim("firstName", "{given_name}"),
            Claim("lastName", "{family_name}"),
        ),
        sign_response=True,
        protocol_prefix="saml2p",
        assertion_prefix="saml2",
        signature_prefix="ds",
        id_prefix="id",
        issuer_format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity",
        attribute_format="urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified",
        typed_values=True,
        context="urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
        minutes=5,
        certificate_name="practice-okta",
        certificate_years=10,
        starts_sign_in=True,
    ),
    labels=Labels(
        console="Okta Admin Console",
        entity_id_first=False,
        acs_url="Single sign-on URL",
        entity_id="Audience URI (SP Entity ID)",
        metadata_url="Metadata URL",
        sign_on="Sign On",
        people="Assignments",
        groups="Push Groups",
        provisioning="Provisioning",
        log="System Log",
        base_url="SCIM connector base URL",
        token="Authorization",
        test="Test Connector Configuration and save",
        push_all="Provision everybody",
        assign="Assign",
        unassign="Unassign",
        deactivate="Deactivate",
        activate="Activate",
        delete="Delete",
        delete_hint=_l(
            "Okta never deletes anybody at an application: it deactivates them there, and forgets them here."
        ),
        push_groups="Push groups now",
        pace=_l("Okta sends each change at once."),
        redirect_uri="Sign-in redirect URIs",
        issuer="Okta domain",
        client_secret="Secret",
    ),
    refusals=Refusals(
        no_request="400 Bad Request. Your request resulted in an error.",
        unknown_app="404 Page not found. Okta has no app with the Audience URI (SP Entity ID) {got}.",
        wrong_acs="400 Bad Request. {got} is not the Single sign-on URL of this app.",
        not_assigned="403 User is not assigned this application.",
    ),
    new_person_id=_okta_id("00u"),
    new_group_id=_okta_id("00g"),
)

ENTRA = Personality(
    id="entra",
    guide="entra",
    name="Microsoft Entra ID",
    monogram="En",
    tint="teal",
    client=Entra,
    entity_id="https://sts.windows.net/{tenant_id}/",
    metadata_query="appid={app_id}",
    saml=Saml(
        claims=(
            Claim(f"{MICROSOFT}/tenantid", "{tenant_id}"),
            Claim(f"{MICROSOFT}/objectidentifier", "{id}"),
            Claim(f"{MICROSOFT}/displayname", "{display_name}"),
            Claim(f"{MICROSOFT}/identityprovider", "{entity_id}"),
            Claim(
                "http://schemas.microsoft.com/claims/authnmethodsreferences",
                "http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password",
            ),
            Claim(f"{CLAIMS}/givenname", "{given_name}"),
            Claim(f"{CLAIMS}/surname", "{family_name}"),
            Claim(f"{CLAIMS}/emailaddress", "{email}"),
            Claim(f"{CLAIMS}/name", "{user_name}"),
        ),
        sign_response=False,
        protocol_prefix="samlp",
        assertion_prefix=None,
        signature_prefix=None,
        id_prefix="_",
        issuer_format=None,
        attribute_format=None,
        typed_values=False,
        context="urn:oasis:names:tc:SAML:2.0:ac:classes:Password",
        minutes=60,
        certificate_name="Microsoft Azure Federated SSO Certificate (practice)",
        certificate_years=3,
        sign_metadata=True,
    ),
    labels=Labels(
        console="Microsoft Entra admin center",
        entity_id_first=True,
        acs_url="Reply URL (Assertion Consumer Service URL)",
        entity_id="Identifier (Entity ID)",
        metadata_url="App Federation Metadata Url",
        sign_on="Single sign-on",
        people="Users and groups",
        groups="Groups",
        provisioning="Provisioning",
        log="Provisioning logs",
        base_url="Tenant URL",
        token="Secret token",
        test="Test connection and save",
        push_all="Start provisioning",
        assign="Add assignment",
        unassign="Remove assignment",
        deactivate="Block sign-in",
        activate="Unblock sign-in",
        delete="Delete permanently",
        delete_hint=_l(
            "Entra first soft-deletes, which sends active=false, and sends DELETE 30 days later; "
            "“Delete permanently” sends it at once."
        ),
        push_groups="Provision groups now",
        pace=_l(
            "Entra sends changes in cycles of about 40 minutes; here each is sent at once, as “Provision on demand” does."
        ),
        issuer="OpenID Connect metadata document",
        client_id="Application (client) ID",
        client_secret="Value",
    ),
    refusals=Refusals(
        no_request="AADSTS750054: SAMLRequest or SAMLResponse must be present as query string parameters in HTTP request "
        "for SAML Redirect binding.",
        unknown_app="AADSTS700016: Application with identifier '{got}' was not found in the directory.",
        wrong_acs="AADSTS50011: The reply URL '{got}' specified in the request does not match the reply URLs configured "
        "for the application.",
        not_assigned="AADSTS50105: The signed in user is not assigned to a role for the application.",
    ),
    new_person_id=_guid,
    new_group_id=_guid,
    openid=OpenId(
        claims=(
            Claim("sub", "{app_id}-{id}"),  # another one in every application; `oid` is the same in all
            Claim("oid", "{id}"),
            Claim("tid", "{tenant_id}"),
            Claim("email", "{email}"),
            Claim("upn", "{user_name}"),
            Claim("name", "{display_name}"),
            Claim("given_name", "{given_name}"),
            Claim("family_name", "{family_name}"),
            Claim("preferred_username", "{user_name}"),
            Claim("ver", "2.0"),
        ),
        verifies_email=False,
        mentions_pkce=False,
        shown_after_issuer="/.well-known/openid-configuration",
    ),
)

# “A separate SCIM 2.0 app from Okta’s catalogue”, as the guide calls it: another SCIM client, all else the same.
OKTA_CATALOGUE = replace(OKTA, id="okta-catalogue", name="Okta (SCIM 2.0 app of the catalogue)", client=OktaCatalogue)

EVERY = (OKTA, ENTRA, OKTA_CATALOGUE, GOOGLE, ONELOGIN, JUMPCLOUD, KEYCLOAK)
PERSONALITIES: Mapping[str, Personality] = {one.id: one for one in EVERY}
PUSHING = tuple(one.id for one in EVERY if one.client)
