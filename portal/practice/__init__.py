"""The practice IdP: speaks SAML and SCIM to us as Okta and Entra do; for the demo, tests and rehearsal."""

from flask import Blueprint

bp = Blueprint("practice", __name__, url_prefix="/practice")
