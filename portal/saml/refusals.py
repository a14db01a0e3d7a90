"""Why a SAML response is refused: one exception, and the words for each code."""

from portal.organizations.test_reports import Problem
from portal.words import _l

__all__ = ["WORDS", "Problem", "ResponseRefused"]


class ResponseRefused(Exception):
    """A response was not accepted. `str()` is a sentence for people; `problem` is for support."""

    def __init__(self, check: str, code: str, *, expected: str = "", got: str = "") -> None:
        self.problem = Problem(check, code, expected, _short(got))
        super().__init__(WORDS.get(code) or WORDS[check])

    def hushed(self) -> "ResponseRefused":
        """The same for support, and for whoever sent it only that it could not be read."""
        said = ResponseRefused.of(self.problem)
        said.args = (WORDS["encryption"],)
        return said

    @classmethod
    def of(cls, problem: Problem) -> "ResponseRefused":
        return cls(problem.check, problem.code, expected=problem.expected, got=problem.got)


def _short(text: str) -> str:
    """Values of a stranger's document, cut and on one line, before they reach a record or a page."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[:500]).split())[:300]


# By code where a code has more to say than its check; else by check.
WORDS = {
    "xml": _l("The answer of your identity provider breaks the rules of SAML, so it was not used."),
    "status": _l("Your identity provider reported that the sign-in failed."),
    "destination": _l("The answer of your identity provider is addressed to somebody else."),
    "issuer": _l("The answer comes from another identity provider than the one connected here."),
    "audience": _l("The answer of your identity provider is meant for another application."),
    "signature": _l("The signature of the answer does not match any certificate known for your identity provider."),
    "algorithm": _l("The answer is signed with a method that is no longer safe."),
    "time": _l(
        "The answer of your identity provider is not valid at this time. Start again; if it happens twice, one of "
        "the two clocks is off."
    ),
    "answer-to-our-question": _l(
        "The answer does not belong to a sign-in started here in this browser. Please start again."
    ),
    "encryption": _l("The answer of your identity provider is encrypted in a way that cannot be read here."),
    "subject": _l("The answer of your identity provider does not say who signed in."),
    "email": _l("Your identity provider did not send an e-mail address that can be used."),
    "nameid-format": _l(
        "Your identity provider sends a different name for you at every sign-in, so you cannot be recognised."
    ),
    "context": _l("Your identity provider used another way to sign you in than was asked for."),
    "unsigned": _l("The answer of your identity provider is not signed."),
    "not-anew": _l(
        "Your identity provider signed you in without asking you anew. Sign out there, then start again here."
    ),
    "logout-unsigned": _l("The message about signing out is not signed, so nothing was done."),
    "no-message": _l("There was no message of an identity provider in this request."),
    "too-slow": _l("The answer of your identity provider is too complicated to be read safely."),
    "too-large": _l("The answer of your identity provider is too large to be read safely."),
    "no-key": _l("The answer is encrypted for a key that is not held here."),
    "replayed": _l("This answer was used before. Please start again."),
    "wrong-browser": _l(
        "This sign-in was started in another browser, or cookies are switched off. Please start again here."
    ),
    "unknown-transaction": _l("This sign-in is not known, or it took too long. Please start again."),
    "unsolicited": _l("Sign-in from your identity provider's own page is switched off. Please start here."),
    "not-live": _l("Single sign-on is not switched on for this organization yet."),
    "no-response": _l("There was no answer of an identity provider in this request."),
    "sso-not-allowed": _l("Single sign-on is switched off for this organization."),
}
