"""Looking at a response without believing it: every problem it has, for a test's report. Accepting is `sp.accept` only."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from portal.saml import identity, postchecks, preflight, signatures, sp
from portal.saml.identity import Attributes
from portal.saml.parties import ServiceProvider
from portal.saml.postchecks import Answer, Element, Question
from portal.saml.refusals import Problem, ResponseRefused
from portal.saml.vocabulary import ASSERTION, NAMESPACES, SIGNATURE
from portal.words import noted


@dataclass
class Inspection:
    """What was seen. `problems` holds the first of each check; `answer` is None when there was nothing to read."""

    encoded: str
    problems: dict[str, Problem] = field(default_factory=dict)
    tree: Element | None = None
    answer: Answer | None = None
    attributes: Attributes = field(default_factory=dict)
    person: identity.Identity | None = None
    accepted: bool = False

    def note(self, problem: Problem) -> None:
        self.problems.setdefault(problem.check, problem)

    def refuse(self, check: str, code: str, got: str) -> None:
        self.accepted = False
        self.note(Problem(check, code, got=got))

    def found(self, path: str, attribute: str = "") -> str:
        """A value of the assertion, for words only."""
        node = self.answer.assertion.find(path, NAMESPACES) if self.answer else None
        if node is None:
            return ""
        return (node.get(attribute) if attribute else node.text) or ""

    def facts(self) -> dict[str, str]:
        """How it was made, for people who compare it with what their console says."""
        if self.answer is None or self.tree is None:
            return {}
        nodes = {"the response": self.tree, "the assertion": self.answer.assertion}
        method = self.tree.find(f".//{SIGNATURE}//ds:SignatureMethod", NAMESPACES)
        cipher = self.tree.find(".//xenc:EncryptedData/xenc:EncryptionMethod", NAMESPACES)
        known = {
            noted("Signed"): " and ".join(what for what, node in nodes.items() if node.find(SIGNATURE) is not None)
            or "nothing",
            noted("Signature method"): _last_part(method.get("Algorithm") if method is not None else ""),
            noted("Encrypted"): _last_part(cipher.get("Algorithm")) if cipher is not None else "no",
            noted("Sign-in method"): _last_part(
                self.found("saml:AuthnStatement/saml:AuthnContext/saml:AuthnContextClassRef")
            ),
            noted("Session ends"): self.found("saml:AuthnStatement", "SessionNotOnOrAfter"),
        }
        return {name: value for name, value in known.items() if value}

    @property
    def key_shown(self) -> str:
        """The certificate the document names: for words, never for judging."""
        node = self.tree.find(".//ds:X509Certificate", NAMESPACES) if self.tree is not None else None
        return (node.text or "") if node is not None else ""


def inspect(
    provider: ServiceProvider, encoded: str, request_id: str | None, asked_at: datetime | None = None
) -> Inspection:
    seen, question = Inspection(encoded), provider.question(request_id, asked_at)
    try:
        seen.tree = preflight.parse(preflight.decode(encoded))
        _look_closer(seen, provider)
    except ResponseRefused as refused:
        seen.note(refused.problem)
    if seen.answer:
        _ask_everything(seen, seen.answer, provider, question)
    _accept(seen, provider, request_id, asked_at)
    return seen


def _accept(seen: Inspection, provider: ServiceProvider, request_id: str | None, asked_at: datetime | None) -> None:
    """The one authority. Its objection is always in the report, unless ours about the same check says it better."""
    try:
        seen.person = sp.accept(provider, seen.encoded, request_id, asked_at=asked_at)
        seen.accepted = True
    except ResponseRefused as refused:
        seen.note(refused.problem)


def _look_closer(seen: Inspection, provider: ServiceProvider) -> None:
    """The assertion in plain sight, or the one that our key opens."""
    if seen.tree is None:
        return
    signed = seen.tree.find(SIGNATURE) is not None
    plain = seen.tree.findall(ASSERTION)
    if len(plain) == 1:
        seen.answer = Answer(seen.tree, plain[0], signed)
        return
    seen.answer = Answer(seen.tree, sp.open_response(provider, seen.encoded).readable, signed)


def _ask_everything(seen: Inspection, answer: Answer, provider: ServiceProvider, question: Question) -> None:
    for problem in postchecks.problems(question, answer):
        seen.note(problem)
    signed = [node for node in (answer.response, answer.assertion) if node.find(SIGNATURE) is not None]
    if not signed:
        seen.note(Problem("signature", "unsigned", got="unsigned"))
    elif not all(signatures.any_verifies(node, provider.certificates) for node in signed):
        seen.note(Problem("signature", "no-certificate-fits"))
    seen.attributes = identity.attributes_of(answer)
    try:
        seen.person = identity.read(answer, provider.mapping, skew=provider.skew)
    except ResponseRefused as refused:
        seen.note(refused.problem)


def _last_part(name: str | None) -> str:
    return re.split(r"[#/:]", (name or "").strip())[-1]
