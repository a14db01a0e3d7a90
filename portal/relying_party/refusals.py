"""Why an answer of an OpenID provider is refused: one exception, and the words for each code."""

from portal.organizations.test_reports import Problem
from portal.words import _l


class AnswerRefused(Exception):
    """An answer was not accepted. `str()` is a sentence for people; `problem` is for support."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(WORDS.get(problem.code) or WORDS[problem.check])


def problem(check: str, code: str, *, expected: str = "", got: object = "") -> Problem:
    """`got` comes from a stranger: cut, and on one line, before it reaches a record or a page."""
    text = str(got)[:500]
    return Problem(check, code, expected, " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300])


# By code where a code has more to say than its check; else by check.
WORDS = {
    "status": _l("Your identity provider reported that the sign-in failed."),
    "client": _l("Your identity provider did not take our word that we are the application it knows."),
    "response-issuer": _l("The answer comes from another identity provider than the one connected here."),
    "id-token": _l("The answer of your identity provider does not contain what OpenID Connect asks for."),
    "signature": _l("The signature of the answer does not match any key of your identity provider."),
    "algorithm": _l("The answer is signed with a method that is not safe."),
    "issuer": _l("The answer comes from another identity provider than the one connected here."),
    "audience": _l("The answer of your identity provider is meant for another application."),
    "time": _l(
        "The answer of your identity provider is not valid at this time. Start again; if it happens twice, one of "
        "the two clocks is off."
    ),
    "nonce": _l("The answer does not belong to a sign-in started here in this browser. Please start again."),
    "token-hash": _l("The parts of your identity provider’s answer do not belong together."),
    "subject": _l("The answer of your identity provider does not say who signed in."),
    "email": _l("Your identity provider did not send an e-mail address that can be used."),
    "company": _l(
        "Your account at the identity provider does not belong to this organization. Sign in with your work account."
    ),
    "anew": _l("Your identity provider signed you in without asking you anew. Sign out there, then start again here."),
    "context": _l("Your identity provider used another way to sign you in than was asked for."),
    "access_denied": _l(
        "Your identity provider did not let you in. Ask your IT team to assign you to this application."
    ),
    "unreachable": _l("Your identity provider could not be reached just now. Please start again in a moment."),
}
