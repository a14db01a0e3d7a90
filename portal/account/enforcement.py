"""The tab Sign-in policy: whether people may or must come in through the IdP, and who keeps a way beside it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from portal.account import bp
from portal.account.forms import ActionForm, SecondFactorForm
from portal.account.tabs import show_organization
from portal.extensions import db
from portal.models import BreakGlassOwner, Factor, Membership, SignInPolicy
from portal.organizations import breakglass, connections, enforcement, factors, members, organizations
from portal.organizations.refusals import Refused
from portal.web import sudo
from portal.web.access import access
from portal.web.session import person
from portal.web.tenant import actor, organization
from portal.words import _, _l

ADDRESS = "/organizations/<slug>/sign-in-policy"
TITLE = _l("Sign-in policy")
SHOWN_WITH = {Factor.PASSKEY: _l("passkey"), Factor.AUTHENTICATOR: _l("password and code")}


@dataclass(frozen=True)
class Keeper:
    """An owner, and what they keep as a break-glass owner, if they are one."""

    membership: Membership
    row: BreakGlassOwner | None

    @property
    def shown_with(self) -> str:
        return SHOWN_WITH.get(self.row.factor, "") if self.row and self.row.factor else ""


@bp.get(ADDRESS)
@access("org:manage_sso")
def show_sign_in_policy(slug: str) -> Response:
    return _page()


@bp.post(f"{ADDRESS}/requirement")
@access("org:manage_sso")
@sudo.required
def require_sso(slug: str) -> Response:
    said = _("Single sign-on is required now. Undo it at any time on this page.")
    return _do(lambda: enforcement.set_policy(organization(), SignInPolicy.REQUIRE, by=actor()), said)


@bp.post(f"{ADDRESS}/offer")
@access("org:manage_sso")
@sudo.required
def offer_sso(slug: str) -> Response:
    said = _("Single sign-on is an offer: people may also come in another way.")
    return _do(lambda: enforcement.set_policy(organization(), SignInPolicy.OFFER, by=actor()), said)


@bp.post(f"{ADDRESS}/second-factor")
@access("org:manage_sso")
@sudo.required
def update_second_factor(slug: str) -> Response:
    wanted = bool(SecondFactorForm().required.data)
    said = _("A second factor is asked for now.") if wanted else _("A second factor is no longer asked for.")
    return _do(lambda: organizations.set_policy(organization(), by=actor(), second_factor_required=wanted), said)


@bp.post(f"{ADDRESS}/break-glass-owners")
@access("org:manage_sso")
@sudo.required
def create_break_glass_owner(slug: str) -> Response:
    wanted = request.form.get("membership", type=uuid.UUID)
    owner = (members.get(organization(), wanted) if wanted else None) or abort(404)
    return _do(
        lambda: breakglass.name(owner, by=actor()),
        _("%(owner)s keeps a way in once it is rehearsed.", owner=owner.label),
    )


@bp.post(f"{ADDRESS}/break-glass-owners/<uuid:row_id>/withdrawal")
@access("org:manage_sso")
@sudo.required
def withdraw_break_glass_owner(slug: str, row_id: uuid.UUID) -> Response:
    row = breakglass.get(organization(), row_id) or abort(404)
    return _do(
        lambda: breakglass.withdraw(row, by=actor()),
        _("%(membership)s no longer keeps a way in.", membership=row.membership.label),
    )


def _do(deed: Callable[[], object], said: str) -> Response:
    try:
        deed()
    except Refused as refusal:
        db.session.rollback()
        return _page(str(refusal))
    db.session.commit()
    flash(said)
    return redirect(url_for("account.show_sign_in_policy", slug=organization().slug), 303)


def _page(problem: str = "") -> Response:
    here = organization()
    back = url_for("account.show_sign_in_policy", slug=here.slug)
    return show_organization(
        "enforcement", title=str(TITLE), status=422 if problem else 200, problem=problem, action=ActionForm(),
        required=organizations.requires_sso(here), allowed=connections.allowed(here), ready=enforcement.readiness(here),
        counts=enforcement.consequences(here), keepers=[Keeper(*found) for found in breakglass.owners(here)],
        my_factors=factors.held(person()), rehearse_url=url_for("auth.show_password", email=person().email, next=back),
        second_factor=SecondFactorForm(required=here.second_factor_required, formdata=None),
    )  # fmt: skip
