"""The provisioning log: what an identity provider asked of a directory, in words, with what came of it.

Built from the recorded exchanges and the events of the same moments; a page costs a handful of look-ups, however long.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import quote

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Directory, DirectoryGroup, DirectoryUser, Event, Exchange
from portal.models.base import key
from portal.models.text import folded
from portal.organizations.actors import Door
from portal.scim import telling
from portal.scim.telling import Attempt
from portal.settings import current
from portal.words import _, _l, said
from wizards import advice, facts, loading
from wizards.definition import Wizard

PAGE = 25
NAMESAKES = 50
EARLIER, LATER = timedelta(milliseconds=2), timedelta(milliseconds=250)  # events are timed when they are written
READS = ("GET", "HEAD")
OUTCOMES = {"changes": _l("Changes and problems"), "problems": _l("Only what went wrong"), "all": _l("Everything")}
EFFECTS = {
    "member.added": _l("{what} became a member"), "member.changed": _l("the {fields} of {what} changed here"),
    "member.removed": _l("{what} was removed, access ended"), "member.restored": _l("{what} has access again"),
    "member.role_changed": _l("{what} is now {role}"), "member.suspended": _l("{what} was suspended, access ended"),
    "organization.owner_vacant": _l("nobody owns the organization now"),
    "batch.raised": _l("an alarm was raised, because many are leaving"),
    "batch.held": _l("further people are held, because many are leaving"),
}  # fmt: skip


@dataclass(frozen=True)
class Search:
    """`who` is part of a name or address; `outcome` one of `OUTCOMES`; `before` the id of the last entry seen."""

    who: str = ""
    outcome: str = "changes"
    since: date | None = None
    until: date | None = None
    before: uuid.UUID | None = None


@dataclass(frozen=True)
class Entry:
    """`kind` is the status to show; `because` and `fix` are empty where all went well."""

    exchange: Exchange
    kind: str
    words: str
    because: str = ""
    fix: str = ""
    effects: Sequence[str] = field(default_factory=tuple)

    @property
    def sentence(self) -> str:
        """“Entra tried to rename Bob; refused because … In Entra, …”"""
        refused = f"; refused because: {self.because}" if self.because else "."
        came = f" Here: {'; '.join(self.effects)}." if self.effects else ""
        return " ".join(part for part in (f"{self.words}{refused}", self.fix) if part) + came


def guide(directory: Directory) -> Wizard:
    """Whose console we speak of."""
    path = current().wizards_path
    every = loading.load_all((path,) if path else ())
    return every.get(directory.idp) or every[facts.UNKNOWN]


def entries(directory: Directory, search: Search, limit: int = PAGE) -> list[Entry]:
    """The newest first."""
    query = sa.select(Exchange).where(*_conditions(directory, search)).order_by(Exchange.id.desc()).limit(limit)
    found = db.session.scalars(query).all()
    if not found:
        return []
    attempts = {exchange.id: telling.read(exchange) for exchange in found}
    known = _known(directory, [attempt.row_id for attempt in attempts.values() if attempt.row_id])
    came = _came_of(attempts, known, found, _happened(directory, found))
    wizard = guide(directory)
    return [_tell(one, attempts[one.id], known, came.get(one.id, []), wizard) for one in found]


def _conditions(directory: Directory, search: Search) -> list[sa.ColumnElement[bool]]:
    found = [Exchange.organization_id == directory.organization_id, Exchange.directory_id == directory.id]
    wrong = sa.or_(Exchange.status >= 400, Exchange.problem != "")
    if search.outcome == "problems":
        found.append(wrong)
    elif search.outcome != "all":
        found.append(sa.or_(Exchange.method.not_in(READS), wrong))
    if search.since:
        found.append(Exchange.at >= datetime.combine(search.since, time(), UTC))
    if search.until:
        found.append(Exchange.at < datetime.combine(search.until, time(), UTC) + timedelta(days=1))
    if search.before:
        found.append(Exchange.id < search.before)
    return [*found, _about(directory, search.who)] if search.who else found


def _about(directory: Directory, who: str) -> sa.ColumnElement[bool]:
    """By what the request says, and by the ids of those who go by this name; a log is short, so it is read through."""
    ours = (DirectoryUser.organization_id == directory.organization_id, DirectoryUser.directory_id == directory.id)
    names = (DirectoryUser.user_name_key, DirectoryUser.email_key, folded(DirectoryUser.display_name))
    like = sa.or_(*(name.contains(key(who), autoescape=True) for name in names))
    ids = db.session.scalars(sa.select(DirectoryUser.id).where(*ours, like).limit(NAMESAKES)).all()
    named = [folded(Exchange.request_body).contains(key(who), autoescape=True)]
    named += [folded(Exchange.path).contains(part, autoescape=True) for part in {key(who), quote(key(who)).casefold()}]
    return sa.or_(*named, *(Exchange.path.contains(str(one)) for one in ids))


@dataclass(frozen=True)
class _Known:
    name: str
    membership_id: uuid.UUID | None = None


def _known(directory: Directory, ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, _Known]:
    """People and groups by their ids, in two look-ups."""
    if not ids:
        return {}
    people = db.session.scalars(
        sa.select(DirectoryUser).where(
            DirectoryUser.organization_id == directory.organization_id,
            DirectoryUser.directory_id == directory.id,
            DirectoryUser.id.in_(ids),
        )
    )
    groups = sa.select(DirectoryGroup.id, DirectoryGroup.display_name).where(
        DirectoryGroup.organization_id == directory.organization_id,
        DirectoryGroup.directory_id == directory.id,
        DirectoryGroup.id.in_(ids),
    )
    found = {person.id: _Known(person.label, person.membership_id) for person in people}
    return found | {row[0]: _Known(row[1]) for row in db.session.execute(groups)}


def _happened(directory: Directory, found: Sequence[Exchange]) -> Sequence[Event]:
    """What the directory brought about in the time of these requests: events are ordered by their ids, which hold the time."""
    first, last = found[-1], found[0]
    since = first.at - timedelta(milliseconds=first.milliseconds) - EARLIER
    ours = (Event.organization_id == directory.organization_id, Event.door == Door.SCIM.value)
    between = Event.id.between(_id_at(since), _id_at(last.at + LATER))
    query = sa.select(Event).where(*ours, between, Event.actor_id == str(directory.id), Event.name.in_(EFFECTS))
    return db.session.scalars(query.order_by(Event.id).limit(40 * PAGE)).all()


def _id_at(at: datetime) -> uuid.UUID:
    """The smallest id of this millisecond (RFC 9562 §5.7)."""
    return uuid.UUID(int=int(at.timestamp() * 1000) << 80)


def _tell(
    exchange: Exchange, attempt: Attempt, known: Mapping[uuid.UUID, _Known], events: Sequence[Event], wizard: Wizard
) -> Entry:
    person = known.get(attempt.row_id) if attempt.row_id else None
    gone = next((event.subject_label for event in events), "") if exchange.method == "DELETE" else ""
    who = (person.name if person else "") or attempt.name or gone or _("somebody we do not know")
    effects = tuple(dict.fromkeys(_effect(event) for event in events))
    name = _(wizard.spoken) if exchange.status != 401 else _("Somebody")
    if exchange.status < 400:
        kind = "attention" if exchange.problem else "ok"
        return Entry(
            exchange, kind, str(attempt.deed.did).format(idp=name, who=who), said(exchange.problem), effects=effects
        )
    why = said(exchange.problem) or _("the answer was %(status)s.", status=exchange.status)
    fix = advice.of(exchange.status, exchange.problem, wizard)
    return Entry(exchange, "bad", str(attempt.deed.tried).format(idp=name, who=who), why, fix, effects)


def _came_of(
    attempts: Mapping[uuid.UUID, Attempt],
    known: Mapping[uuid.UUID, _Known],
    found: Sequence[Exchange],
    happened: Sequence[Event],
) -> Mapping[uuid.UUID, list[Event]]:
    """Each event belongs to the request under way that began last, among those it can be about; one in whose time it happened
    comes before one that only nearly reaches it."""
    writes = [one for one in found if one.status < 400 and one.method not in READS]
    caused: dict[uuid.UUID, list[Event]] = {}
    for event in happened:
        likely = [
            one
            for one in writes
            if _began(one) - EARLIER <= event.at <= one.at + LATER and _concerns(event, one, attempts[one.id], known)
        ]
        if likely:
            when = event.at
            sure = [one for one in likely if _began(one) <= when <= one.at]
            caused.setdefault(max(sure or likely, key=_began).id, []).append(event)
    return caused


def _began(exchange: Exchange) -> datetime:
    return exchange.at - timedelta(milliseconds=exchange.milliseconds)


def _concerns(event: Event, exchange: Exchange, attempt: Attempt, known: Mapping[uuid.UUID, _Known]) -> bool:
    """Of whom was deleted nothing is left but the event."""
    person = known.get(attempt.row_id) if attempt.row_id else None
    if event.subject_type != "Membership":
        return True
    if person and person.membership_id:
        return event.subject_id == person.membership_id
    if attempt.kind == telling.GROUPS:
        return event.name == "member.role_changed"
    return exchange.method != "DELETE" or event.name in ("member.removed", "member.suspended")


def _effect(event: Event) -> str:
    fields = event.data.get("fields")
    words = {"what": event.subject_label or _("somebody"), "role": str(event.data.get("role", "…"))}
    named = " and ".join(fields) if isinstance(fields, list) else _("profile")
    return str(EFFECTS[event.name]).format(fields=named, **words)
