"""The consequences shown before somebody switches something on, each a sentence with its number."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from portal.models import Leavers
from portal.organizations import domains, headcounts
from portal.organizations.headcounts import Reach
from portal.setup.changes import Preview
from portal.setup.kinds import previewing
from portal.setup.places import Place
from portal.words import _, ngettext
from wizards.choices import Change, Effect


@dataclass(frozen=True)
class Told:
    """`kind` is the colour of the icon: ok, info, care."""

    kind: str
    words: str


class Numbers:
    """Counted once, however many sentences use them."""

    def __init__(self, place: Place) -> None:
        self.place = place

    @cached_property
    def reach(self) -> Reach:
        return headcounts.reach(self.place.seen.organization)

    @cached_property
    def domains(self) -> list[str]:
        return domains.verified_names(self.place.seen.organization)

    @property
    def preview(self) -> Preview:
        return previewing.of(self.place)


def told(place: Place) -> list[Told]:
    numbers = Numbers(place)
    return [SENTENCES[effect](numbers) for effect in place.step.effects if not (place.done and effect in AT_ONCE)]


def _affected(numbers: Numbers) -> Told:
    words = ngettext(
        "%(num)s person with an address at %(domains)s can sign in with %(idp)s.",
        "%(num)s people with an address at %(domains)s can sign in with %(idp)s.",
        numbers.reach.in_domains,
        domains=", ".join(numbers.domains) or _("a verified domain (there is none yet)"),
        idp=numbers.place.spoken,
    )
    return Told("ok", words)


def _unaffected(numbers: Numbers) -> Told:
    if not numbers.reach.outside:
        return Told("info", _("There is nobody with an address outside these domains."))
    words = ngettext(
        "For %(num)s person with other addresses nothing changes.",
        "For %(num)s people with other addresses nothing changes.",
        numbers.reach.outside,
    )
    return Told("info", words)


def _break_glass(numbers: Numbers) -> Told:
    owners = numbers.reach.owners_with_password
    if not owners:
        return Told("care", _("No owner has a password. Should the identity provider fail, nobody could come in."))
    words = ngettext(
        "%(num)s owner keeps a password as another way in, while single sign-on is an offer.",
        "%(num)s owners keep a password as another way in, while single sign-on is an offer.",
        owners,
    )
    return Told("ok", words)


def _sessions(numbers: Numbers) -> Told:
    words = ngettext(
        "%(num)s browser that is signed in stays signed in. Passwords go on working: single sign-on is offered, not required.",
        "%(num)s browsers that are signed in stay signed in. Passwords go on working: single sign-on is offered, not required.",
        numbers.reach.sessions,
    )
    if open_ones := numbers.reach.invitations:
        more = ngettext("%(num)s open invitation stays valid.", "%(num)s open invitations stay valid.", open_ones)
        words = f"{words} {more}"
    return Told("info", words)


def _preview(numbers: Numbers) -> Told:
    held = numbers.preview
    words = _(
        "At once: %(created)s created, %(linked)s linked, %(updated)s updated, %(role)s given another role, "
        "%(suspended)s suspended.",
        created=held.count(Change.CREATE), linked=held.count(Change.LINK), updated=held.count(Change.UPDATE),
        role=held.count(Change.ROLE_CHANGE), suspended=held.count(Change.DEACTIVATE),
    )  # fmt: skip
    conflicts = held.count(Change.CONFLICT)
    if not conflicts:
        return Told("ok", words)
    more = ngettext(
        "%(num)s person needs your attention and stays as is.",
        "%(num)s people need your attention and stay as they are.",
        conflicts,
    )
    return Told("care", f"{words} {more}")


def _invitations(numbers: Numbers) -> Told:
    spoken = numbers.place.spoken
    if not numbers.preview.untouched:
        return Told("info", _("%(idp)s has sent every member you have. Inviting by hand stays possible.", idp=spoken))
    words = ngettext(
        "%(num)s member whom %(idp)s does not send stays as is. Inviting by hand stays possible.",
        "%(num)s members whom %(idp)s does not send stay as they are. Inviting by hand stays possible.",
        len(numbers.preview.untouched),
        idp=spoken,
    )
    return Told("info", words)


def _leavers(numbers: Numbers) -> Told:
    removes = numbers.place.seen.organization.leavers is Leavers.REMOVE
    idp = numbers.place.spoken
    if removes:
        return Told("info", _("Whoever is deleted in %(idp)s is removed.", idp=idp))
    words = _("Whoever is deleted in %(idp)s is suspended: access ends at once, nothing is lost.", idp=idp)
    return Told("info", words)


def _guard(numbers: Numbers) -> Told:
    words = _("Whoever leaves loses access and every open session within the second. Undo pauses syncing at any time.")
    return Told("info", words)


SENTENCES: Mapping[Effect, Callable[[Numbers], Told]] = {
    Effect.MEMBERS_AFFECTED: _affected,
    Effect.MEMBERS_UNAFFECTED: _unaffected,
    Effect.BREAK_GLASS: _break_glass,
    Effect.EXISTING_SESSIONS: _sessions,
    Effect.PREVIEW_COUNTS: _preview,
    Effect.MANUAL_INVITES: _invitations,
    Effect.DEPROVISION_RULE: _leavers,
    Effect.DELETION_GUARD: _guard,
}


AT_ONCE = (Effect.PREVIEW_COUNTS, Effect.MANUAL_INVITES)  # over once it was switched on
