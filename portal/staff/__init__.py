"""The door of support staff: find an organization, see what it has connected and what went wrong, help within limits."""

from flask import Blueprint

bp = Blueprint("staff", __name__, url_prefix="/staff")

from portal.staff import acting, alarms, applications, exchanges, organizations, receipts  # noqa: E402

__all__ = ["acting", "alarms", "applications", "exchanges", "organizations", "receipts"]
