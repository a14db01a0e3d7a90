"""The door for people who are in: their own pages, and their organization's settings; one module per tab."""

from flask import Blueprint

bp = Blueprint("account", __name__)

from portal.account import (  # noqa: E402
    activity,
    connection,
    connection_keys,
    connection_options,
    connection_roles,
    domains,
    invitations,
    member,
    members,
    organizations,
    profile,
    provisioning,
    security,
    setup_links,
    sign_in,
)

__all__ = [
    "activity", "connection", "connection_keys", "connection_options", "connection_roles", "domains", "invitations", "member",
    "members", "organizations", "profile", "provisioning", "security", "setup_links", "sign_in",
]  # fmt: skip
