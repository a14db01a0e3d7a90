"""The door for people who are in: their own pages, and their organization's settings; one module per tab."""

from flask import Blueprint

bp = Blueprint("account", __name__)

from portal.account import (  # noqa: E402
    activity,
    authenticator,
    batches,
    connection,
    connection_keys,
    connection_options,
    connection_roles,
    domains,
    enforcement,
    invitations,
    it_contacts,
    member,
    members,
    organizations,
    owner,
    passkeys,
    profile,
    provisioning,
    provisioning_log,
    receipts,
    recovery_codes,
    security,
    setup_links,
    sign_in,
    support_grants,
)

__all__ = [
    "activity", "authenticator", "batches", "connection", "connection_keys", "connection_options", "connection_roles", "domains",
    "enforcement", "invitations", "it_contacts", "member", "members", "organizations", "owner", "passkeys", "profile",
    "provisioning", "provisioning_log", "receipts", "recovery_codes", "security", "setup_links", "sign_in", "support_grants",
]  # fmt: skip
