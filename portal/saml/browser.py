"""The browser that asked: a Lax cookie of its own, which comes back at the finish and never at the ACS, and the way to
the IdP."""

import re
from urllib.parse import urlsplit

from flask import Response, make_response, redirect, render_template, request

from portal.organizations.secrets import new_secret
from portal.saml import authn_request, bindings
from portal.saml.asking import Asked
from portal.saml.bindings import Message
from portal.saml.vocabulary import POST
from portal.settings import current
from portal.web import headers


def cookie_name() -> str:
    return "__Host-vestibule-login" if current().secure else "vestibule-login"


def secret() -> str:
    """One per browser, so that sign-ins in several tabs do not disturb each other."""
    known = request.cookies.get(cookie_name(), "")
    return known if re.fullmatch(r"[\w-]{40,64}", known) else new_secret()


def presented() -> str:
    return request.cookies.get(cookie_name(), "")


def remember(response: Response, browser: str) -> Response:
    minutes = max(current().saml_test_minutes, current().saml_login_minutes)
    response.set_cookie(
        cookie_name(), browser, max_age=minutes * 60, path="/", secure=current().secure, httponly=True, samesite="Lax"
    )
    return response


def to_idp(asked: Asked) -> Response:
    return remember(send(authn_request.message(asked.provider, asked.question, asked.binding)), asked.browser)


def send(message: Message, lead: str = "You sign in at {host}, then come back here.") -> Response:
    """SAML bindings §3.4 or §3.5. Chromium holds redirects that follow a form to our `form-action 'self'`; so inside our
    own pages the way leads over a page that goes on by itself, elsewhere straight there."""
    words = {"host": message.host, "lead": lead.format(host=message.host)}
    if message.binding == POST:
        headers.allow_form_action(
            f"{urlsplit(message.address).scheme}:"
        )  # IdPs send the form on to other hosts of theirs
        fields = bindings.post_fields(message)
        return make_response(render_template("saml/post.html", address=message.address, fields=fields, **words))
    address = bindings.redirect_url(message)
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        return make_response(render_template("saml/go.html", address=address, **words))
    return make_response(redirect(address, 303))
