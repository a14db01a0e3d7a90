"""Answers to a question asked twice: a POST with the same `Idempotency-Key` is done once, and answered alike."""

import uuid
from datetime import timedelta

import sqlalchemy as sa

from portal.extensions import db
from portal.models import KeptAnswer
from portal.models.base import now
from portal.models.engine import insert_new
from portal.organizations.refusals import KeyReused
from portal.organizations.secrets import decrypt, encrypt

KEPT = timedelta(days=1)


def claim(api_key_id: uuid.UUID, name: str, asked: str) -> tuple[KeptAnswer, bool]:
    """The row to keep the answer in, and whether this is the first to ask. Whoever asks meanwhile waits for the first one."""
    row = KeptAnswer(api_key_id=api_key_id, name=name, asked=asked)
    if insert_new(row):
        return row, True
    held = sa.select(KeptAnswer).where(KeptAnswer.api_key_id == api_key_id, KeptAnswer.name == name)
    former = db.session.scalars(held).one()
    if former.asked != asked:
        raise KeyReused
    return former, False


def keep(row: KeptAnswer, status: int, body: str) -> None:
    row.status, row.body = status, encrypt(body)


def body(row: KeptAnswer) -> str:
    return decrypt(row.body)


def forget_old() -> None:
    db.session.execute(sa.delete(KeptAnswer).where(KeptAnswer.created_at < now() - KEPT))
