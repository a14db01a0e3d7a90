"""Webhooks: addresses of the application that are told what happens, each with a secret that proves us the sender."""

import base64
import hashlib
import hmac
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from portal.extensions import db
from portal.models import Organization, Webhook
from portal.models.base import now
from portal.organizations import events, feed
from portal.organizations.actors import OPERATOR, Actor, Door
from portal.organizations.secrets import decrypt, encrypt
from portal.words import noted

OVERLAP = timedelta(days=1)
BEGINNING = "whsec_"


def create(
    url: str, *, by: Actor, organization: Organization | None = None, event_names: Sequence[str] = ()
) -> tuple[Webhook, str]:
    """Told of what happens from now on. Returns the row and the secret, which nobody can see again. Without names, it is
    told of everything."""
    secret = _new_secret()
    row = Webhook(
        organization_id=organization.id if organization else None,
        url=url,
        secret=encrypt(secret),
        event_names=list(event_names),
        position=feed.end(),
    )
    db.session.add(row)
    db.session.flush()
    _record("webhook.created", row, by, url=url)
    return row, secret


def change(
    row: Webhook,
    *,
    by: Actor,
    url: str | None = None,
    event_names: Sequence[str] | None = None,
    enabled: bool | None = None,
) -> None:
    """Switched on again it goes on where it was, so that nothing is lost."""
    wanted = {"url": url, "event_names": None if event_names is None else list(event_names), "enabled": enabled}
    changed = {name: value for name, value in wanted.items() if value is not None and getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    if "enabled" in changed:
        row.disabled_because = "" if enabled else noted("Switched off by hand.")
    if changed:
        _record("webhook.changed", row, by, fields=sorted(changed))


def rotate_secret(row: Webhook, *, by: Actor) -> str:
    """Both secrets sign for a day, so that no message is lost while the receiver is given the new one."""
    secret = _new_secret()
    row.former_secret, row.former_until = row.secret, now() + OVERLAP
    row.secret = encrypt(secret)
    _record("webhook.secret_rotated", row, by)
    return secret


def disable_gone(row: Webhook) -> None:
    """The receiver answered 410: nobody lives there any more (Standard Webhooks, “Failed attempts”)."""
    if row.enabled:
        row.enabled, row.disabled_because = False, noted("The address answered 410 Gone.")
        _record("webhook.disabled", row, Actor(Door.WORKER, "", OPERATOR.label), because=row.disabled_because)


def delete(row: Webhook, *, by: Actor) -> None:
    _record("webhook.deleted", row, by, url=row.url)
    db.session.delete(row)


def get(webhook_id: uuid.UUID) -> Webhook | None:
    return db.session.get(Webhook, webhook_id)


def signatures(sealed: Sequence[str], message_id: str, at: datetime, body: bytes) -> str:
    """The value of `webhook-signature`: one for each secret, the present one first (Standard Webhooks, “Signature scheme”)."""
    signed = f"{message_id}.{int(at.timestamp())}.".encode() + body
    return " ".join(f"v1,{_sign(decrypt(one), signed)}" for one in sealed)


def _sign(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(BEGINNING))
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _new_secret() -> str:
    return BEGINNING + base64.b64encode(secrets.token_bytes(32)).decode()


def _record(name: str, row: Webhook, by: Actor, **data: object) -> None:
    events.record(name, row.organization_id, row, by=by, **data)
