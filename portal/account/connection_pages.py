"""What the pages of one connection share: finding it, the way from one to the other, doing something and coming back."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from flask import Response as Page
from flask import abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from portal.account.forms import ActionForm
from portal.account.tabs import Item, show_organization
from portal.extensions import db
from portal.models import Connection, ConnectionConfiguration
from portal.organizations.refusals import Refused
from portal.saml import certificates
from portal.saml.certificates import Certificate, UnreadableCertificate
from portal.web.tenant import organization
from portal.words import _l

ADDRESS = "/organizations/<slug>/sign-in/<uuid:connection_id>"
PAGES = (
    ("connection", _l("Overview"), "eye", "account.show_connection"),
    ("connection_options", _l("How people sign in"), "settings", "account.show_connection_options"),
    ("connection_keys", _l("Keys and certificates"), "key-round", "account.show_connection_keys"),
    ("connection_roles", _l("Attributes and roles"), "list-checks", "account.show_connection_roles"),
)


@dataclass(frozen=True)
class Place:
    """One of the pages: its endpoint, and how to show it again with a problem."""

    endpoint: str
    show: Callable[..., Page]


def find(connection_id: uuid.UUID) -> Connection:
    ours = organization().connections.select().where(Connection.id == connection_id)
    found: Connection | None = db.session.scalars(ours).one_or_none()
    return found or abort(404)


def page(name: str, connection: Connection, *, title: str, status: int = 200, **context: object) -> Page:
    address = {"slug": organization().slug, "connection_id": connection.id}
    there = [entry for entry in PAGES if entry[0] != "connection_keys" or has_keys(connection)]
    pages = [Item(str(label), icon, url_for(endpoint, **address), key == name) for key, label, icon, endpoint in there]  # type: ignore[arg-type]
    context |= {"connection": connection, "pages": pages, "action": ActionForm()}
    return show_organization(name, title=title, status=status, **context)  # type: ignore[arg-type]


def has_keys(connection: Connection) -> bool:
    """SAML's are exchanged by hand; an OpenID provider publishes its own, and we have none towards it."""
    protocols = {row.protocol for row in (connection.live, connection.candidate) if row}
    return protocols != {"oidc"}


def attempt(place: Place, connection: Connection, deed: Callable[[], object], said: str) -> Response:
    """Do it, say so and come back; or show the page again with why not."""
    try:
        deed()
    except Refused as refusal:
        db.session.rollback()
        return place.show(connection, problem=str(refusal), status=422)
    db.session.commit()
    flash(said)
    return redirect(url_for(place.endpoint, slug=organization().slug, connection_id=connection.id), 303)


def held(row: ConnectionConfiguration | None) -> tuple[Certificate, ...]:
    """The IdP's certificates, as people see them."""
    if row is None:
        return ()
    try:
        return certificates.read("\n".join(row.configuration.certificates))
    except UnreadableCertificate:
        return ()
