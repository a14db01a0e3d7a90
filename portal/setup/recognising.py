"""Finding the guide for somebody who does not know which one: from metadata they have, or from where their mail goes."""

from flask import Response as Page
from flask import flash, make_response, render_template
from werkzeug.wrappers import Response

from portal.extensions import db
from portal.models import SamlConfiguration, SetupRun
from portal.organizations import connections, domains, setup_runs
from portal.organizations.refusals import NoConfiguration, Refused
from portal.setup import beginning, bp, guides, imports, places, visitor
from portal.web.access import access
from portal.words import _
from wizards.choices import StepType
from wizards.definition import Wizard
from wizards.facts import UNKNOWN

MOST_DOMAINS = 3


@bp.post("/<slug>/<any(sso):flow>/metadata")
@access("setup")
def begin_with_metadata(flow: str) -> Response:
    """Somebody has made the app already: its metadata says whose it is, and is kept."""
    reading = imports.read(imports.given_in_form())
    if reading.metadata is None:
        return beginning.page(flow, " ".join(finding.words for finding in reading.findings))
    found = guides.recognised(reading.metadata.entity_id, reading.metadata.sso_url)
    wizard = found or guides.every()[UNKNOWN]
    try:
        run = _begin(wizard, reading.metadata.configuration(reading.url))
    except Refused as refusal:
        db.session.rollback()
        return beginning.page(flow, str(refusal))
    db.session.commit()
    flash(
        _("This is metadata of %(idp)s. It is kept.", idp=wizard.name)
        if found
        else _("The metadata is kept. We do not know this provider.")
    )
    return beginning.redirect_to(run, flow, _where_our_values_are(run, wizard))


@bp.get("/<slug>/<any(sso):flow>/hint")
@access("setup")
def show_hint(flow: str) -> Page:
    """Which provider the domain's mail speaks for: a guess with its reason, asked for beside the page, for DNS may be slow."""
    for domain in domains.listed(visitor.organization())[:MOST_DOMAINS]:
        for host in domains.mail_hosts(domain.name)[:1]:
            if wizard := guides.hinted(host):
                return make_response(render_template("setup/_hint.html", wizard=wizard, domain=domain.name, host=host))
    return make_response("")


def _begin(wizard: Wizard, configuration: SamlConfiguration) -> SetupRun:
    organization, by = visitor.organization(), visitor.here().actor
    connections.require_allowed(organization)
    run = setup_runs.for_sign_in(organization, wizard.id, by=by, name=wizard.name)
    connection = connections.get(run.connection_id) if run.connection_id else None
    if connection is None:
        raise NoConfiguration
    held = connection.candidate or connection.live
    if held is None or held.configuration.hash != configuration.hash:
        connections.stage(connection, configuration, by=by)
    return run


def _where_our_values_are(run: SetupRun, wizard: Wizard) -> str:
    """An app that was made before has not heard of our addresses: that comes next, whatever else was done there."""
    shown = wizard.flow("sso").shown(places.evidence_of(run).facts) if wizard.sso else ()  # type: ignore[union-attr]
    return next((step.id for step in shown if step.type is StepType.COPY_VALUES), shown[0].id)
