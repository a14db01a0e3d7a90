"""The tab Sign-in & provisioning: the two cards, and who may come in how."""

from flask import abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from portal.account import bp, cards
from portal.account.forms import ActionForm, ClientForm, HoldingForm, PolicyForm, SetupLinkForm, TokenForm
from portal.account.tabs import show_organization
from portal.extensions import db
from portal.models import Connection, Directory
from portal.models.base import now
from portal.organizations import attention, connections, directories, organizations, pulse, setup_links, tokens
from portal.organizations.attention import Attention
from portal.organizations.calendar import Deadline, Kind
from portal.organizations.refusals import Refused
from portal.web import progress, sudo
from portal.web.access import access
from portal.web.tenant import actor, organization
from portal.words import _, _l

TITLE = _l("Sign-in & provisioning")
SIGN_IN, PROVISIONING = (Kind.CERTIFICATE, Kind.KEY), (Kind.TOKEN, Kind.CLIENT)


@bp.get("/organizations/<slug>/sign-in")
@access("org:manage_sso")
def show_sign_in(slug: str) -> Response:
    return page()


@bp.post("/organizations/<slug>/sign-in/policy")
@access("org:manage_sso")
def update_policy(slug: str) -> Response:
    form = PolicyForm()
    if not form.validate_on_submit():
        return page(policy=form, status=422)
    added = bool(form.just_in_time.data)
    return attempt(
        lambda: organizations.set_policy(organization(), by=actor(), just_in_time=added), _("The policy is saved.")
    )


@bp.post("/organizations/<slug>/sign-in/sso/suspension")
@access("org:manage_sso")
@sudo.required
def disable_sso(slug: str) -> Response:
    found = connection() or abort(404)
    return attempt(
        lambda: connections.disable(found, by=actor()), _("Single sign-on is switched off. Nothing is lost.")
    )


@bp.post("/organizations/<slug>/sign-in/sso/return")
@access("org:manage_sso")
@sudo.required
def undo_sso(slug: str) -> Response:
    found = connection() or abort(404)
    return attempt(lambda: connections.undo(found, by=actor()), _("The former configuration is live again."))


def attempt(deed: "cards.Deed", said: str) -> Response:
    """Do it, and say so; or say at the top of the page why not."""
    try:
        deed()
    except Refused as refusal:
        db.session.rollback()
        return page(problem=str(refusal), status=422)
    db.session.commit()
    flash(said)
    return redirect(url_for("account.show_sign_in", slug=organization().slug), 303)


def connection() -> Connection | None:
    return next(iter(connections.listed(organization())), None)


def directory() -> Directory | None:
    return next(iter(directories.listed(organization())), None)


def page(status: int = 200, **more: object) -> Response:
    """`more`: problem, a form with errors, a secret to be shown this once."""
    here, people = organization(), directory()
    every = connections.listed(here)
    found = next(iter(every), None)
    held, urgent = tokens.listed(people) if people else [], attention.of(here, every)
    entering, arriving = pulse.of(here.id, found, people)
    policy = PolicyForm(just_in_time=here.just_in_time, formdata=None)
    usual: dict[str, object] = {
        "problem": "", "policy": policy, "new_token": "", "new_link": "", "link_form": SetupLinkForm(formdata=None),
        "token_form": TokenForm(formdata=None), "client_form": ClientForm(formdata=None), "new_client": None,
        "holding": HoldingForm(hold=here.hold_large_batches, formdata=None),
    }  # fmt: skip
    return show_organization(
        "sign_in", title=str(TITLE), status=status, allowed=connections.allowed(here), connection=found, directory=people,
        connections=every, sso=cards.sso(here, found, entering, _of(urgent, *SIGN_IN)), action=ActionForm(),
        attention=urgent, tokens=held,
        scim=cards.scim(here, found, people, arriving, held, _of(urgent, *PROVISIONING)), links=setup_links.listed(here),
        progress=progress.of(here), now=now(), **usual | more,
    )  # fmt: skip


def _of(urgent: Attention, *kinds: Kind) -> list[Deadline]:
    return [deadline for deadline in urgent.deadlines if deadline.kind in kinds]
