"""The way to the IdP, with our question or our word about signing out."""

from urllib.parse import urlsplit

from flask import Response, make_response, render_template

from portal.saml import authn_request, bindings
from portal.saml.asking import Asked
from portal.saml.bindings import Message
from portal.saml.vocabulary import POST
from portal.web import headers, roundtrip


def to_idp(asked: Asked) -> Response:
    return roundtrip.remember(send(authn_request.message(asked.provider, asked.question, asked.binding)), asked.browser)


def send(message: Message, lead: str = roundtrip.LEAD) -> Response:
    """SAML bindings §3.4 or §3.5."""
    if message.binding != POST:
        return roundtrip.go(bindings.redirect_url(message), lead)
    headers.allow_form_action(f"{urlsplit(message.address).scheme}:")  # IdPs send the form on to other hosts of theirs
    page = render_template(
        "saml/post.html", address=message.address, fields=bindings.post_fields(message), host=message.host,
        lead=lead.format(host=message.host),
    )  # fmt: skip
    return make_response(page)
