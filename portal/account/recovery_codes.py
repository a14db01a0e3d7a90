"""Your recovery codes: made by themselves with the first factor, made anew on request, shown once."""

from urllib.parse import quote

from werkzeug.wrappers import Response

from portal.account import bp
from portal.account.tabs import show_own
from portal.extensions import db
from portal.organizations import recovery_codes
from portal.settings import current
from portal.web import sudo
from portal.web.access import access
from portal.web.session import person
from portal.web.tenant import actor
from portal.words import _


@bp.post("/account/security/recovery-codes")
@access("own-ways")
@sudo.required
def create_recovery_codes() -> Response:
    return _show_once()


def first_factor() -> Response | None:
    """Whoever has just set up their first factor gets codes for the day they lose it; others have theirs."""
    return None if recovery_codes.left(person()) else _show_once()


def _show_once() -> Response:
    codes = recovery_codes.make(person(), by=actor())
    db.session.commit()
    sheet = _(
        "Recovery codes of %(email)s for %(app)s. Each works once.\n\n", email=person().email, app=current().app_name
    ) + "\n".join(codes)
    file = f"data:text/plain;charset=utf-8,{quote(sheet)}"
    return show_own("recovery_codes", title=_("Your recovery codes"), codes="\n".join(codes), file=file)
