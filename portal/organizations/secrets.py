"""Secrets: hashed when we only compare them, encrypted when we must use them again."""

import hashlib
import secrets

from portal.models import sealed


def new_secret(octets: int = 32) -> str:
    return secrets.token_urlsafe(octets)


def digest(secret: str) -> str:
    """SHA-256 in hex: enough for secrets that were random to begin with."""
    return hashlib.sha256(secret.encode()).hexdigest()


def encrypt(text: str) -> str:
    return sealed.encrypt(text)


def decrypt(text: str) -> str:
    return sealed.decrypt(text)
