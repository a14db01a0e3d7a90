"""OneLogin, JumpCloud, Google and Keycloak as data, told by what makes each of them different from Okta."""

import secrets
import string
import uuid
from dataclasses import replace

from portal.practice.others_scim import JumpCloud, OneLogin
from portal.practice.personality import Claim, Labels, Personality, Refusals, Saml
from portal.words import _l

UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
BASIC = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"

ASKED = (Claim("email", "{email}"), Claim("firstName", "{given_name}"), Claim("lastName", "{family_name}"))
PLAIN = Saml(
    claims=ASKED, sign_response=True, protocol_prefix="samlp", assertion_prefix="saml", signature_prefix="ds", id_prefix="pfx",
    issuer_format=None, attribute_format=BASIC, typed_values=True,
    context="urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport", minutes=3,
    certificate_name="OneLogin (practice)", certificate_years=5, starts_sign_in=True,
)  # fmt: skip
WORDS = Labels(
    console="OneLogin admin", entity_id_first=True, acs_url="SAML Consumer URL", entity_id="SAML Audience URL",
    metadata_url="Issuer URL", sign_on="SSO", people="Users", groups="Roles", provisioning="Provisioning", log="Events",
    base_url="SCIM Base URL", token="SCIM Bearer Token", test="Enable and save", push_all="Provision everybody",
    assign="Give the app to", unassign="Take the app from", deactivate="Suspend", activate="Unsuspend", delete="Delete",
    delete_hint=_l("OneLogin does what the app says under “When users are deleted”; here it suspends, then deletes."),
    push_groups="Push groups now", pace=_l("OneLogin sends each change at once."),
)  # fmt: skip
SAID = Refusals(
    no_request="We're sorry, but an error has occurred. No SAMLRequest was sent.",
    unknown_app="No app has the audience {got}.",
    wrong_acs="{got} is not a valid consumer URL for this app.",
    not_assigned="You do not have access to this application.",
)


def _number() -> str:
    return "".join(secrets.choice(string.digits) for _ in range(21))


def _guid() -> str:
    return str(uuid.uuid4())


ONELOGIN = Personality(
    id="onelogin", guide="onelogin", name="OneLogin", monogram="1L", tint="blue", client=OneLogin,
    entity_id="https://app.onelogin.com/saml/metadata/{app_id}", metadata_query="", saml=PLAIN, labels=WORDS, refusals=SAID,
    new_person_id=_number, new_group_id=_number,
)  # fmt: skip

JUMPCLOUD = replace(
    ONELOGIN, id="jumpcloud", guide="jumpcloud", name="JumpCloud", monogram="JC", tint="teal", client=JumpCloud,
    entity_id="https://jumpcloud.example/{tenant_id}", new_person_id=_guid, new_group_id=_guid,
    saml=replace(
        PLAIN, sign_response=False, protocol_prefix="saml2p", assertion_prefix="saml2", id_prefix="_", bindings=("HTTP-POST",),
        name_id_format="urn:oasis:names:tc:SAML:1.0:nameid-format:unspecified", certificate_name="JumpCloud (practice)",
    ),
    labels=replace(
        WORDS, console="JumpCloud Admin Portal", acs_url="Default URL", entity_id="SP Entity ID",
        metadata_url="Copy Metadata URL", people="Users", groups="User Groups",
        provisioning="Identity Management", log="Directory Insights", base_url="Base URL",
        token="Token Key", test="Test Connection and Activate",
        delete_hint=_l("JumpCloud deletes the person at the application."),
        pace=_l("JumpCloud sends each change at once."),
    ),
    refusals=replace(SAID, not_assigned="You do not have access to this application. Ask your administrator."),
)  # fmt: skip

GOOGLE = replace(
    ONELOGIN, id="google", guide="google", name="Google Workspace", monogram="Go", tint="teal", client=None, pulled=True,
    entity_id="https://accounts.google.com/o/saml2?idpid=C{letters}",
    saml=replace(
        PLAIN, sign_response=False, protocol_prefix="saml2p", assertion_prefix="saml2", id_prefix="_", attribute_format=None,
        name_id_format=UNSPECIFIED, context="urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified",
        certificate_name="Google (practice)",
    ),
    labels=replace(
        WORDS, console="Google Admin console", entity_id_first=False, acs_url="ACS URL", entity_id="Entity ID",
        metadata_url="Download Metadata", sign_on="Web and mobile apps", people="Directory", groups="Groups",
        provisioning="Directory API", log="Audit log", assign="Turn the app on for", unassign="Turn the app off for",
        delete_hint=_l("A deleted account is gone from the next pull on."), pace=_l("Google pushes nothing: we read it."),
    ),
    refusals=Refusals(
        no_request="400. That’s an error. The SAML request is missing.",
        unknown_app="403 app_not_configured: no app has the entity ID {got}.",
        wrong_acs="403 app_not_configured: {got} is not the ACS URL of this app.",
        not_assigned="403 app_not_enabled_for_user: the service is not turned on for this account.",
    ),
)  # fmt: skip

KEYCLOAK = replace(
    ONELOGIN, id="keycloak", guide="keycloak", name="Keycloak", monogram="Kc", tint="blue", client=None,
    entity_id="https://keycloak.example/realms/{tenant_id}", new_person_id=_guid, new_group_id=_guid,
    saml=replace(
        PLAIN, claims=(*ASKED, Claim("Role", "offline_access")), sign_response=False, signature_prefix="dsig", id_prefix="ID_",
        context="urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified", certificate_name="realm (practice)",
        certificate_years=10, wants_signed=True, starts_sign_in=False,
    ),
    labels=replace(
        WORDS, console="Keycloak admin console", acs_url="Master SAML Processing URL", entity_id="Client ID",
        metadata_url="SAML 2.0 Identity Provider Metadata", sign_on="Clients", people="Users", groups="Groups", log="Events",
        pace=_l("Keycloak itself pushes nobody."),
    ),
    refusals=Refusals(
        no_request="We are sorry… Invalid Request",
        unknown_app="We are sorry… Invalid Requester: no client is called {got}.",
        wrong_acs="We are sorry… Invalid redirect uri: {got}",
        not_assigned="We are sorry… You have no access to this client.",
    ),
)  # fmt: skip
