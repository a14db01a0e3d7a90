"""The practice IdP: speaks SAML, OpenID Connect and SCIM to us as Okta, Entra, Google and others do; for the demo, tests and
rehearsal."""

from flask import Blueprint

bp = Blueprint("practice", __name__, url_prefix="/practice")

from portal.practice import (  # noqa: E402
    console,
    google_api,
    groups,
    log,
    mistakes,
    openid_pages,
    people,
    provisioning,
    sign_on,
    signing_in,
)

__all__ = [
    "console",
    "google_api",
    "groups",
    "log",
    "mistakes",
    "openid_pages",
    "people",
    "provisioning",
    "sign_on",
    "signing_in",
]
