"""Passkeys (WebAuthn): a key that stays in a device or a password manager; our half is public."""

import json
import re
import uuid
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, generate_challenge, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal.extensions import db
from portal.models import Passkey, PasskeyChallenge, PasskeyPurpose, User
from portal.models.base import now
from portal.models.engine import insert_new
from portal.organizations import breakglass, credential_notices, events
from portal.organizations.actors import Actor
from portal.organizations.refusals import PasskeyExists, TooManyPasskeys, UnknownPasskey
from portal.organizations.secrets import digest
from portal.settings import current
from portal.words import _l

MOST = 20
CREDENTIAL_ID = re.compile(r"[A-Za-z0-9_-]{1,1400}")
ANSWERED_WITHIN = timedelta(minutes=5)
VERIFIED = UserVerificationRequirement.REQUIRED  # a PIN or a fingerprint: then a passkey is both factors at once
TRANSPORTS = frozenset({"usb", "nfc", "ble", "smart-card", "hybrid", "internal"})


def begin_adding(user: User) -> str:
    """Options for `navigator.credentials.create`, as JSON. The key can be found without an e-mail (discoverable)."""
    challenge = _ask(PasskeyPurpose.ADD, user)
    options = webauthn.generate_registration_options(
        rp_id=_rp_id(), rp_name=current().app_name, challenge=challenge,
        user_id=user.id.bytes, user_name=user.email, user_display_name=user.label,
        exclude_credentials=_descriptors(user),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=VERIFIED
        ),
    )  # fmt: skip
    return webauthn.options_to_json(options)


def add(user: User, credential: str, *, name: str, by: Actor) -> Passkey:
    """`credential` is what the browser answered, as JSON; who is signed in must be whom we asked."""
    try:
        answer = json.loads(credential)
        verified = webauthn.verify_registration_response(
            credential=answer, expected_challenge=_asked(answer, PasskeyPurpose.ADD, user),
            expected_rp_id=_rp_id(), expected_origin=current().public_url, require_user_verification=True,
        )  # fmt: skip
        transports = [one for one in answer["response"].get("transports") or () if one in TRANSPORTS]
    except _UNREADABLE as error:
        raise UnknownPasskey from error
    passkey = Passkey(
        user_id=user.id, credential_id=bytes_to_base64url(verified.credential_id), sign_count=verified.sign_count,
        public_key=bytes_to_base64url(verified.credential_public_key), transports=transports, name=_named(name),
    )  # fmt: skip
    if len(listed(user)) >= MOST:
        raise TooManyPasskeys
    if not insert_new(passkey):
        raise PasskeyExists
    events.record("user.passkey_added", user.home_organization_id, user, by=by, passkey=passkey.name)
    credential_notices.tell(user, _l("The passkey “%(name)s” was added.", name=passkey.name))
    return passkey


def begin_sign_in() -> str:
    """Options for `navigator.credentials.get` that say nothing of anybody: the device offers the keys it holds."""
    return _request_options(_ask(PasskeyPurpose.SIGN_IN, None), None)


def begin_proving(user: User) -> str:
    return _request_options(_ask(PasskeyPurpose.PROVE, user), _descriptors(user))


def check(credential: str, purpose: PasskeyPurpose, user: User | None = None) -> Passkey:
    """The passkey that gave this answer, or `UnknownPasskey`. A counter that went back speaks of a copy and is refused."""
    try:
        answer = json.loads(credential)
        passkey = _by_credential_id(str(answer["id"]))
        verified = webauthn.verify_authentication_response(
            credential=answer, expected_challenge=_asked(answer, purpose, user), expected_rp_id=_rp_id(),
            expected_origin=current().public_url, credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count, require_user_verification=True,
        )  # fmt: skip
    except _UNREADABLE as error:
        raise UnknownPasskey from error
    if user is not None and passkey.user_id != user.id:
        raise UnknownPasskey
    passkey.sign_count, passkey.last_used_at = verified.new_sign_count, now()
    return passkey


def listed(user: User) -> Sequence[Passkey]:
    return db.session.scalars(sa.select(Passkey).where(Passkey.user_id == user.id).order_by(Passkey.id)).all()


def get(user: User, passkey_id: uuid.UUID) -> Passkey | None:
    return db.session.scalars(
        sa.select(Passkey).where(Passkey.user_id == user.id, Passkey.id == passkey_id)
    ).one_or_none()


def rename(passkey: Passkey, name: str, *, by: Actor) -> None:
    passkey.name = _named(name)
    events.record("user.passkey_renamed", passkey.user.home_organization_id, passkey.user, by=by, passkey=passkey.name)


def remove(passkey: Passkey, *, by: Actor) -> None:
    user = passkey.user
    breakglass.lapse(user, passkey.id, by=by)
    db.session.delete(passkey)
    events.record("user.passkey_removed", user.home_organization_id, user, by=by, passkey=passkey.name)
    credential_notices.tell(user, _l("The passkey “%(name)s” was removed.", name=passkey.name))


def _ask(purpose: PasskeyPurpose, user: User | None) -> bytes:
    challenge = generate_challenge()
    row = PasskeyChallenge(purpose=purpose, user_id=user.id if user else None, expires_at=now() + ANSWERED_WITHIN)
    row.challenge_hash = digest(bytes_to_base64url(challenge))
    db.session.add(row)
    return challenge


def _asked(answer: dict[str, dict[str, str]], purpose: PasskeyPurpose, user: User | None) -> bytes:
    """The challenge this answers, if we asked it for this purpose and it has not been answered: it ends here."""
    client_data = parse_client_data_json(base64url_to_bytes(answer["response"]["clientDataJSON"]))
    asked = (
        PasskeyChallenge.challenge_hash == digest(bytes_to_base64url(client_data.challenge)),
        PasskeyChallenge.user_id.is_(None) if user is None else PasskeyChallenge.user_id == user.id,
        PasskeyChallenge.purpose == purpose,
        PasskeyChallenge.expires_at > now(),
    )
    ended = db.session.execute(sa.delete(PasskeyChallenge).where(*asked))
    if ended.rowcount != 1:  # type: ignore[attr-defined]
        raise UnknownPasskey
    return client_data.challenge


def _by_credential_id(credential_id: str) -> Passkey:
    if not CREDENTIAL_ID.fullmatch(credential_id):
        raise UnknownPasskey
    found = db.session.scalars(sa.select(Passkey).where(Passkey.credential_id == credential_id)).one_or_none()
    if found is None:
        raise UnknownPasskey
    return found


def _request_options(challenge: bytes, allowed: list[PublicKeyCredentialDescriptor] | None) -> str:
    options = webauthn.generate_authentication_options(
        rp_id=_rp_id(), challenge=challenge, allow_credentials=allowed, user_verification=VERIFIED
    )
    return webauthn.options_to_json(options)


def _descriptors(user: User) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id)) for one in listed(user)]


def _rp_id() -> str:
    return current().host.partition(":")[0]


def _named(name: str) -> str:
    return "".join(letter for letter in " ".join(name.split()) if letter.isprintable())[:100] or "Passkey"


# What a hostile answer makes of the reading: no JSON, endless depth, other shapes, and the library's own refusals.
_UNREADABLE = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, RecursionError)
