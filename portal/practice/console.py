"""/practice: the practice IdPs there are, and making one more."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.extensions import db
from portal.practice import bp, tenants
from portal.practice.forms import TenantForm
from portal.practice.personalities import PERSONALITIES
from portal.web.access import access
from portal.words import _


@bp.get("")
@access("practice")
def show() -> str:
    return _page(TenantForm(formdata=None))


@bp.post("")
@access("practice")
def create_tenant() -> Response | tuple[str, int]:
    form = TenantForm()
    if not form.validate_on_submit():
        return _page(form), 422
    row = tenants.create(PERSONALITIES[form.personality.data], form.name.data.strip(), form.domain.data.lower())
    db.session.commit()
    return redirect(url_for("practice.show_sign_on", tenant_id=row.id), 303)


def _page(form: TenantForm) -> str:
    rows = [(row, PERSONALITIES[row.personality]) for row in tenants.listed()]
    return render_template("practice/list.html", title=_("Practice identity providers"), rows=rows, form=form)
