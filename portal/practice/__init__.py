"""The practice IdP: speaks SAML, OpenID Connect and SCIM to us as Okta and Entra do; for the demo, tests and rehearsal."""

from flask import Blueprint

bp = Blueprint("practice", __name__, url_prefix="/practice")

from portal.practice import console, groups, log, openid_pages, people, provisioning, sign_on, signing_in  # noqa: E402

__all__ = ["console", "groups", "log", "openid_pages", "people", "provisioning", "sign_on", "signing_in"]
