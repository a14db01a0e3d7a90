"""The door of the application's own programs: REST under /api/v1, described at /api/openapi.json."""

from flask import Blueprint

from portal.api import entry, problems
from portal.extensions import csrf

bp = Blueprint("api", __name__, url_prefix="/api")
csrf.exempt(bp)
problems.bind(bp)
entry.bind(bp)

from portal.api import (  # noqa: E402
    connections,
    description,
    directories,
    domains,
    events,
    group_rules,
    invitations,
    memberships,
    organization_keys,
    organizations,
    receipts,
    reference,
    roles,
    sessions,
    setup_links,
    users,
    webhooks,
)

__all__ = [
    "bp",
    "connections",
    "description",
    "directories",
    "domains",
    "events",
    "group_rules",
    "invitations",
    "memberships",
    "organization_keys",
    "organizations",
    "receipts",
    "reference",
    "roles",
    "sessions",
    "setup_links",
    "users",
    "webhooks",
]
