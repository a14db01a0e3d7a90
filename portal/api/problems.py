"""What went wrong, as the API says it: problem+json (RFC 9457) with a code that programs can rely on."""

import json

from flask import Blueprint, Response, g

from portal.extensions import db
from portal.organizations import refusals as no
from portal.organizations.refusals import Refused
from portal.web import errors

MIME = "application/problem+json"

STATUSES: dict[int, tuple[str, str]] = {
    400: ("bad_request", "The request was not understood."),
    401: ("unauthorized", "Send an API key as “Authorization: Bearer vsk_…”."),
    403: ("forbidden", "This is not allowed."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take that method."),
    412: ("precondition_failed", "What you read has changed since. Read it again, then decide anew."),
    413: ("too_large", "The request is larger than we accept."),
    415: ("unsupported_media_type", "Send the body as application/json."),
    422: ("invalid", "A value cannot be used; `errors` says which one and why."),
    429: ("too_many_requests", "There were more requests than the limit allows. Wait a second, then go on."),
    500: ("internal_error", "Something went wrong on our side. Nothing was changed; try again."),
    503: (
        "unavailable",
        "Our database does not answer at the moment. Nothing was changed; try again in a few seconds.",
    ),
}

REFUSALS: dict[type[Refused], tuple[int, str]] = {
    no.AliasTaken: (409, "alias_taken"),
    no.AlreadyClaimed: (409, "domain_already_claimed"),
    no.AlreadyContact: (409, "already_contact"),
    no.AlreadyInvited: (409, "already_invited"),
    no.AlreadyMember: (409, "already_member"),
    no.AmbiguousPerson: (409, "ambiguous_person"),
    no.AnotherProvider: (409, "another_provider"),
    no.AssertionUsed: (409, "assertion_used"),
    no.AttributeExists: (409, "attribute_exists"),
    no.BadAddress: (422, "bad_address"),
    no.BadAlias: (422, "bad_alias"),
    no.BadAttributeName: (422, "bad_attribute_name"),
    no.BadContexts: (422, "bad_contexts"),
    no.BadDomain: (422, "bad_domain"),
    no.BadEmail: (422, "bad_email"),
    no.BadName: (422, "bad_name"),
    no.BadRole: (422, "bad_role"),
    no.BadSessionHours: (422, "bad_session_hours"),
    no.BadToken: (422, "bad_token"),
    no.BatchSettled: (409, "batch_settled"),
    no.BuiltInRole: (409, "built_in_role"),
    no.CodeTooSoon: (429, "code_too_soon"),
    no.CommonPassword: (422, "common_password"),
    no.DnsSilent: (503, "dns_silent"),
    no.DomainTaken: (409, "domain_taken"),
    no.EmailNotVerified: (403, "email_not_verified"),
    no.EmailTaken: (409, "email_taken"),
    no.GroupInGroup: (422, "group_in_group"),
    no.GroupNameTaken: (409, "group_name_taken"),
    no.HashNotTaken: (422, "hash_not_taken"),
    no.InternalRole: (409, "internal_role"),
    no.KeyReused: (422, "idempotency_key_reused"),
    no.KeyWaits: (409, "key_waits"),
    no.LastCertificate: (409, "last_certificate"),
    no.LastOwner: (409, "last_owner"),
    no.LastWayBackIn: (409, "last_way_back_in"),
    no.LinkUsedUp: (409, "link_used_up"),
    no.ManagedByDirectory: (409, "managed_by_directory"),
    no.MembershipEnded: (409, "membership_ended"),
    no.NeedsSingleSignOn: (409, "needs_single_sign_on"),
    no.NoConfiguration: (409, "no_configuration"),
    no.NoEmail: (422, "no_email"),
    no.NoFreeSeat: (409, "no_free_seat"),
    no.NoKeyWaits: (409, "no_key_waits"),
    no.NoOtherWayIn: (409, "no_other_way_in"),
    no.NoVerifiedDomain: (409, "no_verified_domain"),
    no.NobodyChosen: (422, "nobody_chosen"),
    no.NobodySignedInYet: (409, "nobody_signed_in_yet"),
    no.NotAMember: (409, "not_a_member"),
    no.NotActive: (409, "not_active"),
    no.NotAnOption: (400, "not_an_option"),
    no.NotAnOwner: (409, "not_an_owner"),
    no.NotConnectedYet: (409, "not_connected_yet"),
    no.NotProvisioned: (409, "not_provisioned"),
    no.NotTested: (409, "not_tested"),
    no.NotVerifiedYet: (409, "not_verified_yet"),
    no.NothingNew: (409, "nothing_new"),
    no.NothingToUndo: (409, "nothing_to_undo"),
    no.OtherConnection: (409, "other_connection"),
    no.OutsideVerifiedDomains: (409, "outside_verified_domains"),
    no.PasskeyExists: (409, "passkey_exists"),
    no.PublicMailDomain: (422, "public_mail_domain"),
    no.RoleInUse: (409, "role_in_use"),
    no.RoleNotInPlan: (409, "role_not_in_plan"),
    no.SeatTaken: (409, "seat_taken"),
    no.SlugTaken: (409, "slug_taken"),
    no.SsoNotAllowed: (409, "sso_not_allowed"),
    no.SsoRequired: (409, "sso_required"),
    no.SuspendedByDirectory: (409, "suspended_by_directory"),
    no.TooManyAttributes: (409, "too_many_attributes"),
    no.TooManyCodes: (429, "too_many_codes"),
    no.TooManyContacts: (409, "too_many_contacts"),
    no.TooManyKeys: (409, "too_many_keys"),
    no.TooManyPasskeys: (409, "too_many_passkeys"),
    no.UnknownKey: (404, "unknown_key"),
    no.UnknownLogin: (409, "unknown_login"),
    no.UnknownMembers: (422, "unknown_members"),
    no.UnknownPasskey: (422, "unknown_passkey"),
    no.UnknownPermission: (422, "unknown_permission"),
    no.UserNameTaken: (409, "user_name_taken"),
    no.WeakPassword: (422, "weak_password"),
    no.WrongBrowser: (409, "wrong_browser"),
    no.WrongCode: (422, "wrong_code"),
    no.WrongOneTimeCode: (422, "wrong_one_time_code"),
    no.WrongPassword: (422, "wrong_password"),
}

OWN = ("bad_json", "scope_missing")


class Problem(Exception):
    """Carries its answer. `errors` are (JSON pointer or parameter, what is wrong with it)."""

    def __init__(
        self,
        status: int,
        words: str = "",
        code: str = "",
        *,
        errors: list[tuple[str, str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.status, self.words, self.code = status, words, code
        self.errors, self.headers = errors or [], headers or {}
        super().__init__(words)


def codes() -> list[str]:
    """Every code there is, for the description."""
    return sorted({*(code for code, _ in STATUSES.values()), *(code for _, code in REFUSALS.values()), *OWN})


def invalid(where: str, words: str) -> Problem:
    return Problem(422, errors=[(where, words)])


def bind(bp: Blueprint) -> None:
    errors.shape("/api/", answer)
    bp.register_error_handler(Problem, _say)
    bp.register_error_handler(Refused, _refuse)


def answer(status: int, words: str, headers: dict[str, str]) -> Response:
    """Every error under /api/ has this shape, also those that never reached a view."""
    return _body(Problem(status, words, headers=headers))


def _say(problem: Problem) -> Response:
    db.session.rollback()
    return _body(problem)


def _refuse(refusal: Refused) -> Response:
    db.session.rollback()
    status, code = REFUSALS[type(refusal)]
    return _body(Problem(status, str(refusal), code))


def _body(problem: Problem) -> Response:
    code, words = STATUSES.get(problem.status, STATUSES[400 if problem.status < 500 else 500])
    code = problem.code or code
    body: dict[str, object] = {
        "type": f"urn:vestibule:problem:{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": problem.status,
        "code": code,
        "detail": problem.words or words,
        "request_id": g.get("request_id", ""),
    }
    if problem.errors:
        body["errors"] = [{"where": where, "detail": detail} for where, detail in problem.errors]
    response = Response(json.dumps(body, ensure_ascii=False), status=problem.status, mimetype=MIME)
    response.headers.extend(problem.headers)
    return response
