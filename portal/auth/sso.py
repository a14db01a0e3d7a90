"""“Sign in with SSO”: by e-mail domain or by the organization's name."""

from collections.abc import Sequence

from flask import abort, redirect, render_template, request
from werkzeug.wrappers import Response

from portal.auth import bp
from portal.auth.entering import count_try
from portal.auth.forms import SsoForm
from portal.models import Connection
from portal.organizations import connection_domains, connections, organizations
from portal.web import session, sso, targets, tenant
from portal.web.access import access
from portal.words import _, _l

NOT_FOUND = _l(
    "We know no single sign-on by that name. Check the spelling, or sign in with your e-mail address instead."
)


@bp.get("/sso")
@access("public")
def show_sso() -> str:
    return _page(SsoForm(next=targets.local(request.args.get("next")), formdata=None))


@bp.post("/sso")
@access("public")
def submit_sso() -> str | tuple[str, int] | Response:
    form = SsoForm()
    if not form.validate_on_submit():
        return _page(form), 422
    count_try()
    found = _connections(form.company.data)
    if not found:
        form.company.errors = [str(NOT_FOUND)]
        return _page(form), 422
    return to_connection(found, form.next.data)


@bp.get("/organizations/<slug>/way-in")
@access("signed-in")
def go_to_organization(slug: str) -> str | Response:
    """A member whose session does not reach this organization, because it asks for its own IdP."""
    membership = tenant.membership_at(slug)
    found = connections.live_of(membership.organization) if membership else []
    return to_connection(found, request.args.get("next", "")) if found else abort(404)


@bp.get("/prove/sso")
@access("signed-in")
def prove_by_sso() -> str | Response:
    """Sign in anew at the IdP that opened this session: it is asked not to wave the person through."""
    connection_id = session.current_session().connection_id
    connection = connections.get(connection_id) if connection_id else None
    return to_connection([connection or abort(404)], request.args.get("next", ""), anew=True)


def to_connection(found: Sequence[Connection], target: str, *, anew: bool = False) -> str | Response:
    """Straight to the IdP; where an organization has several, the person chooses."""
    target = targets.local(target)
    if len(found) == 1:
        return redirect(sso.address(found[0], "login", next=target or None, anew=1 if anew else None), 303)
    return render_template("auth/choose.html", title=_("Choose how to sign in"), connections=found, next=target or None)


def _connections(company: str) -> Sequence[Connection]:
    if "@" in company:
        return connection_domains.for_email(company)
    organization = organizations.named(company)
    return (
        connections.live_of(organization)
        if organization
        else connection_domains.for_email(f"someone@{company.strip()}")
    )


def _page(form: SsoForm) -> str:
    return render_template("auth/sso.html", title=_("Sign in with SSO"), form=form)
