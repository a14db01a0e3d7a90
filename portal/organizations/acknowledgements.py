"""What became of receipts: whether the application was told and has acknowledged, and who is told when it has not.

Read from where it is known: deliveries of webhooks, logout tokens, and how far the feed of events was read.
"""

from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa

from portal.extensions import db
from portal.models import ApiKey, Delivery, DeliveryStatus, Event, Grant, Receipt, User
from portal.models.base import now
from portal.organizations import mail
from portal.settings import current
from portal.words import _, ngettext, noted

Moment = sa.orm.InstrumentedAttribute[datetime | None]

WATCHED = timedelta(days=7)
"""A receipt is looked after for so long."""

MAIL_EVERY = timedelta(hours=1)
TOLD = (noted("webhook"), noted("logout token"), noted("feed of events"))


def settle() -> None:
    """A statement for each question, whatever the number of receipts."""
    if db.session.scalar(sa.select(Receipt.id).where(*_open()).limit(1)) is None:
        return
    _note(Receipt.expected.is_(None), _somebody_listens(), expected=True)
    late = Receipt.access_off_at < now() - timedelta(minutes=current().acknowledgement_minutes)
    _note(Receipt.expected.is_(None), late, expected=False)
    for first in (_first(Delivery.tried_at), _first_logout()):
        _note(Receipt.told_at.is_(None), first.is_not(None), told_at=first)
    _note(Receipt.told_at.is_(None), _was_read(), told_at=now())
    heard = _first(Delivery.finished_at, Delivery.status == DeliveryStatus.DELIVERED)
    _note(heard.is_not(None), acknowledged_at=heard, acknowledged_by=TOLD[0])
    _note(_was_read(), acknowledged_at=now(), acknowledged_by=TOLD[2])
    _note(_only_logouts(), acknowledged_at=_last_logout(), acknowledged_by=TOLD[1])


def overdue() -> "sa.Select[Receipt]":
    """Those that the application should have acknowledged by now."""
    before = now() - timedelta(minutes=current().acknowledgement_minutes)
    late = (*_open(), Receipt.expected.is_(True), Receipt.access_off_at < before)
    return sa.select(Receipt).where(*late)


def count_overdue() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(overdue().subquery())) or 0


def alert() -> None:
    """A mail to support, at most once an hour, and about each receipt once."""
    late = db.session.scalars(overdue().where(Receipt.alerted_at.is_(None)).with_for_update(skip_locked=True)).all()
    since = now() - MAIL_EVERY
    lately = sa.select(Receipt.id).where(Receipt.access_off_at > now() - WATCHED, Receipt.alerted_at > since)
    if not late or db.session.scalars(lately.limit(1)).first():
        return
    for receipt in late:
        receipt.alerted_at = now()
    for address, language in db.session.execute(sa.select(User.email, User.language).where(User.is_staff)):
        mail.write(address, language, partial(_composed, len(late)))


def alarm() -> str:
    """What support reads on top of every page; empty while all is well."""
    count = count_overdue()
    return f"{summary(count)}." if count else ""


def summary(count: int) -> str:
    return ngettext(
        "Your application has not acknowledged %(num)s deprovisioning",
        "Your application has not acknowledged %(num)s deprovisionings", count,
    )  # fmt: skip


def _composed(count: int) -> tuple[str, str]:
    what = ngettext(
        "Your application has not acknowledged %(num)s deprovisioning within %(minutes)s minutes. The access has ended here; "
        "whether it has ended in %(app)s we were not told.",
        "Your application has not acknowledged %(num)s deprovisionings within %(minutes)s minutes. The access has ended here; "
        "whether it has ended in %(app)s we were not told.",
        count, minutes=current().acknowledgement_minutes, app=current().app_name,
    )  # fmt: skip
    deed = _("Look at the webhooks that are not heard, and at the back-channel logout addresses of the clients:")
    return summary(count), f"{what}\n\n{deed}\n\n{current().public_url}/staff/receipts\n"


def _open() -> tuple[sa.ColumnElement[bool], ...]:
    unheard = (Receipt.acknowledged_at.is_(None), Receipt.expected.is_not(False))
    return (*unheard, Receipt.access_off_at > now() - WATCHED)


def _note(*which: sa.ColumnElement[bool], **values: object) -> None:
    changed = sa.update(Receipt).where(*_open(), *which).values(values)
    db.session.execute(changed.execution_options(synchronize_session=False))


def _somebody_listens() -> sa.ColumnElement[bool]:
    webhook = sa.exists().where(Delivery.event_id == Receipt.event_id)
    reader = sa.exists().where(ApiKey.feed_position.is_not(None), ApiKey.revoked_at.is_(None))
    return sa.or_(webhook, _logouts().exists(), reader)


def _first(
    column: "sa.orm.InstrumentedAttribute[datetime | None]", *which: sa.ColumnElement[bool]
) -> sa.ScalarSelect[datetime | None]:
    return sa.select(sa.func.min(column)).where(Delivery.event_id == Receipt.event_id, *which).scalar_subquery()


def _logouts() -> "sa.Select[object]":
    """Of this receipt, those that somebody is told of."""
    queued = sa.or_(Grant.logout_due_at.is_not(None), Grant.logout_tried_at.is_not(None))
    return sa.select(Grant.id).where(Grant.receipt_id == Receipt.id, queued)


def _first_logout() -> sa.ScalarSelect[datetime | None]:
    return sa.select(sa.func.min(Grant.logout_tried_at)).where(Grant.receipt_id == Receipt.id).scalar_subquery()


def _last_logout() -> sa.ScalarSelect[datetime | None]:
    return sa.select(sa.func.max(Grant.logout_heard_at)).where(Grant.receipt_id == Receipt.id).scalar_subquery()


def _only_logouts() -> sa.ColumnElement[bool]:
    """No webhook is told of it, and every logout token was heard."""
    webhook = sa.exists().where(Delivery.event_id == Receipt.event_id)
    unheard = _logouts().where(Grant.logout_heard_at.is_(None))
    return sa.and_(~webhook, _logouts().exists(), ~unheard.exists())


def _was_read() -> sa.ColumnElement[bool]:
    """A reader of the feed asked for what comes behind it."""
    read = sa.select(sa.func.max(ApiKey.feed_position)).scalar_subquery()
    return sa.exists().where(Event.id == Receipt.event_id, Event.position <= read)
