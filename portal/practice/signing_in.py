"""The practice IdP as browsers meet it: metadata, “Sign in as …”, and the way back with a signed response."""

import base64
import uuid
from dataclasses import replace
from datetime import timedelta

from flask import Response, make_response, render_template, request, url_for

from portal.extensions import csrf
from portal.models.base import now
from portal.practice import bp, faults, idp, keys, questions
from portal.practice.acting import tenant_of
from portal.practice.cast import Person
from portal.practice.questions import Question, Unreadable
from portal.practice.tenants import Tenant
from portal.web.access import access


class Refusal(Exception):
    """What the vendor's sign-in page would say."""


@bp.get("/idp/<uuid:tenant_id>/metadata")
@access("practice")
def show_metadata(tenant_id: uuid.UUID) -> Response:
    return Response(idp.metadata(tenant_of(tenant_id).sender), mimetype="application/samlmetadata+xml")


@bp.get("/idp/<uuid:tenant_id>/sso")
@access("practice")
def show_sso(tenant_id: uuid.UUID) -> Response:
    encoded = request.args.get("SAMLRequest", "")
    return _choose(tenant_of(tenant_id), encoded, questions.by_redirect, request.args.get("RelayState", ""))


@bp.post("/idp/<uuid:tenant_id>/sso")
@access("practice")
def receive_sso(tenant_id: uuid.UUID) -> Response:
    encoded = request.form.get("SAMLRequest", "")
    return _choose(tenant_of(tenant_id), encoded, questions.by_post, request.form.get("RelayState", ""))


csrf.exempt(receive_sso)  # an application's question comes from another site


@bp.post("/idp/<uuid:tenant_id>/sign-in")
@access("practice")
def sign_in(tenant_id: uuid.UUID) -> Response:
    tenant = tenant_of(tenant_id)
    person = tenant.cast.person(request.form.get("person", ""))
    if person is None or not person.in_use or not tenant.cast.app.ready:
        return refuse(tenant, tenant.personality.refusals.not_assigned)
    response = _signed(tenant, person, request.form.get("request_id", ""))
    fields = {"SAMLResponse": response, "RelayState": request.form.get("relay_state", "")}
    return make_response(render_template("practice/continue.html", tenant=tenant, person=person, fields=fields))


def _choose(tenant: Tenant, encoded: str, read: questions.Reader, relay_state: str) -> Response:
    try:
        question = read(encoded) if encoded else None
        _check(tenant, question)
    except Unreadable as problem:
        return refuse(tenant, f"{tenant.personality.refusals.no_request} ({problem})")
    except Refusal as refusal:
        return refuse(tenant, str(refusal))
    fields = {"request_id": question.id if question else "", "relay_state": relay_state}
    action = url_for("practice.sign_in", tenant_id=tenant.id)
    return make_response(render_template("practice/sign_in.html", tenant=tenant, action=action, fields=fields))


def _check(tenant: Tenant, question: Question | None) -> None:
    refusals, app = tenant.personality.refusals, tenant.cast.app
    if question is None:
        if not tenant.personality.saml.starts_sign_in:
            raise Refusal(refusals.no_request)
        return
    if question.issuer != app.entity_id:
        raise Refusal(refusals.unknown_app.format(got=question.issuer))
    if question.acs_url and question.acs_url != app.acs_url:
        raise Refusal(refusals.wrong_acs.format(got=question.acs_url))


def _signed(tenant: Tenant, person: Person, request_id: str) -> str:
    app = tenant.cast.app
    at = now() + (faults.AHEAD if faults.CLOCK in tenant.cast.faults else timedelta())
    delivery = idp.Delivery(app.acs_url, app.entity_id, request_id, at)
    names = ("id", "user_name", "email", "given_name", "family_name", "display_name")
    facts = {name: getattr(person, name) for name in names}
    return base64.b64encode(idp.response(_sender(tenant), delivery, facts)).decode()


def _sender(tenant: Tenant) -> idp.Sender:
    """With the fault, by a key that its metadata does not name."""
    if faults.CERTIFICATE not in tenant.cast.faults:
        return tenant.sender
    return replace(tenant.sender, key=keys.make("renewed, and told to nobody", years=1, at=now()))


def refuse(tenant: Tenant, words: str) -> Response:
    return make_response(render_template("practice/refused.html", tenant=tenant, words=words), 403)
