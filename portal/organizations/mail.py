"""The mail outbox: written with the change that causes it, sent by the worker, never inside a request."""

import smtplib
import ssl
from collections.abc import Callable, Sequence
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa
import structlog
from flask_babel import force_locale

from portal.extensions import db
from portal.models import Mail
from portal.models.base import now
from portal.settings import current

log = structlog.get_logger("mail")

BATCH = 20
ATTEMPTS = 12
LEASE = timedelta(minutes=2)
KEPT = timedelta(days=30)
Compose = Callable[[], tuple[str, str]]
"""Subject and body, in the language of the moment."""


def queue(recipient: str, subject: str, body: str) -> Mail:
    """Without MAIL_URL the mail is shown in the log at once, so that a link can be followed in an embedded set-up."""
    mail = Mail(recipient=recipient, subject=" ".join(subject.split())[:320], body=body)
    if not current().mail_url:
        mail.sent_at = now()
        log.warning("mail", to=recipient, subject=mail.subject, body=body, note="MAIL_URL is empty: shown, not sent")
    db.session.add(mail)
    return mail


def write(recipient: str, language: str, compose: Compose) -> Mail:
    """Composed in the language its reader chose; for somebody whose choice is not known, in the first of LANGUAGES."""
    languages = current().languages
    with force_locale(language if language in languages else languages[0]):
        return queue(recipient, *compose())


def take_waiting() -> Sequence[Mail]:
    """Up to `BATCH` mails that are due, leased for two minutes so that two workers never send the same one."""
    due = (
        sa.select(Mail)
        .where(Mail.sent_at.is_(None), Mail.due_at <= now(), Mail.attempts < ATTEMPTS)
        .order_by(Mail.due_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    taken = db.session.scalars(due).all()
    for mail in taken:
        mail.due_at = now() + LEASE
        mail.attempts += 1
    return taken


def send(mail: Mail) -> None:
    """Hand it to the server; when that fails the mail stays and is tried again, later each time."""
    try:
        _deliver(mail)
    except (OSError, smtplib.SMTPException) as error:
        mail.problem = type(error).__name__
        mail.due_at = now() + timedelta(minutes=2 ** min(mail.attempts, 8))
        log.warning("mail", problem=mail.problem, attempts=mail.attempts)
    else:
        mail.sent_at, mail.problem = now(), ""


def forget_old() -> None:
    """What was sent long ago: a mail may hold somebody's link."""
    db.session.execute(sa.delete(Mail).where(Mail.sent_at < now() - KEPT))


def _deliver(mail: Mail) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = current().mail_from, mail.recipient, mail.subject
    message.set_content(mail.body)
    where = urlsplit(current().mail_url)
    server = smtplib.SMTP_SSL if where.scheme == "smtps" else smtplib.SMTP
    with server(where.hostname or "localhost", where.port or 0, timeout=15) as smtp:
        if where.scheme == "smtp" and smtp.has_extn("starttls"):
            smtp.starttls(context=ssl.create_default_context())
        if where.username:
            smtp.login(unquote(where.username), unquote(where.password or ""))
        smtp.send_message(message)
