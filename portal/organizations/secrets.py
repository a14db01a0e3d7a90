"""Secrets: hashed when we only compare them, encrypted when we must use them again."""

import hashlib
import secrets

from cryptography.fernet import Fernet, MultiFernet

from portal.settings import current


def new_secret(octets: int = 32) -> str:
    return secrets.token_urlsafe(octets)


def digest(secret: str) -> str:
    """SHA-256 in hex: enough for secrets that were random to begin with."""
    return hashlib.sha256(secret.encode()).hexdigest()


def encrypt(text: str) -> str:
    return _fernet().encrypt(text.encode()).decode()


def decrypt(sealed: str) -> str:
    return _fernet().decrypt(sealed.encode()).decode()


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in current().fernet_keys])
