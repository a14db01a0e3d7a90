"""The tab Profile: who you are here."""

import sqlalchemy as sa
from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from portal.account import bp
from portal.account.forms import ProfileForm
from portal.account.tabs import show_own
from portal.extensions import db
from portal.models import Directory, DirectoryUser, Membership, Mode
from portal.organizations import users
from portal.web.access import access
from portal.web.session import current_session, person
from portal.web.tenant import actor
from portal.words import _


@bp.get("/account")
@access("signed-in")
def show_profile() -> Response:
    return _page(ProfileForm(name=person().name))


@bp.post("/account")
@access("own-account")
def update_profile() -> Response:
    form = ProfileForm()
    if _managed_by() or not form.validate_on_submit():
        return _page(form, 422)
    users.rename(person(), form.name.data or "", by=actor())
    db.session.commit()
    flash(_("Your name is saved."))
    return redirect(url_for("account.show_profile"), 303)


def _page(form: ProfileForm, status: int = 200) -> Response:
    return show_own(
        "profile", title=_("Profile"), status=status, form=form, person=person(), managed_by=_managed_by(),
        own=current_session().is_the_persons_own,
    )  # fmt: skip


def _managed_by() -> str:
    """The directory that speaks for this person, which their own page then does not contradict."""
    return (
        db.session.scalar(
            sa.select(Directory.name)
            .join(DirectoryUser, sa.and_(
                DirectoryUser.directory_id == Directory.id, DirectoryUser.organization_id == Directory.organization_id
            ))
            .join(Membership, sa.and_(
                Membership.id == DirectoryUser.membership_id, Membership.organization_id == DirectoryUser.organization_id
            ))
            .where(Membership.user_id == person().id, Directory.mode == Mode.LIVE)
            .limit(1)
        )
        or ""
    )  # fmt: skip
