"""Recognising an IdP by its metadata, and the facts themselves."""

import pytest

from wizards import facts, loading

TENANT = "0e3e1a52-8a3b-4c3d-9f00-0123456789ab"
METADATA = {
    "okta": ("http://www.okta.com/exk5abcDEF0123456789", "https://acme.okta.com/app/acme_portal_1/exk5abcDEF0123456789/sso/saml"),
    "entra": (f"https://sts.windows.net/{TENANT}/", f"https://login.microsoftonline.com/{TENANT}/saml2"),
    "google": ("https://accounts.google.com/o/saml2?idpid=C01abc234", "https://accounts.google.com/o/saml2/idp?idpid=C01abc234"),
    "onelogin": (f"https://app.onelogin.com/saml/metadata/{TENANT}", "https://acme.onelogin.com/trust/saml2/http-post/sso/123456"),
    "jumpcloud": ("IdP Entity ID", "https://sso.jumpcloud.com/saml2/acme-portal"),
    "pingone": (f"https://auth.pingone.eu/{TENANT}", f"https://auth.pingone.eu/{TENANT}/saml20/idp/sso"),
    "pingfederate": ("acme-idp", "https://sso.acme.example:9031/idp/SSO.saml2"),
    "duo": ("https://sso-1a2b.sso.duosecurity.com/saml2/sp/DI123/metadata", "https://sso-1a2b.sso.duosecurity.com/saml2/sp/DI123/sso"),
    "cyberark": (f"https://abc1234.id.cyberark.cloud/{TENANT}", f"https://abc1234.id.cyberark.cloud/applogin/appKey/{TENANT}/customerId/ABC1234"),
    "rippling": ("https://www.rippling.com/saml/acme", "https://app.rippling.com/api/platform/saml/acme/sso"),
    "adfs": ("http://adfs.acme.example/adfs/services/trust", "https://adfs.acme.example/adfs/ls/"),
    "keycloak": ("https://id.acme.example/realms/acme", "https://id.acme.example/realms/acme/protocol/saml"),
    "authentik": ("authentik", "https://id.acme.example/application/saml/acme-portal/sso/binding/redirect/"),
    "auth0": ("urn:acme.eu.auth0.com", "https://acme.eu.auth0.com/samlp/AbCdEf0123456789"),
    "shibboleth": ("https://idp.uni.example/idp/shibboleth", "https://idp.uni.example/idp/profile/SAML2/Redirect/SSO"),
    "cloudflare": ("https://acme.cloudflareaccess.com/", "https://acme.cloudflareaccess.com/cdn-cgi/access/sso/saml/0a1b2c"),
}  # fmt: skip


@pytest.mark.parametrize("idp", METADATA)
def test_an_idp_is_recognised_by_its_metadata(idp):
    assert facts.recognise(*METADATA[idp]).idp.id == idp


ISSUERS = {
    "okta": ["https://acme.okta.com", "https://acme.oktapreview.com/oauth2/default"],
    "entra": [f"https://login.microsoftonline.com/{TENANT}/v2.0", f"https://sts.windows.net/{TENANT}/"],
    "google": ["https://accounts.google.com"],
    "onelogin": ["https://acme.onelogin.com/oidc/2"],
    "jumpcloud": ["https://oauth.id.jumpcloud.com/"],
    "pingone": [f"https://auth.pingone.eu/{TENANT}/as"],
    "adfs": ["https://adfs.acme.example/adfs"],
    "keycloak": ["https://id.acme.example/realms/acme"],
    "authentik": ["https://id.acme.example/application/o/acme-portal/"],
    "auth0": ["https://acme.eu.auth0.com/"],
}


@pytest.mark.parametrize("idp", ISSUERS)
def test_an_idp_is_recognised_by_its_openid_issuer(idp):
    assert {facts.by_issuer(issuer).id for issuer in ISSUERS[idp]} == {idp}


def test_every_pattern_of_an_issuer_is_proven_here():
    patterned = {idp.id: idp.openid.issuer for idp in facts.load().values() if idp.openid.issuer}

    assert set(patterned) == set(ISSUERS)
    assert all(any(one.search(issuer) for issuer in ISSUERS[idp]) for idp, found in patterned.items() for one in found)


@pytest.mark.parametrize("issuer", ["https://idp.acme.example", "https://acme.okta.com.evil.example", "urn:x", ""])
def test_a_strange_issuer_is_nobodys(issuer):
    assert facts.by_issuer(issuer) is None


def test_nobodys_own_issuer_vouches_for_anybody():
    assert not [issuer for issuers in ISSUERS.values() for issuer in issuers if facts.vouches_for_anybody(issuer)]


def test_an_issuer_that_serves_many_companies_has_a_claim_that_says_which():
    assert facts.company_claim("https://accounts.google.com") == "hd"
    assert facts.company_claim("https://acme.okta.com") == ""


def test_every_known_idp_has_metadata_in_this_test():
    """Those that speak SAML; any OpenID provider has none."""
    assert set(facts.load()) - {facts.UNKNOWN, "openid"} == set(METADATA)


@pytest.mark.parametrize(
    ("entity_id", "sso_url"),
    [
        ("https://idp.acme.example/metadata", "https://idp.acme.example/saml2/sso"),
        ("urn:acme:idp", "https://idp.acme.example/login"),
        ("https://okta.com.evil.example/exk1", "https://evil.example/app/x/exk1/sso/saml"),
        ("", ""),
        ("http://[", "https://[::1"),
    ],
)
def test_a_stranger_is_not_recognised(entity_id, sso_url):
    assert facts.recognise(entity_id, sso_url) is None


def test_an_entity_id_alone_can_be_enough():
    assert facts.recognise(METADATA["okta"][0]).idp.name == "Okta"


@pytest.mark.parametrize("wizard", loading.load_all())
def test_every_guide_has_facts(wizard):
    assert wizard in facts.load()


def test_messages_are_matched_as_people_paste_them():
    errors = facts.idp_errors("entra")

    matched = [
        error.id for error in errors if error.match.search("Sorry… AADSTS50105: Your administrator has configured …")
    ]
    assert matched == ["AADSTS50105"]


def test_google_tells_its_two_similar_messages_apart():
    matched = [
        error.id for error in facts.idp_errors("google") if error.match.search("403 app_not_configured_for_user")
    ]

    assert matched == ["app_not_configured_for_user"]


def test_an_unknown_idp_has_no_messages():
    assert facts.idp_errors("nobody") == ()


def test_every_alias_names_one_field_only():
    names = [name for aliases in facts.claims_aliases().values() for name in aliases]

    assert len(names) == len(set(names))


def test_an_operators_folder_may_bring_facts(tmp_path):
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "facts.toml").write_text(
        'name = "Acme IdP"\nsync = "none"\nmonogram = { text = "Ac", hue = 10 }\n'
        '[metadata]\nhow = ["xml"]\npreferred = "xml"\n[recognise]\nentity_id = ["^urn:acme:idp$"]\n'
    )

    assert facts.recognise("urn:acme:idp", "", (tmp_path,)).idp.name == "Acme IdP"
    assert facts.recognise("urn:acme:idp", "") is None
