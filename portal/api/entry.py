"""Letting a program in: the API key, and whether its scopes reach this far; judged before a byte of the body is read."""

from functools import partial

from flask import Blueprint, Response, g, request

from portal.api.problems import Problem
from portal.extensions import db
from portal.models import SCOPES, ApiKey
from portal.models.base import now
from portal.models.engine import begin_writing
from portal.organizations import api_keys
from portal.organizations.actors import Actor, Door
from portal.settings import current
from portal.web import limits
from portal.web.access import guard

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="API"'}


def bind(bp: Blueprint) -> None:
    for scope in SCOPES:
        guard(f"api:{scope}")(partial(_let_in, scope))
    bp.after_request(_touch)


def actor() -> Actor:
    return Actor(Door.API, str(g.api_key_id), g.api_key_name, g.arrived_at)


def _let_in(scope: str) -> None:
    key = _presented()
    if not key.usable(now()):
        raise _unauthorized("This API key was revoked or has expired.")
    if not limits.allows_per_second(current().api_rate, "api", str(key.id)):
        raise Problem(429, headers={"Retry-After": "1"})
    if not key.allows(scope):
        raise Problem(403, f"This API key lacks the scope {scope}.", "scope_missing")
    g.api_key_id, g.api_key_name, g.api_key_stale = key.id, key.name, api_keys.is_stale(key)


def _presented() -> ApiKey:
    scheme, _, secret = request.headers.get("Authorization", "").strip().partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise _unauthorized("")
    key = api_keys.find(secret.strip())
    if key is None:
        raise _unauthorized("We do not know this API key. Was all of it copied?")
    return key


def _unauthorized(words: str) -> Problem:
    return Problem(401, words, headers=CHALLENGE)


def _touch(response: Response) -> Response:
    """Note that the key is in use, now and then, after the answer is made."""
    if g.get("api_key_stale"):
        begin_writing()
        api_keys.touch(g.api_key_id, request.user_agent.string)
        db.session.commit()
    return response
