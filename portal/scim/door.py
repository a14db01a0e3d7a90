"""The addresses under /scim/v2/<directory>, and who answers there."""

import uuid
from collections.abc import Callable

from flask import Blueprint, Response, request

from portal.extensions import csrf, db
from portal.organizations.refusals import Refused
from portal.scim import addresses, bulk, discovery, errors, everything, groups, kinds, oauth, recording, users
from portal.scim.entry import body, place
from portal.scim.errors import ScimError
from portal.scim.oauth import OAuthError
from portal.scim.rendering import answer
from portal.web import errors as web_errors
from portal.web.access import access

bp = Blueprint("scim", __name__, url_prefix="/scim/v2/<uuid:directory_id>")
csrf.exempt(bp)
web_errors.shape("/scim", errors.answer)
bp.after_request(recording.record)
bp.record_once(recording.bind)
bp.record_once(addresses.bind)

ANY = ("GET", "POST", "PUT", "PATCH", "DELETE")
View = Callable[..., Response]


def _route(rule: str, methods: dict[str, View]) -> None:
    """One address, a view per method; every other method is 405 and says which are known."""

    @access("scim")
    def view(directory_id: uuid.UUID, **values: object) -> Response:
        answer_with = methods.get("GET" if request.method == "HEAD" else request.method)
        if answer_with is None:
            taken = ", ".join(methods)
            raise ScimError(
                405, f"{request.method} is not taken at this address; it takes {taken}.", headers={"Allow": taken}
            )
        return answer_with(**values)

    name = rule.replace("<uuid:", "").replace("<", "").replace(">", "").strip("/.").replace("/", "_").replace(".", "_")
    bp.add_url_rule(rule, name or "root", view, methods=ANY, provide_automatic_options=False)


def _search(list_them: Callable[[dict[str, object]], Response]) -> View:
    return lambda: list_them(body())


def _not_offered() -> Response:
    raise ScimError(501, "")


def _lost(rest: str = "") -> Response:
    raise addresses.lost(rest)


bp.add_url_rule("/oauth/token", "create_access_token", oauth.create_access_token, methods=ANY)
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
_route("/.search", {"POST": everything.search})
_route("/ServiceProviderConfig", {"GET": lambda: answer(discovery.config(place()))})
_route(
    "/ResourceTypes",
    {"GET": lambda: discovery.every([discovery.resource_type(place(), kind) for kind in kinds.every()])},
)
_route(
    "/ResourceTypes/<name>",
    {"GET": lambda name: answer(discovery.resource_type(place(), discovery.find_kind(name)))},
)
_route("/Schemas", {"GET": lambda: discovery.every([discovery.schema(place(), one) for one in kinds.schemas()])})
_route("/Schemas/<urn>", {"GET": lambda urn: answer(discovery.schema(place(), discovery.find_schema(urn)))})
_route("/Me", dict.fromkeys(ANY, _not_offered))
_route("/Bulk", {"POST": bulk.run})
_route("/Users/<rest>", dict.fromkeys(ANY, lambda rest: _no_such("user", rest)))
_route("/Groups/<rest>", dict.fromkeys(ANY, lambda rest: _no_such("group", rest)))
_route("", dict.fromkeys(ANY, _lost))
_route("/<path:rest>", dict.fromkeys(ANY, _lost))


def _no_such(kind: str, rest: str) -> Response:
    doubled = rest.casefold() in ("users", "groups")
    raise addresses.lost(f"{kind.title()}s/{rest}") if doubled else errors.not_found(kind)


@bp.app_errorhandler(OAuthError)
def say_oauth_error(error: OAuthError) -> Response:
    db.session.rollback()
    return error.answer()


@bp.app_errorhandler(ScimError)
def say_error(error: ScimError) -> Response:
    db.session.rollback()
    return error.answer()


@bp.errorhandler(Refused)
def say_refusal(error: Refused) -> Response:
    db.session.rollback()
    return errors.of_refusal(error).answer()
