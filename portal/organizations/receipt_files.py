"""A receipt as a file that proves itself: what happened when, and our signature over it."""

from collections.abc import Sequence

from portal.models import Grant, Receipt
from portal.models.base import Json, now
from portal.organizations import organizations, receipts, signing_keys
from portal.organizations.receipts import Step
from portal.settings import current
from portal.words import in_english

TYPE = "offboarding-receipt+jwt"


def file(receipt: Receipt) -> Json:
    """What is downloaded: the receipt to read, and the same again, signed."""
    said = document(receipt)
    return {"receipt": said, "jws": signing_keys.sign(said, TYPE), "keys": _keys()}


def signed(receipt: Receipt) -> str:
    return signing_keys.sign(document(receipt), TYPE)


def document(receipt: Receipt) -> Json:
    """As it stands now; `iat` says when that was."""
    at = now()
    organization = organizations.find(str(receipt.organization_id))
    return {
        "iss": current().public_url,
        "iat": int(at.timestamp()),
        "receipt_id": str(receipt.id),
        "event_id": str(receipt.event_id),
        "organization": {"id": str(receipt.organization_id), "name": organization.name if organization else ""},
        "person": _person(receipt),
        "deed": receipt.deed,
        "door": receipt.door,
        "by": receipt.actor_label,
        "milliseconds": receipt.milliseconds,
        "ended": {
            "sessions": receipt.sessions_ended,
            "sign_ins": receipt.sign_ins_ended,
            "api_keys": receipt.keys_ended,
        },
        "steps": [
            {"step": step.name, "at": step.at.isoformat() if step.at else None, "detail": step.detail}
            for step in _steps(receipt)
        ],
        "logouts": [_logout(grant) for grant in receipts.logouts(receipt)],
    }


def _steps(receipt: Receipt) -> Sequence[Step]:
    with in_english():
        return receipts.steps(receipt)


def _person(receipt: Receipt) -> Json:
    ids = {"user_id": str(receipt.user_id), "membership_id": str(receipt.membership_id)}
    return {**ids, "email": receipt.email, "name": receipt.name}


def _logout(grant: Grant) -> Json:
    heard_at = grant.logout_heard_at.isoformat() if grant.logout_heard_at else None
    ours = {"client": str(grant.client_id), "session": grant.sid}
    return {**ours, "answered": grant.logout_answered, "acknowledged_at": heard_at}


def _keys() -> list[str]:
    return [f"{current().public_url}/.well-known/{name}" for name in ("jwks.json", "retired-keys.json")]
