"""Renewing what ends soon, also by a holder of a link that opens just this: certificates, our keys, tokens."""

import uuid

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from portal.extensions import db
from portal.models import Connection, ConnectionKey, Directory, KeyState, ScimToken
from portal.models.base import now
from portal.organizations import calendar, connection_keys, connections, directories, renewal, tokens
from portal.organizations.refusals import AnotherProvider, Refused
from portal.saml import certificates, metadata
from portal.saml.certificates import Certificate, UnreadableCertificate
from portal.setup import bp, guides, showing, visitor
from portal.web.access import access
from portal.web.htmx import render
from portal.words import _

SCOPE = {"scope": "renew"}
ADDRESS = "/<slug>/renewal"
CONNECTION = f"{ADDRESS}/connections/<uuid:connection_id>"
LONGEST = 1_048_576


class Unreadable(Refused):
    """What was pasted holds no certificate."""


@bp.get(ADDRESS, defaults=SCOPE)
@access("setup")
def show_renewal() -> Response:
    return _page()


@bp.post(f"{CONNECTION}/certificates", defaults=SCOPE)
@access("setup")
def add_certificate(connection_id: uuid.UUID) -> Response:
    visitor.require_proof()
    connection = _connection(connection_id)
    try:
        pems = _given(connection, request.form.get("source", "").strip()[:LONGEST])
        renewal.add_certificates(connection, pems, by=visitor.here().actor, at_once=visitor.here().may_go_live)
    except Refused as refusal:
        return _refuse(refusal, connection_id)
    if visitor.here().may_go_live:
        return _done(_("The next certificate is accepted from now on, beside the present one."))
    return _done(_("The next certificate is handed in. Somebody at the organization switches it on."))


@bp.post(f"{CONNECTION}/keys", defaults=SCOPE)
@access("setup")
def make_next_key(connection_id: uuid.UUID) -> Response:
    try:
        connection_keys.make(_connection(connection_id), by=visitor.here().actor)
    except Refused as refusal:
        return _refuse(refusal, connection_id)
    return _done(_("The next key is in our metadata. Give it to the identity provider, then put it to work."))


@bp.post(f"{CONNECTION}/keys/activation", defaults=SCOPE)
@access("setup")
def use_next_key(connection_id: uuid.UUID) -> Response:
    try:
        connection_keys.activate(_connection(connection_id), by=visitor.here().actor)
    except Refused as refusal:
        return _refuse(refusal, connection_id)
    return _done(_("The next key is at work. What is still on its way for the old one can be read for 30 days."))


@bp.post(f"{ADDRESS}/directories/<uuid:directory_id>/tokens", defaults=SCOPE)
@access("setup")
def renew_token(directory_id: uuid.UUID) -> Response:
    """Shown in this answer only."""
    visitor.require_proof()
    found = directories.listed(visitor.organization())
    directory = next((one for one in found if one.id == directory_id), None) or abort(404)
    _token, secret = renewal.another_token(directory, by=visitor.here().actor)
    db.session.commit()
    return _page(fresh={directory.id: secret})


def _given(connection: Connection, text: str) -> list[str]:
    """The certificates in what was pasted: themselves, or in metadata of this very provider."""
    reading = metadata.read(text)
    if reading.url:
        reading = metadata.read_address(reading.url)
    live = connection.live
    if reading.metadata and live and reading.metadata.entity_id != live.saml.entity_id:
        raise AnotherProvider
    found = reading.metadata.certificates if reading.metadata else reading.certificates
    usable = [one.pem for one in found if one.not_after > now()]
    if not usable:
        words = " ".join(f"{one.words} {one.fix}".strip() for one in reading.findings if not found)
        raise Unreadable(words or _("There is no certificate in this that still holds. Paste the next one."))
    return usable


def _connection(connection_id: uuid.UUID) -> Connection:
    found = connections.listed(visitor.organization())
    return next((one for one in found if one.id == connection_id and _signs(one)), None) or abort(404)


def _signs(connection: Connection) -> bool:
    """By certificates; an OpenID provider's keys renew themselves."""
    return connection.live is not None and connection.live.protocol == "saml"


def _done(said: str) -> Response:
    db.session.commit()
    flash(said)
    return redirect(url_for("setup.show_renewal", slug=visitor.organization().slug), 303)


def _refuse(refusal: Refused, connection_id: uuid.UUID) -> Response:
    db.session.rollback()
    return _page(problems={connection_id: str(refusal)}, status=422)


def _page(
    problems: dict[uuid.UUID, str] | None = None, fresh: dict[uuid.UUID, str] | None = None, status: int = 200
) -> Response:
    here = visitor.organization()
    live = [one for one in connections.listed(here) if _signs(one)]
    return render(
        "setup/renewal.html", "setup/_renewal.html", title=_("Renew what ends"), status=status, organization=here,
        home=showing.home(), deadlines=calendar.ahead([here.id], calendar.SOON * 2), at=now(),
        connections=[(one, guides.get(one.idp), _held(one), _keys(one)) for one in live],
        directories=[(one, guides.get(one.idp), _tokens(one)) for one in directories.listed(here)],
        problems=problems or {}, fresh=fresh or {}, may_go_live=visitor.here().may_go_live,
    )  # fmt: skip


def _held(connection: Connection) -> list[Certificate]:
    pems = connection.live.saml.certificates if connection.live else ()
    try:
        return sorted((one for pem in pems for one in certificates.read(pem)), key=lambda one: one.not_after)
    except UnreadableCertificate:
        return []


def _keys(connection: Connection) -> dict[str, ConnectionKey]:
    return {row.state.value: row for row in connection_keys.listed(connection) if row.state is not KeyState.RETIRED}


def _tokens(directory: Directory) -> list[ScimToken]:
    return tokens.usable(directory)
