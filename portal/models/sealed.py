"""Text and documents that must be read again and are never kept in clear."""

import json
from typing import cast

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy.engine import Dialect

from portal.models.base import Json
from portal.settings import current


def encrypt(text: str) -> str:
    return _fernet().encrypt(text.encode()).decode()


def decrypt(sealed: str) -> str:
    return _fernet().decrypt(sealed.encode()).decode()


class SealedDocument(sa.types.TypeDecorator[Json]):
    """A JSON document, encrypted at rest. Nothing in it is NULL; what no key opens any more reads as nothing."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Json | None, dialect: Dialect) -> str | None:
        return encrypt(json.dumps(value)) if value else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> Json:
        if value is None:
            return {}
        try:
            return cast(Json, json.loads(decrypt(value)))
        except InvalidToken:
            return {}


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in current().fernet_keys])
