"""When a step is shown or open: a closed grammar over a fixed list of facts; nothing is evaluated as code.

`fact`, `fact == 'x'`, `not` and `and`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _


def noted(words: str) -> str:
    """Collected with the messages, translated by whoever shows it."""
    return words


# What the engine knows, and what to tell somebody for whom it is not true yet.
FACTS: Mapping[str, str] = {
    "metadata.imported": noted("Bring back the details of your identity provider first."),
    "test.passed": noted("Test a sign-in first."),
    "test.passed_for_current_config": noted("Test a sign-in with the current settings first."),
    "sso.live": noted("Switch single sign-on on first."),
    "scim.contacted": noted("Your identity provider has not called us yet."),
    "pull.keyed": noted("Give us the key first."),
    "pull.connected": noted("Let us read your directory first."),
    "pull.complete": noted("Wait for the first complete pull first."),
    "pull.consent_offered": "",
    "preview.fresh": noted("Look at the newest preview first."),
    "org.roles_from_saml": noted("This organization does not take roles from sign-ins."),
    "variant": "",
}

Facts = Mapping[str, bool | str | None]

TERM = re.compile(r"(?P<no>not +)?(?P<fact>[a-z][a-z_]*(?:\.[a-z][a-z_]*)?)(?: *== *'(?P<value>[A-Za-z0-9._-]*)')?")


class BadCondition(ValueError):
    """A condition that does not follow the grammar."""


@dataclass(frozen=True)
class Term:
    """One fact, wanted true or equal to a value; `wanted=False` turns it round."""

    fact: str
    value: str | None = None
    wanted: bool = True

    def holds(self, facts: Facts) -> bool:
        known = facts.get(self.fact)
        return (bool(known) if self.value is None else known == self.value) is self.wanted

    def __str__(self) -> str:
        return ("" if self.wanted else "not ") + self.fact + ("" if self.value is None else f" == '{self.value}'")


@dataclass(frozen=True)
class Condition:
    """Terms that must all hold. No terms: always true."""

    terms: tuple[Term, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Condition":
        return cls(tuple(_term(part) for part in re.split(r" +and +", text.strip())))

    def holds(self, facts: Facts) -> bool:
        """A fact the engine did not give is not true."""
        return not self.unmet(facts)

    def unmet(self, facts: Facts) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if not term.holds(facts))

    def why_not(self, facts: Facts) -> tuple[str, ...]:
        """The sentences to show beside something that is still closed."""
        return tuple(
            _(FACTS.get(term.fact) or noted("Answer the question before this step first."))
            for term in self.unmet(facts)
        )

    def __str__(self) -> str:
        return " and ".join(map(str, self.terms))


ALWAYS = Condition()


def _term(text: str) -> Term:
    found = TERM.fullmatch(text)
    if found is None or found["fact"] in ("and", "not"):
        raise BadCondition(text)
    return Term(found["fact"], found["value"], wanted=not found["no"])
