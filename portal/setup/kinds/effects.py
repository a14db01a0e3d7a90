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
    names = ", ".join(numbers.domains) or "a verified domain (there is none yet)"
    count = _people(numbers.reach.in_domains, "person", "people")
    return Told("ok", f"{count} with an address at {names} can sign in with {numbers.place.wizard.spoken}.")


def _unaffected(numbers: Numbers) -> Told:
    if not numbers.reach.outside:
        return Told("info", "There is nobody with an address outside these domains.")
    count = _people(numbers.reach.outside, "person", "people")
    return Told("info", f"For {count} with other addresses nothing changes.")


def _break_glass(numbers: Numbers) -> Told:
    owners = numbers.reach.owners_with_password
    if not owners:
        return Told("care", "No owner has a password. Should the identity provider fail, nobody could come in.")
    count = _people(owners, "owner keeps", "owners keep")
    return Told("ok", f"{count} a password as another way in, while single sign-on is an offer.")


def _sessions(numbers: Numbers) -> Told:
    count = _people(numbers.reach.sessions, "browser that is signed in stays", "browsers that are signed in stay")
    words = f"{count} signed in. Passwords go on working: single sign-on is offered, not required."
    if numbers.reach.invitations:
        words += f" {_people(numbers.reach.invitations, 'open invitation stays', 'open invitations stay')} valid."
    return Told("info", words)


def _preview(numbers: Numbers) -> Told:
    held = numbers.preview
    parts = [
        f"{held.count(Change.CREATE)} created", f"{held.count(Change.LINK)} linked",
        f"{held.count(Change.UPDATE)} updated", f"{held.count(Change.ROLE_CHANGE)} given another role",
        f"{held.count(Change.DEACTIVATE)} suspended",
    ]  # fmt: skip
    conflicts = held.count(Change.CONFLICT)
    more = f" {_people(conflicts, 'person needs', 'people need')} your attention and stays as is." if conflicts else ""
    return Told("care" if conflicts else "ok", f"At once: {', '.join(parts)}.{more}")


def _invitations(numbers: Numbers) -> Told:
    spoken = numbers.place.wizard.spoken
    if not numbers.preview.untouched:
        return Told("info", f"{spoken} has sent every member you have. Inviting by hand stays possible.")
    left = _people(len(numbers.preview.untouched), "member", "members")
    return Told("info", f"{left} whom {spoken} does not send stay as they are. Inviting by hand stays possible.")


def _leavers(numbers: Numbers) -> Told:
    removes = numbers.place.seen.organization.leavers is Leavers.REMOVE
    becomes = "removed" if removes else "suspended: access ends at once, nothing is lost"
    return Told("info", f"Whoever is deleted in {numbers.place.wizard.spoken} is {becomes}.")


def _guard(_: Numbers) -> Told:
    words = "Whoever leaves loses access and every open session within the second. Undo pauses syncing at any time."
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


def _people(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
