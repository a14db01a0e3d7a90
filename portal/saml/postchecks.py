"""What a response must say for us to believe it, beyond its signature: each check exact, each on its own, so that a
sign-in stops at the first problem and a test shows them all."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from lxml import etree

from portal.saml.refusals import Problem, ResponseRefused
from portal.saml.vocabulary import BEARER, NAME_ENTITY, NAMESPACES, SAML

Element: TypeAlias = etree._Element
MAX_NAME = 512
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?Z")
_KNOWN_CONDITIONS = {f"{{{SAML}}}{name}" for name in ("AudienceRestriction", "OneTimeUse", "ProxyRestriction")}


@dataclass(frozen=True)
class Question:
    """What we asked, and who we are: every address comes from PUBLIC_URL and the connection, none from the request.
    `request_id` is None for an answer nobody asked for; `forced_at` is when we asked the person to be asked anew."""

    acs_url: str
    entity_id: str
    idp_entity_id: str
    request_id: str | None
    at: datetime
    skew: timedelta = timedelta(seconds=120)
    forced_at: datetime | None = None
    authn_contexts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """A response and the one assertion in it, decrypted. Where they are believed (`second_opinion.confirm`), each is the
    signed element itself; `signed` says that the response was."""

    response: Element
    assertion: Element
    signed: bool = False

    def confirmations(self) -> list[Element]:
        found = _all(self.assertion, "saml:Subject/saml:SubjectConfirmation")
        return [node for node in found if node.get("Method") == BEARER]


def require(question: Question, answer: Answer) -> None:
    for problem in problems(question, answer):
        raise ResponseRefused.of(problem)


def problems(question: Question, answer: Answer) -> Iterator[Problem]:
    for check in CHECKS:
        try:
            yield from check(question, answer)
        except ResponseRefused as refused:  # a time that is none
            yield refused.problem


def _destination(question: Question, answer: Answer) -> Iterator[Problem]:
    got = answer.response.get("Destination")
    # SAML bindings §3.5.5.2: a signed message names its destination. An unsigned one may leave it to the Recipient.
    if got is None and not answer.signed:
        return
    if got != question.acs_url:
        yield Problem("destination", "destination", question.acs_url, got or "nothing")


def _issuer(question: Question, answer: Answer) -> Iterator[Problem]:
    outer, inner = _all(answer.response, "saml:Issuer"), _all(answer.assertion, "saml:Issuer")
    if len(outer) > 1 or len(inner) != 1:
        yield Problem("issuer", "issuer-count", question.idp_entity_id, f"{len(inner)} issuers")
    for node in [*outer, *inner]:
        if (node.text or "") != question.idp_entity_id or node.get("Format", NAME_ENTITY) != NAME_ENTITY:
            yield Problem("issuer", "issuer", question.idp_entity_id, node.text or "nothing")
            return


def _conditions(question: Question, answer: Answer) -> Iterator[Problem]:
    found = _all(answer.assertion, "saml:Conditions")
    if len(found) != 1:
        yield Problem("xml", "conditions", "1 Conditions", str(len(found)))
        return
    yield from _period(found[0], question)
    for child in found[0]:
        if child.tag not in _KNOWN_CONDITIONS:  # SAML core §2.5.1.1: a condition not understood makes it invalid
            yield Problem("xml", "unknown-condition", "", str(child.tag))


def _audience(question: Question, answer: Answer) -> Iterator[Problem]:
    restrictions = _all(answer.assertion, "saml:Conditions/saml:AudienceRestriction")
    if not restrictions:
        yield Problem("audience", "no-audience", question.entity_id, "nothing")
    for restriction in restrictions:  # several restrictions are a conjunction (SAML core §2.5.1.4)
        audiences = [(node.text or "").strip() for node in _all(restriction, "saml:Audience")]
        if question.entity_id not in audiences:
            yield Problem("audience", "audience", question.entity_id, ", ".join(audiences) or "nothing")


def _confirmation(question: Question, answer: Answer) -> Iterator[Problem]:
    bearers = answer.confirmations()
    if not bearers:
        yield Problem("destination", "no-bearer-confirmation", BEARER, "nothing")
        return
    found = [list(_one_confirmation(node, question)) for node in bearers]
    yield from min(found, key=len)  # one good confirmation is enough (SAML core §2.4.1)


def _one_confirmation(node: Element, question: Question) -> Iterator[Problem]:
    data = _all(node, "saml:SubjectConfirmationData")
    if len(data) != 1:
        yield Problem("destination", "no-bearer-confirmation", question.acs_url, "no SubjectConfirmationData")
        return
    if data[0].get("Recipient") != question.acs_url:
        yield Problem("destination", "recipient", question.acs_url, data[0].get("Recipient") or "nothing")
    if data[0].get("NotOnOrAfter") is None:
        yield Problem("time", "no-end", "NotOnOrAfter", "nothing")
    if data[0].get("InResponseTo") != question.request_id:
        yield _other_request(question, data[0].get("InResponseTo"))
    yield from _period(data[0], question)


def _in_response_to(question: Question, answer: Answer) -> Iterator[Problem]:
    """The signed confirmation decides; the outer attribute, which may be unsigned, must at least not disagree."""
    if answer.response.get("InResponseTo") != question.request_id:
        yield _other_request(question, answer.response.get("InResponseTo"))


def _other_request(question: Question, got: str | None) -> Problem:
    return Problem("answer-to-our-question", "in-response-to", question.request_id or "no request", got or "no request")


def _session(question: Question, answer: Answer) -> Iterator[Problem]:
    statements = _all(answer.assertion, "saml:AuthnStatement")
    if len(statements) != 1:
        yield Problem("xml", "authn-statement", "1 AuthnStatement", str(len(statements)))
        return
    ends = moment(statements[0].get("SessionNotOnOrAfter"))
    if ends and ends + question.skew <= question.at:
        yield Problem("time", "session-over", question.at.isoformat(), ends.isoformat())


def _context(question: Question, answer: Answer) -> Iterator[Problem]:
    """SAML core §3.4.1: ForceAuthn only asks, and RequestedAuthnContext too; what was done is in the statement."""
    for statement in _all(answer.assertion, "saml:AuthnStatement"):
        entered, forced = moment(statement.get("AuthnInstant")), question.forced_at
        if forced and (entered is None or entered + question.skew < forced):
            yield Problem("context", "not-anew", f"after {forced:%H:%M:%S}", statement.get("AuthnInstant") or "nothing")
        got = {(node.text or "").strip() for node in _all(statement, "saml:AuthnContext/saml:AuthnContextClassRef")}
        if question.authn_contexts and not got & set(question.authn_contexts):
            yield Problem("context", "context", " or ".join(question.authn_contexts), ", ".join(got) or "nothing")


def _subject(question: Question, answer: Answer) -> Iterator[Problem]:
    names = _all(answer.assertion, "saml:Subject/saml:NameID")
    if len(names) != 1 or len(names[0]):
        yield Problem("subject", "no-name-id", "1 NameID", str(len(names)))
        return
    text = (names[0].text or "").strip()
    if not text or len(text) > MAX_NAME or not text.isprintable():
        yield Problem("subject", "bad-name-id", "a name", text)
    qualifier = names[0].get("SPNameQualifier")
    if qualifier is not None and qualifier != question.entity_id:
        yield Problem("audience", "name-qualifier", question.entity_id, qualifier)


def _assertion(question: Question, answer: Answer) -> Iterator[Problem]:
    for node in (answer.response, answer.assertion):
        if node.get("Version") != "2.0" or not node.get("ID"):
            yield Problem("xml", "version-or-id", "Version 2.0 and an ID", node.get("Version") or "nothing")
        issued = moment(node.get("IssueInstant"))
        if issued is None or issued - question.skew > question.at:
            yield Problem("time", "issued-later", question.at.isoformat(), node.get("IssueInstant") or "nothing")


def _period(node: Element, question: Question) -> Iterator[Problem]:
    start, end = moment(node.get("NotBefore")), moment(node.get("NotOnOrAfter"))
    if start and start - question.skew > question.at:
        yield Problem("time", "too-early", question.at.isoformat(), start.isoformat())
    if end and end + question.skew <= question.at:
        yield Problem("time", "too-late", question.at.isoformat(), end.isoformat())


def moment(text: str | None) -> datetime | None:
    """SAML core §1.3.3: times are UTC and say so with a Z; anything else is refused rather than guessed."""
    if text is None:
        return None
    if not (match := _TIME.fullmatch(text)):
        raise ResponseRefused("time", "not-a-time", expected="2026-01-31T12:00:00Z", got=text)
    try:
        return datetime.fromisoformat(match[1]).replace(tzinfo=UTC)
    except ValueError:
        raise ResponseRefused("time", "not-a-time", expected="2026-01-31T12:00:00Z", got=text) from None


def _all(node: Element, path: str) -> list[Element]:
    return list(node.findall(path, NAMESPACES))


Check = Callable[[Question, Answer], Iterator[Problem]]
CHECKS: tuple[Check, ...] = (
    _assertion,
    _destination,
    _issuer,
    _conditions,
    _audience,
    _confirmation,
    _in_response_to,
    _session,
    _context,
    _subject,
)
