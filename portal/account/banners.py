"""The banners above an organization's pages, for those who can do something about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import request, url_for

from portal.models import Batch, Membership
from portal.models.base import now
from portal.organizations import attention, breakglass, organizations
from portal.organizations.attention import Attention
from portal.organizations.calendar import Deadline
from portal.web.times import ago
from portal.words import _

TOLD_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Banner:
    """`kind` is one of the notice component's."""

    kind: str
    words: str
    label: str
    url: str


def over(membership: Membership, seen: Attention | None) -> list[Banner]:
    if not any(membership.may(one) for one in ("manage_organization", "manage_members", "manage_sso")):
        return []
    found, slug = seen or attention.of(membership.organization), membership.organization.slug
    banners: list[Banner] = []
    if membership.may("manage_members"):
        banners += [_departures(batch, slug) for batch in found.batches if not _is_here(batch)]
    if found.vacant and membership.may("manage_organization"):
        words = _(
            "%(organization)s has no owner: the directory ended the last owner’s access.",
            organization=membership.organization.name,
        )
        banners.append(Banner("care", words, _("Name an owner"), url_for("account.show_owner", slug=slug)))
    return banners + (_beside(membership) + _deadlines(found.deadlines, slug) if membership.may("manage_sso") else [])


def _is_here(batch: Batch) -> bool:
    """A page does not lead to itself."""
    return (request.view_args or {}).get("batch_id") == batch.id


def _departures(batch: Batch, slug: str) -> Banner:
    url = url_for("account.show_batch", slug=slug, batch_id=batch.id)
    if batch.held:
        words = _(
            "The directory “%(source)s” takes many people away at once. Some of them stay until you decide.",
            source=batch.source,
        )
        return Banner("care", words, _("See who, and decide"), url)
    words = _(
        "The directory “%(source)s” ended the access of many people within an hour. One button brings them back.",
        source=batch.source,
    )
    return Banner("bad", words, _("See who"), url)


def _beside(membership: Membership) -> list[Banner]:
    """For a week after somebody came in beside the IdP that everybody else must use."""
    organization = membership.organization
    last = breakglass.last_used(organization) if organizations.requires_sso(organization) else None
    if last is None or last.used_at is None or now() - last.used_at > TOLD_FOR:
        return []
    words = _(
        "%(person)s came in beside single sign-on %(when)s. Was that planned?",
        person=last.membership.label,
        when=ago(last.used_at),
    )
    return [Banner("care", words, _("See who may"), url_for("account.show_sign_in_policy", slug=organization.slug))]


def _deadlines(deadlines: Sequence[Deadline], slug: str) -> list[Banner]:
    """One banner, however much there is to renew."""
    if not deadlines:
        return []
    first, more = deadlines[0], len(deadlines) - 1
    said = first.said(now())
    words = _("%(deadline)s, and %(more)s more.", deadline=said, more=more) if more else f"{said}."
    kind = "bad" if first.ends_at <= now() else "care"
    return [Banner(kind, words, _("Renew"), url_for("setup.show_renewal", slug=slug))]
