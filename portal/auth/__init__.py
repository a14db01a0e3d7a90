"""The door for people: the login page, "Sign in with SSO", e-mail links, invitations, sign out."""

from flask import Blueprint

bp = Blueprint("auth", __name__)

from portal.auth import invitations, links, login, passkey, proof, second_step, sso  # noqa: E402

__all__ = ["invitations", "links", "login", "passkey", "proof", "second_step", "sso"]
