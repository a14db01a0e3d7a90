"""The browser that asked: a Lax cookie of its own, which comes back at the finish and never at the ACS, and the way to
the IdP."""

import re
from urllib.parse import urlsplit

from flask import Response, make_response, redirect, render_template, request

from portal.organizations.secrets import new_secret
from portal.saml import authn_request
from portal.saml.asking import Asked
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
    """SAML bindings §3.4 or §3.5. Chromium holds redirects that follow a form to our `form-action 'self'`; so inside our
    own pages the way leads over a page that goes on by itself, elsewhere straight there."""
    if asked.binding == POST:
        address = asked.provider.sso_url
        headers.allow_form_action(f"{urlsplit(address).scheme}:")  # IdPs send the form on to other hosts of theirs
        fields = authn_request.post_fields(asked.provider, asked.question)
        response = make_response(render_template("saml/post.html", address=address, fields=fields, host=asked.idp_host))
    else:
        address = authn_request.redirect_url(asked.provider, asked.question)
        if request.headers.get("Sec-Fetch-Site") == "same-origin":
            response = make_response(render_template("saml/go.html", address=address, host=asked.idp_host))
        else:
            response = make_response(redirect(address, 303))
    return remember(response, asked.browser)
