"""The tab Activity: what happened in the organization, in plain words."""

import uuid

from flask import request
from werkzeug.wrappers import Response

from portal.account import bp, sentences
from portal.account.tabs import show_organization
from portal.organizations import events
from portal.web.access import access
from portal.web.tenant import organization
from portal.words import _

PAGE = 50


@bp.get("/organizations/<slug>/activity")
@access("org:view_activity")
def list_activity(slug: str) -> Response:
    found = events.recent(organization(), before=_before(), limit=PAGE + 1)
    told = [sentences.tell(event) for event in found[:PAGE]]
    more = found[PAGE - 1].id if len(found) > PAGE else None
    return show_organization("activity", title=_("Activity"), events=told, more=more)


def _before() -> uuid.UUID | None:
    try:
        return uuid.UUID(request.args.get("before", ""))
    except ValueError:
        return None
