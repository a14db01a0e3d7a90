"""The addresses under /scim/v2/<directory>, and who answers there."""

import uuid
from collections.abc import Callable

from flask import Blueprint, Response, request

from portal.extensions import csrf, db
from portal.organizations.refusals import GroupNameTaken, Refused, UserNameTaken
from portal.scim import discovery, errors, groups, recording, users
from portal.scim.attributes import KINDS, SCHEMAS
from portal.scim.entry import body, directory
from portal.scim.errors import ScimError
from portal.scim.rendering import answer, listing
from portal.web import errors as web_errors
from portal.web.access import access

bp = Blueprint("scim", __name__, url_prefix="/scim/v2/<uuid:directory_id>")
csrf.exempt(bp)
web_errors.shape("/scim", errors.answer)
bp.after_request(recording.record)
bp.record_once(recording.bind)

ANY = ("GET", "POST", "PUT", "PATCH", "DELETE")
View = Callable[..., Response]


def _route(rule: str, methods: dict[str, View]) -> None:
    """One address, a view per method; every other method is 405 and says which are known."""

    @access("scim")
    def view(directory_id: uuid.UUID, **values: object) -> Response:
        answer_with = methods.get("GET" if request.method == "HEAD" else request.method)
        if answer_with is None:
            raise ScimError(405, "", headers={"Allow": ", ".join(methods)})
        return answer_with(**values)

    name = rule.replace("<uuid:", "").replace("<", "").replace(">", "").strip("/.").replace("/", "_").replace(".", "_")
    bp.add_url_rule(rule, name or "root", view, methods=ANY)


def _search(list_them: Callable[[dict[str, object]], Response]) -> View:
    return lambda: list_them(body())


def _search_everything() -> Response:
    """At the root (RFC 7644 §3.4.3): people, then groups; an attribute that only one of them has matches none of the other."""
    asked = body()
    found = []
    for list_them in (users.list_users, groups.list_groups):
        try:
            found += (list_them(asked).get_json(force=True) or {}).get("Resources", [])
        except ScimError as error:
            if error.scim_type != "invalidFilter":
                raise
    return answer(listing(found, len(found), startIndex=1))


def _not_offered() -> Response:
    raise ScimError(501, "")


def _lost(rest: str) -> Response:
    doubled = "scim/v2" in rest.casefold()
    words = (
        "The base URL stands twice in the address. Enter it once, without /Users or /scim/v2 behind it."
        if doubled
        else ""
    )
    raise ScimError(404, words)


_route("/Users", {"GET": users.list_users, "POST": users.create_user})
_route("/Users/<uuid:user_id>", {
    "GET": users.show_user, "PUT": users.replace_user, "PATCH": users.change_user, "DELETE": users.delete_user,
})  # fmt: skip
_route("/Users/.search", {"POST": _search(users.list_users)})
_route("/Groups", {"GET": groups.list_groups, "POST": groups.create_group})
_route("/Groups/<uuid:group_id>", {
    "GET": groups.show_group, "PUT": groups.replace_group, "PATCH": groups.change_group, "DELETE": groups.delete_group,
})  # fmt: skip
_route("/Groups/.search", {"POST": _search(groups.list_groups)})
_route("/.search", {"POST": _search_everything})
_route("/ServiceProviderConfig", {"GET": lambda: answer(discovery.config(directory()))})
_route(
    "/ResourceTypes", {"GET": lambda: discovery.every([discovery.resource_type(directory(), kind) for kind in KINDS])}
)
_route(
    "/ResourceTypes/<name>",
    {"GET": lambda name: answer(discovery.resource_type(directory(), discovery.find_kind(name)))},
)
_route("/Schemas", {"GET": lambda: discovery.every([discovery.schema(directory(), one) for one in SCHEMAS])})
_route("/Schemas/<urn>", {"GET": lambda urn: answer(discovery.schema(directory(), discovery.find_schema(urn)))})
_route("/Me", dict.fromkeys(ANY, _not_offered))
_route("/Bulk", {"POST": _not_offered})
_route("/Users/<rest>", dict.fromkeys(ANY, lambda rest: _no_such("user")))
_route("/Groups/<rest>", dict.fromkeys(ANY, lambda rest: _no_such("group")))
_route("/<path:rest>", dict.fromkeys(ANY, _lost))


def _no_such(kind: str) -> Response:
    raise errors.not_found(kind)


@bp.app_errorhandler(ScimError)
def say_error(error: ScimError) -> Response:
    db.session.rollback()
    return error.answer()


@bp.errorhandler(Refused)
def say_refusal(error: Refused) -> Response:
    db.session.rollback()
    if isinstance(error, UserNameTaken | GroupNameTaken):
        return errors.uniqueness(str(error)).answer()
    return errors.of_refusal(error).answer()
