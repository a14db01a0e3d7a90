"""Whose answer came to an address that several connections shared in another product: by the question it answers, else by the
identity provider it names. Nothing here is believed; the connection's own checks judge the answer."""

import uuid
from collections.abc import Sequence

from flask import request
from werkzeug.exceptions import TooManyRequests

from portal.models import Alias
from portal.organizations import logins
from portal.saml import preflight
from portal.saml.refusals import ResponseRefused
from portal.saml.vocabulary import NAMESPACES
from portal.web import former, limits, session


def choose(several: Sequence[Alias]) -> Alias | None:
    if not limits.allows_saml(
        several[0].place, session.address()
    ):  # reading costs work, and no connection is known yet
        raise TooManyRequests(retry_after=1)
    asked = logins.connection_asked(_login_id(request.form.get("RelayState", "")))
    issuer = _issuer(request.form.get("SAMLResponse", ""))
    by_question = next((alias for alias in several if alias.connection_id == asked), None)
    return by_question or next((alias for alias in several if issuer and alias.issuer == issuer), None)


def _login_id(relay_state: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(relay_state)
    except ValueError:
        return None


def _issuer(encoded: str) -> str:
    try:
        tree = preflight.parse(preflight.decode(encoded))
    except ResponseRefused:
        return ""
    found = tree.findtext("saml:Issuer", None, NAMESPACES) or tree.findtext(
        "saml:Assertion/saml:Issuer", "", NAMESPACES
    )
    return str(found).strip()


former.CHOOSERS.append(choose)
