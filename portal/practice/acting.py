"""One click in the practice console: change, send, keep, and go back to the page with what happened."""

import uuid
from collections.abc import Callable

from flask import abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from portal.extensions import db
from portal.practice import tenants
from portal.practice.cast import Group, Person
from portal.practice.tenants import Tenant
from portal.words import _


def tenant_of(tenant_id: uuid.UUID) -> Tenant:
    return tenants.find(tenant_id) or abort(404)


def person_of(tenant: Tenant, id: str) -> Person:
    return tenant.cast.person(id) or abort(404)


def group_of(tenant: Tenant, id: str) -> Group:
    return tenant.cast.group(id) or abort(404)


def act(tenant_id: uuid.UUID, work: Callable[[Tenant], str], *, back: str) -> Response:
    """`work` changes the tenant, may send requests, and returns what to say when all went well."""
    tenant = tenant_of(tenant_id)
    db.session.rollback()  # the requests come back to this very process, which must not wait for our own transaction
    before, words = len(tenant.exchanges), work(tenant)
    tenant.cast.problem = tenant.problems[0] if tenant.problems else ""
    tenants.save(tenant)
    db.session.commit()
    if not tenant.problems:
        flash(f"{words} {_told(tenant, before)}".strip())
    return redirect(url_for(back, tenant_id=tenant_id), 303)


def _told(tenant: Tenant, before: int) -> str:
    sent = [exchange.method for exchange in tenant.exchanges[before:] if exchange.method != "GET"]
    return _("The application was told (%(methods)s).", methods=", ".join(dict.fromkeys(sent))) if sent else ""
