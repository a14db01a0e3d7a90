"""What makes one vendor's IdP different from another's, as values: `personalities.py` fills them in."""

from collections.abc import Callable
from dataclasses import dataclass

from portal.practice.scim_client import ScimClient


@dataclass(frozen=True)
class Claim:
    """`source` is filled with the person's and the tenant's facts."""

    name: str
    source: str


@dataclass(frozen=True)
class Saml:
    """How its responses look on the wire."""

    claims: tuple[Claim, ...]
    sign_response: bool
    protocol_prefix: str
    assertion_prefix: str | None
    signature_prefix: str | None
    id_prefix: str
    issuer_format: str | None
    attribute_format: str | None
    typed_values: bool
    context: str
    minutes: int
    certificate_name: str
    certificate_years: int
    sign_metadata: bool = False
    name_id_format: str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
    bindings: tuple[str, ...] = ("HTTP-POST", "HTTP-Redirect")
    wants_signed: bool = False
    starts_sign_in: bool = False  # whether its sign-in address works without a request (IdP-initiated)


@dataclass(frozen=True)
class OpenId:
    """How it speaks OpenID Connect; what is usual unless a vendor differs."""

    claims: tuple[Claim, ...] = (
        Claim("sub", "{id}"),
        Claim("email", "{email}"),
        Claim("name", "{display_name}"),
        Claim("given_name", "{given_name}"),
        Claim("family_name", "{family_name}"),
        Claim("preferred_username", "{user_name}"),
    )
    verifies_email: bool = True
    mentions_pkce: bool = True
    names_itself: bool = False
    shown_after_issuer: str = ""  # what its console shows is the issuer, or the address of its description


@dataclass(frozen=True)
class Labels:
    """The words of its real console (wizards/<idp>/wizard.toml has the same)."""

    console: str
    entity_id_first: bool
    acs_url: str
    entity_id: str
    metadata_url: str
    sign_on: str
    people: str
    groups: str
    provisioning: str
    log: str
    base_url: str
    token: str
    test: str
    push_all: str
    assign: str
    unassign: str
    deactivate: str
    activate: str
    delete: str
    delete_hint: str
    push_groups: str
    pace: str
    redirect_uri: str = "Redirect URI"
    issuer: str = "Issuer"
    client_id: str = "Client ID"
    client_secret: str = "Client secret"


@dataclass(frozen=True)
class Refusals:
    """What its sign-in page says; the wizard teaches people to read exactly these."""

    no_request: str
    unknown_app: str
    wrong_acs: str
    not_assigned: str


@dataclass(frozen=True)
class Personality:
    id: str
    guide: str  # the wizard that fits it
    name: str
    monogram: str
    tint: str
    client: type[ScimClient] | None  # None: it pushes nobody
    entity_id: str
    metadata_query: str
    saml: Saml
    labels: Labels
    refusals: Refusals
    new_person_id: Callable[[], str]
    new_group_id: Callable[[], str]
    openid: OpenId = OpenId()
    pulled: bool = False  # its directory is read by us
