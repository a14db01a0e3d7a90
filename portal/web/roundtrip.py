"""The way to an identity provider and back in the same browser: a Lax cookie of its own says that it is the one that asked."""

import re

from flask import Response, make_response, redirect, request

from portal.organizations.secrets import new_secret
from portal.settings import current
from portal.web.pages import send_away
from portal.words import _, _l

LEAD = _l("You sign in at {host}, then come back here.")


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


def go(address: str, lead: str = LEAD) -> Response:
    """Chromium holds redirects that follow a form to our `form-action 'self'`; so inside our own pages the way leads over a
    page that goes on by itself, elsewhere straight there."""
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        return send_away(address, title=_("Taking you to your identity provider"), lead=lead)
    return make_response(redirect(address, 303))
