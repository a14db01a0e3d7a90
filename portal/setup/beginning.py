"""Beginning a set-up: which identity provider, what is needed; and finding the way back to where one was."""

import uuid

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from portal.extensions import db
from portal.models import DirectoryKind, Organization, SetupRun
from portal.organizations import connections, setup_runs
from portal.organizations.refusals import Refused, SsoNotAllowed
from portal.setup import bp, guides, picking, places, showing, visitor
from portal.web.access import access
from portal.web.htmx import in_place, render
from portal.words import _, _l
from wizards.choices import Source
from wizards.definition import Wizard

TITLES = {"sso": _l("Connect single sign-on"), "scim": _l("Let your directory provision people")}


@bp.get("/<slug>/<any(sso,scim):flow>")
@access("setup")
def choose_idp(flow: str) -> Response:
    return page(flow)


@bp.post("/<slug>/<any(sso,scim):flow>")
@access("setup")
def begin(flow: str) -> Response:
    wizard = guides.every().get(request.form.get("idp", ""))
    if wizard is None or wizard.flow(flow) is None:
        return page(flow, _("Choose your identity provider, or “Another provider” if it is not in the list."))
    try:
        connections.require_allowed(visitor.organization())
        run = _run(flow, wizard)
    except Refused as refusal:
        db.session.rollback()
        return page(flow, str(refusal))
    db.session.commit()
    return _to_unfinished(run, flow)


@bp.get("/<slug>/<any(sso,scim):flow>/resume")
@access("setup")
def resume(flow: str) -> Response:
    """To the first step that is not done; to the beginning where nothing was begun."""
    run = setup_runs.latest(visitor.organization(), flow)
    if run is None:
        return redirect(url_for("setup.choose_idp", slug=visitor.organization().slug, flow=flow), 303)
    return _to_unfinished(run, flow)


@bp.get("/<slug>/<any(sso):flow>/connections/<uuid:connection_id>")
@access("setup")
def resume_connection(flow: str, connection_id: uuid.UUID) -> Response:
    """The guide of this very connection, where an organization has several; where it has none, the page that begins one."""
    here = visitor.organization()
    connection = next((one for one in connections.listed(here) if one.id == connection_id), None) or abort(404)
    run = setup_runs.of_connection(connection)
    if run is None:
        return redirect(url_for("setup.choose_idp", slug=here.slug, flow=flow), 303)
    return _to_unfinished(run, flow)


@bp.post("/run/<uuid:run_id>/<any(sso,scim):flow>/guide")
@access("setup")
def switch_guide(flow: str) -> Response:
    """The metadata is another IdP's: the same connection, the same addresses, another guide."""
    wizard = guides.every().get(request.form.get("idp", "")) or abort(400)
    run = _run(flow, wizard)
    db.session.commit()
    return _to_unfinished(run, flow)


def _run(flow: str, wizard: Wizard) -> SetupRun:
    organization, by = visitor.organization(), visitor.here().actor
    if flow == "sso":
        verb = setup_runs.for_another_sign_in if _another() else setup_runs.for_sign_in
        return verb(organization, wizard.id, by=by, name=wizard.name)
    source = wizard.provisioning.source if wizard.provisioning else Source.SCIM
    return setup_runs.for_provisioning(
        organization, wizard.id, by=by, name=wizard.name, kind=DirectoryKind(source.value)
    )


def _another() -> bool:
    """One more identity provider, asked for by somebody who sees those there are."""
    return "another" in request.args and visitor.here().may_go_live


def _to_unfinished(run: SetupRun, flow: str) -> Response:
    return redirect_to(run, flow, places.unfinished(run, flow) or abort(404))


def redirect_to(run: SetupRun, flow: str, step: str) -> Response:
    return redirect(url_for("setup.show_step", run_id=run.id, flow=flow, step=step), 303)


def page(flow: str, problem: str = "") -> Response:
    organization = visitor.organization()
    run = setup_runs.latest(organization, flow)
    query = request.args.get("q", "").strip()[:60]
    response = render(
        "setup/choose_idp.html", "setup/_choose_idp.html", title=TITLES[flow], status=422 if problem else 200,
        flow=flow, organization=organization, picker=picking.picker(flow, query), run=run,
        chosen=request.args.get("idp") or ("" if _another() else _chosen(organization, run)), another=_another() or None,
        begun=guides.get(run.idp) if run and not _another() else None, problem=problem, refusal=_refusal(organization, flow),
        home=showing.home(), may_sso="sso" in visitor.here().scopes, pasted=request.form.get("source", ""),
    )  # fmt: skip
    return in_place(response) if "q" in request.args else response


def _chosen(organization: Organization, run: SetupRun | None) -> str:
    """Provisioning goes on with the identity provider people sign in through."""
    if run:
        return run.idp
    sign_in = setup_runs.latest(organization, "sso")
    if sign_in:
        return sign_in.idp
    there = connections.listed(organization)
    return there[-1].idp if there else ""


def _refusal(organization: Organization, flow: str) -> str:
    """Why this half cannot be begun yet."""
    if not connections.allowed(organization):
        return str(SsoNotAllowed())
    return "needs-sso" if flow == "scim" and not connections.live_of(organization) else ""
