"""The provisioning log: what the identity provider asked, how it went, and what to do, in plain words."""

import uuid
from dataclasses import replace
from datetime import date

from flask import Response as Page
from flask import abort, make_response, request
from werkzeug.wrappers import Response

from portal.account import bp
from portal.account.forms import GrantForm
from portal.account.sign_in import directory
from portal.account.tabs import show_organization
from portal.organizations import support_grants
from portal.scim import bundle, journal
from portal.scim.journal import OUTCOMES, PAGE, Search
from portal.web.access import access
from portal.web.tenant import organization
from portal.words import _

ADDRESS = "/organizations/<slug>/sign-in/scim/log"


@bp.get(ADDRESS)
@access("org:manage_sso")
def list_log(slug: str) -> Response:
    return log_page(GrantForm(formdata=None))


@bp.get(f"{ADDRESS}.zip")
@access("org:manage_sso")
def download_log(slug: str) -> Page:
    """The redacted bundle of what is shown."""
    found = directory() or abort(404)
    answer = make_response(bundle.build(found, replace(asked(), before=None)))
    answer.mimetype = "application/zip"
    answer.headers["Content-Disposition"] = f'attachment; filename="provisioning-{organization().slug}.zip"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def log_page(form: GrantForm, status: int = 200) -> Response:
    found, search = directory() or abort(404), asked()
    entries = journal.entries(found, search, PAGE + 1)
    more = entries[PAGE - 1].exchange.id if len(entries) > PAGE else None
    return show_organization(
        "log", title=_("Provisioning log"), status=status, entries=entries[:PAGE], more=more, search=search, outcomes=OUTCOMES,
        provider=journal.guide(found), grants=support_grants.usable(organization()), form=form, query=_query(search),
    )  # fmt: skip


def asked() -> Search:
    """What cannot be read is not asked for."""
    given = request.args
    who = given.get("who", "").replace("\x00", "").strip()[:200]  # PostgreSQL knows no such character
    outcome = given.get("outcome", "changes")
    return Search(
        who, outcome if outcome in OUTCOMES else "changes", _date("since"), _date("until"),
        given.get("before", type=uuid.UUID),
    )  # fmt: skip


def _date(name: str) -> date | None:
    return request.args.get(name, type=date.fromisoformat)


def _query(search: Search) -> dict[str, str]:
    """The search again, for the next page and the download."""
    given = {"who": search.who, "outcome": search.outcome, "since": search.since, "until": search.until}
    return {name: str(value) for name, value in given.items() if value}
