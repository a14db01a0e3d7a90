"""How people sign in through a connection: what is ours alone and counts at once, and what the IdP must bear with."""

import uuid

from flask import Response as Page
from werkzeug.wrappers import Response

from portal.account import bp
from portal.account.connection_forms import OptionsForm, PoliciesForm
from portal.account.connection_pages import ADDRESS, Place, attempt, find, has_keys, page
from portal.models import Connection, IdpInitiated
from portal.organizations import connection_options
from portal.web.access import access
from portal.web.tenant import actor
from portal.words import _


@bp.get(f"{ADDRESS}/options")
@access("org:manage_sso")
def show_connection_options(slug: str, connection_id: uuid.UUID) -> Response:
    return _page(find(connection_id))


@bp.post(f"{ADDRESS}/policies")
@access("org:manage_sso")
def update_connection_policies(slug: str, connection_id: uuid.UUID) -> Response:
    found, form = find(connection_id), PoliciesForm()
    if not form.validate_on_submit():
        return _page(found, policies=form, status=422)
    wanted = connection_options.Policies(
        name=(form.name.data or "").strip(), idp_initiated=IdpInitiated(form.idp_initiated.data),
        session_hours=form.session_hours.data, single_logout=form.single_logout.data,
    )  # fmt: skip
    said = _("Saved. It counts from the next sign-in on.")
    return attempt(HERE, found, lambda: connection_options.set_policies(found, by=actor(), **wanted), said)


@bp.post(f"{ADDRESS}/options")
@access("org:manage_sso")
def update_connection_options(slug: str, connection_id: uuid.UUID) -> Response:
    found, form = find(connection_id), OptionsForm()
    if not form.validate_on_submit():
        return _page(found, options=form, status=422)
    wanted = connection_options.Options(
        force_authn=form.force_authn.data, authn_contexts=tuple((form.authn_contexts.data or "").split())
    )
    if has_keys(found):
        wanted |= {"sign_requests": form.sign_requests.data, "allow_cbc": form.allow_cbc.data}
    said = _("Kept. Test it on the overview, then switch it on.")
    return attempt(HERE, found, lambda: connection_options.change(found, by=actor(), **wanted), said)


def _page(
    connection: Connection, *, policies: PoliciesForm | None = None, options: OptionsForm | None = None,
    problem: str = "", status: int = 200,
) -> Page:  # fmt: skip
    target = connection.candidate or connection.live
    return page(
        "connection_options", connection, title=_("How people sign in"), status=status, problem=problem, target=target,
        signs=has_keys(connection), policies=policies or PoliciesForm(formdata=None, obj=connection),
        options=options or (OptionsForm.of(target.configuration) if target else None),
    )  # fmt: skip


HERE = Place("account.show_connection_options", _page)
