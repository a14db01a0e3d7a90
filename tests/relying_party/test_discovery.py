"""What is read of a provider's own description, and what is said of it."""

import pytest

from portal.relying_party import discovery
from portal.relying_party.discovery import WELL_KNOWN
from tests.conftest import PUBLIC_URL
from tests.relying_party.op import Provider, key


def codes(typed):
    reading = discovery.read(typed)
    return reading.provider, [finding.code for finding in reading.findings]


@pytest.mark.parametrize("typed", ["{issuer}", "{issuer}/", " {issuer}{known} ", "{issuer}/{known}"])
def test_every_way_of_writing_the_issuer_is_understood(app, provider, typed):
    found, _ = codes(typed.format(issuer=provider.issuer, known=WELL_KNOWN))

    assert found.issuer == provider.issuer
    assert found.endpoints["token_endpoint"] == f"{provider.issuer}/token"
    assert (found.token_auth_method, found.algorithms) == ("client_secret_post", ("RS256", "PS256", "ES256"))


def test_a_provider_that_ends_in_a_slash_is_kept_to_the_letter(app, provider):
    provider.document = {"issuer": f"{provider.issuer}/"}
    found, said = codes(provider.issuer)

    assert (found.issuer, said) == (f"{provider.issuer}/", ["renamed"])


def test_another_name_at_the_same_host_is_followed_once(make_app):
    tenant = Provider("/3f2e")
    try:
        with make_app(fetch_allowed_hosts=(tenant.host,)).app_context():
            found, said = codes(f"http://{tenant.host}/acme.example")
        assert (found.issuer, said) == (tenant.issuer, ["renamed"])
    finally:
        tenant.stop()


BAD = {
    "another-host": ({"issuer": "https://idp.example"}, "issuer"),
    "every-tenant": ({"issuer": "https://idp.example/{tenantid}/v2.0"}, "anybody"),
    "no-issuer": ({"issuer": None}, "no-issuer"),
    "number-as-issuer": ({"issuer": 1}, "no-issuer"),
    "no-token-endpoint": ({"token_endpoint": None}, "incomplete"),
    "plain-http": ({"token_endpoint": "http://idp.example/token"}, "incomplete"),
    "script": ({"authorization_endpoint": "javascript:alert(1)"}, "incomplete"),
    "implicit-only": ({"response_types_supported": ["id_token"]}, "no-code"),
    "shared-secrets-only": ({"id_token_signing_alg_values_supported": ["HS256", "none"]}, "algorithms"),
    "no-secrets": ({"token_endpoint_auth_methods_supported": ["private_key_jwt"]}, "secret"),
    "keys-elsewhere": ({"jwks_uri": "http://127.0.0.1:9/keys"}, "incomplete"),
}


@pytest.mark.parametrize("mistake", BAD)
def test_each_mistake_is_told_in_words(app, provider, mistake):
    provider.document, code = BAD[mistake]
    reading = discovery.read(provider.issuer)

    assert reading.provider is None
    assert [finding.code for finding in reading.findings] == [code]
    assert reading.findings[0].words.endswith(".")


def test_keys_that_cannot_be_trusted_are_none(app, provider):
    small = key("small").as_dict(private=False) | {"n": "AQAB"}
    shared = {"kty": "oct", "k": "c2VjcmV0", "kid": "k1"}
    for listed in ([], [shared], [small], [key().as_dict(private=False) | {"use": "enc"}], ["x"], [{"kty": "RSA"}]):
        provider.keys = [_Listed(one) for one in listed]

        assert codes(provider.issuer) == (None, ["no-keys"])


class _Listed:
    def __init__(self, document):
        self.document = document

    def as_dict(self, private):
        return self.document


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("https://login.microsoftonline.com/common/v2.0", "anybody"),
        ("https://login.microsoftonline.com/organizations/v2.0", "anybody"),
        ("https://login.microsoftonline.com/consumers/v2.0/.well-known/openid-configuration", "anybody"),
        ("https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0", "anybody"),
        ("https://appleid.apple.com", "anybody"),
        (PUBLIC_URL, "ours"),
        ("https://idp.example/?x=1", "not-an-issuer"),
        ("https://user@idp.example", "not-an-address"),
        ("http://idp.example", "not-https"),
        ("https://idp.example:8443", "not-https"),
        ("https://10.0.0.7", "private-address"),
        ("https://[::1]", "private-address"),
        ("https://169.254.169.254/latest", "private-address"),
        ("nonsense nonsense", "not-an-issuer"),
    ],
)
def test_what_nobody_should_type_is_refused_before_anybody_is_asked(app, typed, code):
    assert codes(typed) == (None, [code])


def test_a_page_instead_of_a_description_is_told(app, provider):
    provider.down.add(WELL_KNOWN)
    assert codes(provider.issuer) == (None, ["status"])


def test_pkce_that_is_not_mentioned_is_a_remark_only(app, provider):
    provider.document = {"code_challenge_methods_supported": None, "scopes_supported": ["openid"]}
    found, said = codes(provider.issuer)

    assert found
    assert said == ["pkce", "scopes"]


def test_the_secret_is_sealed_and_every_secret_is_another_configuration(app, provider):
    found = discovery.read(provider.issuer).provider
    one, two = (found.configuration("id", "s3cr3t") for _ in range(2))

    assert "s3cr3t" not in repr(one.dump())
    assert one.hash != two.hash
    assert found.keeping_secret("id", one).hash == one.hash
