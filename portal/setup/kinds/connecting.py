"""The right to read a directory: a key, an administrator to act for, or consent; tried out before anything is kept."""

import secrets
from collections.abc import Mapping

from flask import render_template, request, session
from markupsafe import Markup

from portal.extensions import db
from portal.google import accounts, consent
from portal.google.accounts import Account
from portal.google.client import Client
from portal.google.reading import first_names
from portal.google.troubles import NotRead
from portal.models import DirectoryPull, PullWay
from portal.organizations import pulls
from portal.organizations import secrets as sealed
from portal.organizations.refusals import NeedsSingleSignOn, NotConnectedYet
from portal.setup import visitor
from portal.setup.kinds.kind import Kind
from portal.setup.places import Place
from portal.setup.showing import End, Redo
from portal.web import limits
from portal.words import _
from wizards.choices import InputField

LONGEST = accounts.LONGEST_KEY
TRIES = 20
"""Tries a minute and set-up: each asks Google several times."""


class Connecting(Kind):
    def slots(self, place: Place, redo: Redo | None) -> Mapping[str, Markup]:
        made = render_template(
            "setup/slots/_input.html", place=place, pull=place.seen.pull, typed=_typed(place), seen=None,
            fields=[field.value for field in place.step.fields],
        )  # fmt: skip
        return {"input_form": Markup(made)}  # noqa: S704

    def end(self, place: Place) -> End:
        return End(shown=place.done and place.step.fields != (InputField.ADMIN,), primary=True)

    def submit(self, place: Place) -> Redo | None:
        try:
            return SUBMITS[place.step.fields[0]](place)
        except NotRead as trouble:
            return Redo(told(trouble))


def told(trouble: NotRead) -> tuple[str, ...]:
    """What happened, and what to do."""
    return tuple(_(words) for words in (str(trouble), trouble.mend) if words)


def looked_at(place: Place) -> tuple[str, list[str], str]:
    """While somebody types an administrator: (what is wrong, the first names, where to mend it). Keeps nothing."""
    admin = request.form.get("admin", "").strip()[:320]
    if "@" not in admin or place.seen.pull is None:
        return "", [], ""
    try:
        return "", _try(place, _account(place.seen.pull, admin)), ""
    except NotRead as trouble:
        return str(trouble), [], trouble.mend


def begin_consent(place: Place) -> str:
    """The address at Google. What comes back must come back to this browser, for this step."""
    state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    session["consent"] = {"state": state, "verifier": verifier, "step": place.url}
    return consent.address(state, verifier)


def finish_consent(place: Place) -> None:
    """`NotRead` when nothing can be read with it."""
    begun = session.pop("consent", None)
    ours = isinstance(begun, dict) and begun.get("step") == place.url
    if not ours or not secrets.compare_digest(str(begun["state"]), request.form.get("state", "")):
        raise NotRead("consent-refused")
    if place.seen.directory is None:
        raise NeedsSingleSignOn
    db.session.rollback()
    account = consent.redeem(request.form.get("code", ""), str(begun["verifier"]))
    _try(place, account)
    by = visitor.here().actor
    kept = pulls.keep_secret(
        place.seen.directory,
        PullWay.CONSENT,
        account.secret,
        by=by,
        account=consent.NEVER_SAID,
        admin=consent.NEVER_SAID,
    )
    pulls.prove(kept, by=by)


def _key(place: Place) -> Redo | None:
    """Continue without a new file keeps the one that is there."""
    upload = request.files.get("file")
    given = upload.stream.read(LONGEST + 1).decode("utf-8", "replace") if upload and upload.filename else ""
    given = given or request.form.get("key", "")
    if not given.strip() and place.seen.pull and place.seen.pull.way is PullWay.KEY and place.seen.pull.secret:
        return None
    if place.seen.directory is None:
        raise NeedsSingleSignOn
    kept, public = accounts.read_key(given)
    pulls.keep_secret(
        place.seen.directory, PullWay.KEY, kept, by=visitor.here().actor, account=public["client_email"],
        client_id=public["client_id"],
    )  # fmt: skip
    return None


def _admin(place: Place) -> Redo | None:
    pull, admin = place.seen.pull, request.form.get("admin", "").strip()[:320]
    if pull is None or not pull.secret:
        raise NotConnectedYet
    if "@" not in admin:
        raise NotRead("no-admin")
    _try(place, _account(pull, admin))
    pulls.prove(pull, by=visitor.here().actor, admin=admin)
    return None


def _consent(place: Place) -> Redo | None:
    return None if place.done else Redo((_("Agree at Google first."),))


def _account(pull: DirectoryPull, admin: str) -> Account:
    return Account(pull.way, sealed.decrypt(pull.secret), pull.client_id, admin)


def _try(place: Place, account: Account) -> list[str]:
    if not limits.allows_per_minute(TRIES, "pull-probe", str(place.run.id)):
        raise NotRead("slow-down")
    db.session.rollback()  # nothing was written, and nobody shall wait for the database while we wait for Google
    with Client(account) as client:
        return first_names(client)


def _typed(place: Place) -> str:
    return request.form.get("admin", "") or (place.seen.pull.admin if place.seen.pull else "")


SUBMITS = {InputField.KEY: _key, InputField.ADMIN: _admin, InputField.CONSENT: _consent}
