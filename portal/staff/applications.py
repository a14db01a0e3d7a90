"""The application's programs that people sign in to: registered, changed, given another secret."""

import uuid

from flask import Response, abort, flash, redirect, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as Answer
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.extensions import db
from portal.models import Client
from portal.organizations import applications
from portal.organizations.actors import Actor, Door
from portal.organizations.applications import Addresses
from portal.organizations.refusals import Refused
from portal.settings import current
from portal.staff import bp, showing
from portal.web import tenant
from portal.web.access import access
from portal.words import _, _l

ONE = "/applications/<uuid:client_id>"


class ApplicationForm(FlaskForm):
    name = StringField(_l("Name"), validators=[InputRequired(_l("Give it a name.")), Length(max=320)])
    redirect_uris = TextAreaField(
        _l("Redirect URIs"), validators=[InputRequired(_l("Give at least one.")), Length(max=20_000)],
        description=_l("Where people come back after signing in; one a line."),
    )  # fmt: skip
    logout_redirect_uris = TextAreaField(
        _l("Redirect URIs after signing out"), validators=[Length(max=20_000)], description=_l("One a line.")
    )
    backchannel_logout_uri = StringField(
        _l("Back-channel logout URI"), validators=[Length(max=2_000)],
        description=_l("Told from server to server when somebody’s session or access ends."),
    )  # fmt: skip

    @property
    def addresses(self) -> Addresses:
        back, away = (field.data or "" for field in (self.redirect_uris, self.logout_redirect_uris))
        return Addresses(back.split(), away.split(), (self.backchannel_logout_uri.data or "").strip())


class NewApplicationForm(ApplicationForm):
    public = BooleanField(
        _l("It cannot keep a secret"), description=_l("Such as a program that runs in a browser or a telephone.")
    )


@bp.get("/applications")
@access("staff")
def list_applications() -> Response:
    return _list(NewApplicationForm(formdata=None))


@bp.post("/applications")
@access("staff")
def create_application() -> Response:
    form = NewApplicationForm()
    if not form.validate_on_submit():
        return _list(form, 422)
    try:
        row, secret = applications.create(form.name.data or "", form.addresses, by=_actor(), public=form.public.data)
    except Refused as refusal:
        form.redirect_uris.errors = [str(refusal)]
        return _list(form, 422)
    db.session.commit()
    return _show(row, secret=secret)


@bp.get(ONE)
@access("staff")
def show_application(client_id: uuid.UUID) -> Response:
    return _show(_get(client_id))


@bp.post(ONE)
@access("staff")
def update_application(client_id: uuid.UUID) -> Answer:
    row, form = _get(client_id), ApplicationForm()
    if not form.validate_on_submit():
        return _show(row, form, status=422)
    try:
        applications.change(row, form.name.data or "", form.addresses, by=_actor())
    except Refused as refusal:
        db.session.rollback()
        form.redirect_uris.errors = [str(refusal)]
        return _show(_get(client_id), form, status=422)
    db.session.commit()
    flash(_("The application is saved."))
    return redirect(url_for("staff.show_application", client_id=row.id), 303)


@bp.post(f"{ONE}/secret")
@access("staff")
def rotate_application_secret(client_id: uuid.UUID) -> Response:
    """Shown in this answer only."""
    row = _get(client_id)
    if row.public:
        abort(404)
    secret = applications.rotate_secret(row, by=_actor())
    db.session.commit()
    return _show(row, secret=secret)


@bp.post(f"{ONE}/former-secret/end")
@access("staff")
def end_former_secret(client_id: uuid.UUID) -> Answer:
    row = _get(client_id)
    applications.end_former_secret(row, by=_actor())
    db.session.commit()
    flash(_("The former secret no longer works."))
    return redirect(url_for("staff.show_application", client_id=row.id), 303)


@bp.post(f"{ONE}/removal")
@access("staff")
def delete_application(client_id: uuid.UUID) -> Answer:
    row = _get(client_id)
    if request.form.get("name", "").strip() != row.name:
        return _show(row, problem=_("Type the application’s name to delete it."), status=422)
    applications.delete(row, by=_actor())
    db.session.commit()
    flash(_("%(row)s is deleted. Nobody can sign in to it any more.", row=row.name))
    return redirect(url_for("staff.list_applications"), 303)


def _list(form: NewApplicationForm, status: int = 200) -> Response:
    return showing.page(
        "applications", title=_("Applications"), status=status, form=form, applications=applications.listed()
    )


def _show(
    row: Client, form: ApplicationForm | None = None, *, secret: str = "", problem: str = "", status: int = 200
) -> Response:
    given = ApplicationForm(
        name=row.name, redirect_uris="\n".join(row.redirect_uris), backchannel_logout_uri=row.backchannel_logout_uri,
        logout_redirect_uris="\n".join(row.logout_redirect_uris), formdata=None,
    )  # fmt: skip
    return showing.page(
        "application", title=row.name, status=status, row=row, form=form or given, secret_once=secret, problem=problem,
        issuer=current().public_url,
    )  # fmt: skip


def _get(client_id: uuid.UUID) -> Client:
    return applications.find(str(client_id)) or abort(404)


def _actor() -> Actor:
    return tenant.actor(Door.STAFF)
