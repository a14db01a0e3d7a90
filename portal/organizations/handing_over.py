"""Handing set-up on: one step to a colleague, the last button to those who may press it, and asking for more time."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Membership, MembershipRole, Organization, Permission, SetupLink, SetupRun, Status
from portal.models.base import now
from portal.organizations import events, mail, roles, setup_links, setup_runs
from portal.organizations.actors import Actor
from portal.organizations.mail import Compose
from portal.settings import current
from portal.words import _

MOST_TOLD = 10
ASK_AGAIN = timedelta(hours=12)
STEP_DAYS = 7


def to_colleague(
    giver: SetupLink | None, organization: Organization, scope: str, email: str, *, target: str, what: str, by: Actor
) -> SetupLink:
    """One step: a link of its own, which opens no more and lives no longer than the hand it comes from."""
    days = STEP_DAYS if giver is None else max(1, min(STEP_DAYS, (giver.expires_at - now()).days))
    link, url = setup_links.create(
        organization, by=by, scopes=(scope,), days=days, note=f"Please do this step: {what}", email=email, target=target
    )
    mail.write(link.email, "", lambda: _asked(organization, what, url, by))
    return link


def back(run: SetupRun, flow: str, what: str, url: str, *, by: Actor) -> int:
    """All is ready, and somebody with an account must press the button: tell those who may. How many were told."""
    organization = run.organization
    setup_runs.mark_handed(run, flow, {"at": now().isoformat(), "by": by.label})
    events.record("setup.handed_back", organization, run, by=by, what=what)
    return _tell_managers(organization, lambda: _ready(organization, what, url))


def return_to_sender(run: SetupRun, flow: str, words: str, *, by: Actor) -> None:
    """Not approved: whoever prepared it reads why, where they handed it over."""
    setup_runs.mark_handed(run, flow, {"at": now().isoformat(), "by": by.label, "words": words.strip()[:1000]})
    events.record("setup.sent_back", run.organization, run, by=by, words=words.strip()[:1000])


def ask_for_time(link: SetupLink) -> bool:
    """Tell those who can extend it; false when they were told not long ago."""
    ours = sa.select(SetupLink).where(SetupLink.id == link.id)
    db.session.execute(ours.with_for_update().execution_options(populate_existing=True))
    if link.asked_at and now() < link.asked_at + ASK_AGAIN:
        return False
    link.asked_at = now()
    organization = link.organization
    events.record("setup_link.asked_for", organization, link, by=setup_links.actor_of(link))
    _tell_managers(organization, lambda: _more_time(organization))
    return True


def _asked(organization: Organization, what: str, url: str, by: Actor) -> tuple[str, str]:
    return _("A step for you: %(step)s", step=what), _(
        "%(who)s asks you to do one step of the set-up of %(organization)s: %(step)s.\n\n%(url)s\n\n"
        "You need no account. The link asks for a code, which we mail to this address.\n",
        who=by.label or _("Somebody"), organization=organization.name, step=what, url=url,
    )  # fmt: skip


def _ready(organization: Organization, what: str, url: str) -> tuple[str, str]:
    name = organization.name
    return _("Ready for your approval: %(what)s for %(organization)s", what=what, organization=name), _(
        "The set-up of %(what)s for %(organization)s is ready and waits for your approval.\n\n"
        "Nothing has changed yet. Look at it and switch it on here, or send it back:\n%(url)s\n",
        what=what, organization=name, url=url,
    )  # fmt: skip


def _more_time(organization: Organization) -> tuple[str, str]:
    return _("More time for the set-up of %(organization)s?", organization=organization.name), _(
        "A setup link for %(organization)s has expired, and whoever works with it asks for more time.\n\n"
        "Extend it, or make another one, here:\n%(url)s\n\n"
        "Their progress is kept.\n",
        organization=organization.name, url=f"{current().public_url}/organizations/{organization.slug}/sign-in",
    )  # fmt: skip


def _tell_managers(organization: Organization, compose: Compose) -> int:
    people = _managers(organization)
    for person in people:
        mail.write(person.email, person.user.language, compose)
    return len(people)


def _managers(organization: Organization) -> Sequence[Membership]:
    able = [role.id for role in roles.every() if role.allows(Permission.MANAGE_SSO)]
    held = sa.exists().where(
        MembershipRole.organization_id == Membership.organization_id,
        MembershipRole.membership_id == Membership.id,
        MembershipRole.role_id.in_(able),
    )
    active = organization.memberships.select().where(Membership.status == Status.ACTIVE, held)
    return db.session.scalars(active.order_by(Membership.id).limit(MOST_TOLD)).all()
