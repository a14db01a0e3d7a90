"""The door for people who are in: their own pages, and their organization's settings; one module per tab."""

from flask import Blueprint

bp = Blueprint("account", __name__)

from portal.account import (  # noqa: E402
    activity,
    authenticator,
    domains,
    enforcement,
    invitations,
    member,
    members,
    organizations,
    passkeys,
    profile,
    provisioning,
    recovery_codes,
    security,
    setup_links,
    sign_in,
)

__all__ = [
    "activity", "authenticator", "domains", "enforcement", "invitations", "member", "members", "organizations", "passkeys",
    "profile", "provisioning", "recovery_codes", "security", "setup_links", "sign_in",
]  # fmt: skip
