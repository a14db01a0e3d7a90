"""Exports as the products write them, made by hand from their documented shapes."""

import base64
import json

import bcrypt

from tests.saml.conftest import ISSUER
from tests.saml.idp import pair

OLD = "https://sso.old.example"
SECRET = "0123456789abcdef0123456789abcdef"
GRACE, LINUS, TEAM = (f"6f9619ff-8b86-4011-b42d-00c04fc9640{digit}" for digit in "123")
PASSWORD = "swim across the lake"
HASH = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
CERTIFICATE = pair().certificate
BARE = "".join(CERTIFICATE.split("\n")[1:-2])
METADATA = f"""<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{ISSUER}"><IDPSSODescriptor
protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing"><KeyInfo
xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{BARE}</X509Certificate></X509Data></KeyInfo>
</KeyDescriptor><SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
Location="https://idp.example/sso"/></IDPSSODescriptor></EntityDescriptor>"""


def polis(tenant="initech.example", issuer=ISSUER, directory="58b5cd9dfaa39d47eb8f5f88631f9a629a232016"):
    return {
        "connections": [{
            "clientID": f"client-{tenant}", "clientSecret": "hush", "tenant": tenant, "product": "notes", "name": "Okta",
            "defaultRedirectUrl": "https://app.example/callback", "redirectUrl": ["https://app.example/*"],
            "rawMetadata": METADATA.replace(ISSUER, issuer), "deactivated": False, "forceAuthn": False,
            "idpMetadata": {
                "entityID": issuer, "provider": "okta.com", "friendlyProviderName": "Okta", "thumbprint": "ab",
                "sso": {"redirectUrl": "https://idp.example/sso", "postUrl": "https://idp.example/sso"}, "slo": {},
            },
        }],
        "directories": [{
            "id": directory, "name": "Okta SCIM", "tenant": tenant, "product": "notes", "type": "okta-scim-v2",
            "log_webhook_events": False, "deactivated": False, "webhook": {"endpoint": "", "secret": ""},
            "scim": {"path": f"/api/scim/v2.0/{directory}", "endpoint": f"{OLD}/api/scim/v2.0/{directory}", "secret": SECRET},
            "users": [user(GRACE, "grace"), user(LINUS, "linus")],
            "groups": [{"id": TEAM, "name": "Engineers", "raw": {"members": [{"value": GRACE}]}}],
        }],
    }  # fmt: skip


def user(id, name):
    email = f"{name}@initech.example"
    raw = {"userName": email, "externalId": f"00u{name}", "name": {"givenName": name.title(), "familyName": "H"}}
    return {"id": id, "email": email, "first_name": name.title(), "last_name": "H", "active": True, "raw": raw}


def ssoready(**_):
    at = "https://auth.old.example/v1"
    return [
        {"organizations": [{
            "id": "org_1", "environmentId": "environment_1", "externalId": "Initech", "domains": ["initech.example"],
        }], "nextPageToken": ""},
        {"samlConnections": [{
            "id": "saml_conn_1", "organizationId": "org_1", "primary": True, "idpEntityId": ISSUER,
            "idpRedirectUrl": "https://idp.example/sso", "idpCertificate": CERTIFICATE,
            "spEntityId": f"{at}/saml/saml_conn_1", "spAcsUrl": f"{at}/saml/saml_conn_1/acs",
        }]},
        {"scimDirectories": [{
            "id": "scim_directory_1", "organizationId": "org_1", "primary": True, "hasClientBearerToken": True,
            "scimBaseUrl": f"{at}/scim/scim_directory_1",
        }]},
        {"scimUsers": [{
            "id": "scim_user_1", "scimDirectoryId": "scim_directory_1", "email": "grace@initech.example", "deleted": False,
            "attributes": {"userName": "grace@initech.example", "active": True, "name": {"givenName": "Grace"}},
        }]},
        {"scimGroups": [{
            "id": "scim_group_1", "scimDirectoryId": "scim_directory_1", "displayName": "Engineers", "deleted": False,
            "attributes": {"members": [{"value": "scim_user_1"}]},
        }]},
    ]  # fmt: skip


def workos():
    org, directory = "org_01EHWNCE74X7JSDV0X3SZ3KJNY", "directory_01ECAZ4NV9QMV47GW873HDCX74"
    return [
        {"object": "list", "list_metadata": {"before": None, "after": None}, "data": [{
            "object": "organization", "id": org, "name": "Initech",
            "domains": [{"object": "organization_domain", "id": "org_domain_1", "domain": "initech.example",
                         "state": "verified"}],
        }]},
        {"data": [{
            "object": "connection", "id": "conn_01", "organization_id": org, "connection_type": "OktaSAML", "name": "Okta",
            "state": "active", "domains": [],
        }]},
        {"vestibule": "connection", "id": "conn_01", "metadata": METADATA,
         "entity_id": f"{OLD}/conn_01", "acs_url": f"{OLD}/sso/saml/acs/conn_01"},
        {"data": [{"object": "directory", "id": directory, "organization_id": org, "type": "okta scim v2.0", "state": "linked",
                   "name": "Okta SCIM"}]},
        {"vestibule": "directory", "id": directory, "base_url": f"{OLD}/scim/v2.0/abc", "secret": SECRET},
        {"data": [{
            "object": "directory_user", "id": "directory_user_01", "directory_id": directory, "organization_id": org,
            "idp_id": "00u1", "username": "grace@initech.example", "first_name": "Grace", "last_name": "H",
            "emails": [{"primary": True, "type": "work", "value": "grace@initech.example"}], "state": "active",
            "groups": [{"object": "directory_group", "id": "directory_group_01", "name": "Engineers"}], "raw_attributes": {},
            "custom_attributes": {"department": "Research"},
        }]},
        {"data": [{"object": "directory_group", "id": "directory_group_01", "directory_id": directory, "idp_id": "g1",
                   "name": "Engineers", "organization_id": org}]},
        {"data": [{"object": "user", "id": "user_01", "email": "ada@initech.example", "first_name": "Ada", "last_name": "L",
                   "email_verified": True}]},
        {"data": [{"object": "organization_membership", "id": "om_01", "user_id": "user_01", "organization_id": org,
                   "role": {"slug": "admin"}, "status": "active"}]},
    ]  # fmt: skip


def auth0():
    """Lists, and the two exports of users as NDJSON."""
    return [
        {"organizations": [{
            "id": "org_1", "name": "initech", "display_name": "Initech",
            "members": [{"user_id": "auth0|1", "email": "ada@initech.example", "roles": [{"id": "rol_1", "name": "Owner"}]}],
            "enabled_connections": [{"connection_id": "con_1", "connection": {"name": "initech", "strategy": "samlp"}}],
        }]},
        [{"id": "con_1", "name": "initech", "strategy": "samlp", "options": {
            "signInEndpoint": "https://idp.example/sso", "signingCert": base64.b64encode(CERTIFICATE.encode()).decode(),
            "domain_aliases": ["initech.example"], "metadataXml": METADATA,
        }}],
        {"connection_id": "con_1", "connection_name": "initech", "strategy": "samlp", "tenant_name": "acme",
         "user_id_attribute": "externalId", "mapping": []},
        "\n".join(json.dumps(row) for row in (
            {"user_id": "auth0|1", "email": "ada@initech.example", "email_verified": True, "name": "Ada"},
            {"_id": {"$oid": "1"}, "email": "ada@initech.example", "passwordHash": HASH, "tenant": "acme",
             "password_set_date": {"$date": "2025-01-01T00:00:00.000Z"}, "connection": "Username-Password-Authentication"},
            {"user_id": "auth0|2", "email": "alone@elsewhere.example", "multifactor": ["guardian"]},
        )),
    ]  # fmt: skip


def propelauth():
    org, old = "1189c444-8a2d-4c41-8b4b-ae43ce79a492", "https://auth.old.example"
    return [
        {"orgs": [{
            "org_id": org, "name": "Initech", "is_saml_configured": True, "domain": "initech.example", "metadata": {},
            "idp_metadata": {"idp_entity_id": ISSUER, "idp_sso_url": "https://idp.example/sso",
                             "idp_certificate": CERTIFICATE, "provider": "Okta"},
            "sp_metadata": {"entity_id": f"{old}/saml/{org}/metadata", "acs_url": f"{old}/saml/{org}/acs",
                            "logout_url": f"{old}/saml/{org}/logout"},
        }], "total_orgs": 1},
        {"users": [{
            "user_id": "31c41c16-c281-44ae-9602-8a047e3bf33d", "email": "ada@initech.example", "email_confirmed": True,
            "first_name": "Ada", "last_name": "L", "enabled": True, "properties": {"tos": True},
            "org_id_to_org_info": {org: {"org_id": org, "org_name": "Initech", "user_role": "Owner"}},
        }]},
        {"user_id": "31c41c16-c281-44ae-9602-8a047e3bf33d", "password_hash": HASH},
    ]  # fmt: skip
