"""A connection's keys: the certificates its IdP may sign with, and our own key pairs towards it."""

import uuid

from flask import Response as Page
from flask import abort
from werkzeug.wrappers import Response

from portal.account import bp
from portal.account.connection_forms import CertificateForm
from portal.account.connection_pages import ADDRESS, Place, attempt, find, held, page
from portal.models import Connection, KeyState
from portal.models.base import now
from portal.organizations import connection_certificates, connection_keys
from portal.saml import certificates
from portal.saml.certificates import SOON, Certificate, UnreadableCertificate
from portal.web.access import access
from portal.web.tenant import actor
from portal.words import _


@bp.get(f"{ADDRESS}/keys")
@access("org:manage_sso")
def show_connection_keys(slug: str, connection_id: uuid.UUID) -> Response:
    return _page(find(connection_id))


@bp.post(f"{ADDRESS}/certificates")
@access("org:manage_sso")
def add_certificate(slug: str, connection_id: uuid.UUID) -> Response:
    found, form = find(connection_id), CertificateForm()
    read = _read(form) if form.validate_on_submit() else ()
    if not read:
        return _page(found, form=form, status=422)
    said = _("The certificate is on the list. Answers signed with it count from now on, beside the others.")
    return attempt(HERE, found, lambda: connection_certificates.add(found, [one.pem for one in read], by=actor()), said)


@bp.post(f"{ADDRESS}/certificates/<fingerprint>/removal")
@access("org:manage_sso")
def remove_certificate(slug: str, connection_id: uuid.UUID, fingerprint: str) -> Response:
    found = find(connection_id)
    known = held(found.candidate or found.live)
    pem = next((key.pem for key in known if key.fingerprint == fingerprint), None) or abort(404)
    said = _("Test a sign-in without it on the overview, then switch that on. Until then the certificate still counts.")
    return attempt(HERE, found, lambda: connection_certificates.remove(found, pem, by=actor()), said)


@bp.post(f"{ADDRESS}/keys")
@access("org:manage_sso")
def make_connection_key(slug: str, connection_id: uuid.UUID) -> Response:
    found = find(connection_id)
    return attempt(
        HERE, found, lambda: connection_keys.make(found, by=actor()), _("The key is made, and in our metadata.")
    )


@bp.post(f"{ADDRESS}/keys/activation")
@access("org:manage_sso")
def activate_connection_key(slug: str, connection_id: uuid.UUID) -> Response:
    found = find(connection_id)
    said = _("The next key signs from now on. The former one opens what is still on its way, for 30 days.")
    return attempt(HERE, found, lambda: connection_keys.activate(found, by=actor()), said)


def _read(form: CertificateForm) -> tuple[Certificate, ...]:
    try:
        return certificates.read(form.certificate.data or "")
    except UnreadableCertificate as problem:
        form.certificate.errors = [str(problem)]
        return ()


def _page(
    connection: Connection, *, form: CertificateForm | None = None, problem: str = "", status: int = 200
) -> Page:  # fmt: skip
    target = connection.live or connection.candidate
    keys = connection_keys.listed(connection)
    return page(
        "connection_keys", connection, title=_("Keys and certificates"), status=status, problem=problem, target=target,
        theirs=[(key, _state(key)) for key in held(target)], form=form or CertificateForm(formdata=None),
        leaving={key.fingerprint for key in held(connection.live)} - {key.fingerprint for key in held(connection.candidate)}
        if connection.live and connection.candidate else set(),
        ours=keys, waiting=next((key for key in keys if key.state is KeyState.NEXT), None),
    )  # fmt: skip


def _state(key: Certificate) -> tuple[str, str]:
    """As a status: kind and words."""
    if key.not_after <= now():
        return "bad", _("Expired")
    if key.not_after <= now() + SOON:
        return "attention", _("Ends soon")
    if key.not_before > now():
        return "waiting", _("Not yet valid")
    return ("ok", _("Valid")) if key.strong else ("attention", _("Weak key"))


HERE = Place("account.show_connection_keys", _page)
