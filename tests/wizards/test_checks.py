"""The catalogue of questions that a test sign-in answers."""

import pytest
from onelogin.saml2.errors import OneLogin_Saml2_ValidationError

from wizards import checks
from wizards.filling import fill, placeholders

NEVER = ["turn off signature", "signature checking", "accept the certificate from the message"]
ALL = pytest.mark.parametrize(
    "check",
    [
        pytest.param(check, id=f"{protocol}-{check.id}")
        for protocol in checks.PROTOCOLS
        for check in checks.load(protocol).values()
    ],
)


def test_the_questions_come_in_the_order_they_are_shown():
    assert list(checks.load())[:3] == ["came-back", "status", "destination"]


def test_every_objection_of_python3_saml_is_explained_once():
    codes = [code for check in checks.load().values() for code in check.codes]

    assert len(codes) == len(set(codes))
    known = {name for name, value in vars(OneLogin_Saml2_ValidationError).items() if isinstance(value, int)}
    assert known - set(codes) == set()
    assert set(codes) - known == {"SAML_RESPONSE_NOT_FOUND", "PRIVATE_KEY_NOT_FOUND"}  # OneLogin_Saml2_Error's own


@ALL
def test_no_advice_weakens_security(check):
    words = " ".join([check.fail, check.fix, *check.fixes.values()]).casefold()

    assert [advice for advice in NEVER if advice in words] == []


@ALL
def test_a_failure_says_what_happened_and_what_to_do(check):
    assert check.ask.endswith("?")
    assert check.fail.endswith(".")
    assert check.fix.endswith((".", ".)"))


def test_advice_follows_what_came():
    status = checks.load()["status"]

    assert "transform rule" in status.advice("…:status:InvalidNameIDPolicy")
    assert status.advice("…:status:Responder") == status.fix


def test_a_code_leads_to_its_question():
    assert checks.by_code("WRONG_AUDIENCE").id == "audience"
    assert checks.by_code("NOBODY_KNOWS") is None


def test_texts_take_the_consoles_own_words():
    fix = checks.load()["destination"].fix

    assert fill(fix, {"label.acs_url": "Reply URL", "idp": "Entra"}).startswith("Correct the Reply URL in Entra.")
    assert set(placeholders(fix)) == {"label.acs_url", "idp"}


def test_what_nobody_knows_becomes_an_ellipsis():
    assert fill("It expires on {got}.", {}) == "It expires on …."
