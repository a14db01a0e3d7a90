"""Passwords that would be guessed soon are refused, without asking anybody; no rule is about kinds of letters."""

import pytest

from portal.extensions import db
from portal.models import Mail
from portal.organizations import passwords
from portal.organizations.actors import OPERATOR
from portal.organizations.refusals import CommonPassword, WeakPassword
from tests.factories import PASSWORD, make_user

GUESSED = (
    "1234567890", "qwertyuiop", "password123", "Password2024!", "iloveyou12345", "a" * 20, "Lovelace1!", "acme.example1",
)  # fmt: skip
STRANGE = (
    "lower case words only", "пароль из многих слов", "🦆🦆 swim across the lake", "  spaces at both ends  ",
    "long" + "correct horse" * 70,
)  # fmt: skip


@pytest.fixture
def ada(app):
    return make_user("ada@acme.example", name="Ada Lovelace")


@pytest.mark.parametrize("password", GUESSED)
def test_a_password_that_would_be_guessed_soon_is_refused(ada, password):
    with pytest.raises(CommonPassword):
        passwords.set_for(ada, password, by=OPERATOR)


@pytest.mark.parametrize("password", ["short", "x" * 1001, "my-ADA-password-of-old"])
def test_too_short_too_long_and_ones_own_name_are_refused(ada, password):
    with pytest.raises(WeakPassword):
        passwords.set_for(ada, password, by=OPERATOR)


@pytest.mark.parametrize("password", STRANGE)
def test_long_and_strange_ones_are_taken_as_they_are(ada, password):
    passwords.set_for(ada, password, by=OPERATOR)

    assert passwords.is_right(ada, password)
    assert not passwords.is_right(ada, password.strip() + "!")


def test_a_changed_password_is_mailed_and_a_first_one_is_not(ada):
    passwords.set_for(ada, PASSWORD, by=OPERATOR)
    passwords.set_for(ada, "another long one", by=OPERATOR)

    assert ["password was changed" in mail.body for mail in db.session.scalars(db.select(Mail))] == [True]
