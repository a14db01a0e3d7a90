"""An answer of an OpenID provider, from the code to the person: one way for sign-ins and for tests, so that a test proves
exactly what a sign-in needs."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from authlib.common.errors import AuthlibBaseError
from requests import RequestException

from portal.organizations.test_reports import Problem
from portal.relying_party import id_token, identity
from portal.relying_party.client import Client
from portal.relying_party.id_token import Expected, Token
from portal.relying_party.identity import Identity
from portal.relying_party.refusals import AnswerRefused, problem
from portal.relying_party.talking import get_json
from portal.web.fetch import NotFetched
from portal.words import kept


@dataclass(frozen=True)
class Question:
    """What was asked in this browser, and when."""

    nonce: str
    verifier: str
    asked_at: datetime


@dataclass
class Seen:
    """What was seen of an answer. `problems` holds the first of each check; `person` is set only where there is none."""

    problems: dict[str, Problem] = field(default_factory=dict)
    remarks: dict[str, Problem] = field(default_factory=dict)  # what keeps nobody out
    tokens: Mapping[str, object] = field(default_factory=dict)
    token: Token | None = None
    claims: dict[str, object] = field(default_factory=dict)
    person: Identity | None = None

    def note(self, found: Problem) -> None:
        self.problems.setdefault(found.check, found)

    @property
    def accepted(self) -> Identity:
        """The person, or the first thing that was wrong."""
        if self.person is None:
            raise AnswerRefused(next(iter(self.problems.values())))
        return self.person


def take(us: Client, question: Question, said: Mapping[str, str], *, everything: bool = False) -> Seen:
    """`said` is the query the browser came back with; `everything` asks for all claims, not only for those in use."""
    seen = Seen()
    try:
        _check_sender(us, said)
        seen.tokens = _redeem(us, question, said)
        seen.token = id_token.parse(seen.tokens.get("id_token"), us.configuration)
        _judge(us, question, said, seen)
        if not seen.problems:
            _complete(us, seen, everything)
            seen.person = identity.read(seen.claims, us.configuration.mapping)
    except AnswerRefused as refused:
        seen.note(refused.problem)
    return seen


def _check_sender(us: Client, said: Mapping[str, str]) -> None:
    """RFC 9207: a provider that says it names itself must do so, or another one's answer could be passed off as its own."""
    named = said.get("iss", "")
    if (named or us.configuration.names_itself) and named != us.configuration.issuer:
        raise AnswerRefused(problem("response-issuer", "wrong-sender", expected=us.configuration.issuer, got=named))
    if error := said.get("error"):
        got = f"{error}: {said.get('error_description', '')}".rstrip(": ")
        raise AnswerRefused(problem("status", error if error == "access_denied" else "error", got=got))
    if not said.get("code"):
        raise AnswerRefused(problem("status", "no-code", got="no code"))


def _redeem(us: Client, question: Question, said: Mapping[str, str]) -> Mapping[str, object]:
    try:
        tokens: Mapping[str, object] = us.session().fetch_token(
            us.configuration.token_endpoint, grant_type="authorization_code", code=said["code"],
            code_verifier=question.verifier, allow_redirects=False,
        )  # fmt: skip
    except AuthlibBaseError as refused:
        got = f"{refused.error}: {refused.description or ''}".rstrip(": ")
        raise AnswerRefused(problem("client", "refused", got=got)) from None
    except NotFetched as failed:
        raise AnswerRefused(problem("client", "unreachable", got=kept(failed))) from None
    except (RequestException, ValueError, RecursionError):
        raise AnswerRefused(problem("client", "unreachable", got="an answer that is no JSON")) from None
    return tokens


def _judge(us: Client, question: Question, said: Mapping[str, str], seen: Seen) -> None:
    if seen.token is None:
        return
    seen.claims = dict(seen.token.claims)
    access_token = seen.tokens.get("access_token")
    expected = Expected(
        question.nonce, question.asked_at, code=said["code"], skew=us.skew, domains=us.domains,
        access_token=access_token if isinstance(access_token, str) else "",
    )  # fmt: skip
    for found in id_token.problems(seen.token, us.configuration, expected):
        seen.note(found)


def _complete(us: Client, seen: Seen, everything: bool) -> None:
    """Some providers keep e-mail and names for the userinfo endpoint. What the signed token says stays as it is, and of
    anybody else than its subject nothing is taken (OpenID Connect Core §5.3.2)."""
    address, bearer = us.configuration.userinfo_endpoint, seen.tokens.get("access_token")
    if not address or not isinstance(bearer, str) or not bearer.isascii() or not bearer.isprintable():
        return
    if not everything and not _lacks_something(us, seen):
        return
    try:
        more = get_json(address, {"Authorization": f"Bearer {bearer}"})
    except NotFetched as failed:
        seen.remarks["userinfo"] = problem("userinfo", "unreachable", got=kept(failed))
        return
    subject = str(seen.claims["sub"])
    if not hmac.compare_digest(str(more.get("sub") or "").encode(), subject.encode()):
        seen.remarks["userinfo"] = problem("userinfo", "another-person", expected=subject, got=more.get("sub"))
        return
    seen.claims = {**more, **seen.claims}


def _lacks_something(us: Client, seen: Seen) -> bool:
    attributes, mapping = identity.attributes_of(seen.claims), us.configuration.mapping
    if any(not attributes.get(name) for name in mapping.values()):
        return True
    return "email" not in mapping and not attributes.get("email")
