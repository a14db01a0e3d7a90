"""Codes of an authenticator app and recovery codes: each works once, and guessing does not pay."""

from datetime import timedelta
from threading import Barrier, Thread

import pyotp
import pytest
import time_machine

from portal.extensions import db
from portal.models import Mail, RecoveryCode, TotpSecret
from portal.models.base import now
from portal.organizations import factors, one_time_codes, recovery_codes
from portal.organizations.actors import OPERATOR
from portal.organizations.refusals import TooManyCodes, WrongOneTimeCode
from tests.factories import make_user, set_up_authenticator

STEP = timedelta(seconds=30)
# RFC 6238, appendix B: the secret "12345678901234567890" at these seconds, the last six digits.
RFC = [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")]


@pytest.fixture
def ada(app):
    return make_user("ada@acme.example", name="Ada")


@pytest.fixture
def phone(ada):
    return set_up_authenticator(ada)


def codes_of(phone, *steps):
    return [phone.at(now() + step * STEP) for step in steps]


@pytest.mark.parametrize(("seconds", "code"), RFC)
def test_the_codes_of_the_standard_are_right(ada, seconds, code):
    sealed = one_time_codes.encrypt(f"{ada.id} GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")

    with time_machine.travel(seconds, tick=False):
        row = one_time_codes.set_up(ada, sealed, code, by=OPERATOR)

    assert row.last_step == seconds // 30


@pytest.mark.parametrize(("step", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_may_be_one_step_early_or_late(ada, phone, step, taken):
    with time_machine.travel(now() + timedelta(hours=1), tick=False):
        (code,) = codes_of(phone, step)

        if taken:
            assert one_time_codes.check(ada, code).last_used_at
        else:
            with pytest.raises(WrongOneTimeCode):
                one_time_codes.check(ada, code)


def test_no_code_works_twice_nor_one_before_it(ada, phone):
    with time_machine.travel(now() + timedelta(hours=1), tick=False):
        before, code = codes_of(phone, -1, 0)
        one_time_codes.check(ada, code)

        for used in (code, before):
            with pytest.raises(WrongOneTimeCode):
                one_time_codes.check(ada, used)


def test_the_code_of_the_set_up_does_not_sign_in(ada):
    with time_machine.travel(now(), tick=False):
        phone = set_up_authenticator(ada)

        with pytest.raises(WrongOneTimeCode):
            one_time_codes.check(ada, phone.at(now()))


def test_a_code_races_with_itself_and_wins_once(app, ada, phone):
    """Two browsers at the same moment, each in a transaction of its own."""
    with time_machine.travel(now() + timedelta(hours=1), tick=False):
        (code,) = codes_of(phone, 0)
        ada_id, start, taken = ada.id, Barrier(2), []
        db.session.remove()

        def race():
            with app.app_context():
                start.wait()
                try:
                    one_time_codes.check(db.session.get(type(ada), ada_id), code)
                    db.session.commit()
                    taken.append(code)
                except WrongOneTimeCode:
                    db.session.rollback()

        racers = [Thread(target=race) for _ in range(2)]
        [racer.start() for racer in racers]
        [racer.join() for racer in racers]

    assert taken == [code]


def test_after_five_wrong_codes_a_right_one_must_wait(ada, phone):
    with time_machine.travel(now() + timedelta(hours=1), tick=False) as clock:
        for _ in range(5):
            with pytest.raises(WrongOneTimeCode):
                one_time_codes.check(ada, "000000" if phone.at(now()) != "000000" else "111111")
        with pytest.raises(TooManyCodes):
            one_time_codes.check(ada, phone.at(now()))

        clock.shift(timedelta(seconds=61))
        assert one_time_codes.check(ada, phone.at(now())).failures == 0


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "１２３４５６", "1" * 5000, "\x00"])
def test_what_is_no_code_is_a_wrong_one(ada, phone, code):
    with pytest.raises(WrongOneTimeCode):
        factors.check_code(ada, code, by=OPERATOR)


def test_a_secret_offered_to_one_person_is_worth_nothing_to_another(ada):
    eve = make_user("eve@acme.example")
    offer = one_time_codes.offer(ada)

    with pytest.raises(WrongOneTimeCode):
        one_time_codes.set_up(eve, offer.sealed, pyotp.TOTP(offer.secret).at(now()), by=OPERATOR)


def test_the_secret_is_kept_encrypted(ada, phone):
    kept = db.session.scalars(db.select(TotpSecret)).one().secret

    assert phone.secret not in kept


def test_another_phone_takes_the_place_of_the_first(ada, phone):
    other = set_up_authenticator(ada)

    with time_machine.travel(now() + timedelta(hours=1), tick=False):
        with pytest.raises(WrongOneTimeCode):
            one_time_codes.check(ada, phone.at(now()))
        assert one_time_codes.check(ada, other.at(now()))


def test_each_of_ten_recovery_codes_works_once(ada):
    codes = recovery_codes.make(ada, by=OPERATOR)

    for code in codes:
        recovery_codes.use(ada, code.upper().replace("-", " "), by=OPERATOR)
        with pytest.raises(WrongOneTimeCode):
            recovery_codes.use(ada, code, by=OPERATOR)

    assert (len(set(codes)), recovery_codes.left(ada)) == (10, 0)


def test_new_recovery_codes_end_the_former_ones_and_are_kept_as_hashes(ada):
    former = recovery_codes.make(ada, by=OPERATOR)
    codes = recovery_codes.make(ada, by=OPERATOR)

    with pytest.raises(WrongOneTimeCode):
        recovery_codes.use(ada, former[0], by=OPERATOR)
    kept = {row.code_hash for row in db.session.scalars(db.select(RecoveryCode))}
    assert not kept & {recovery_codes.plain(code) for code in codes}


def test_nobody_uses_somebody_elses_recovery_code(ada):
    codes = recovery_codes.make(ada, by=OPERATOR)

    with pytest.raises(WrongOneTimeCode):
        recovery_codes.use(make_user("eve@acme.example"), codes[0], by=OPERATOR)


def test_every_change_of_a_factor_is_mailed_to_the_person(ada):
    set_up_authenticator(ada)
    recovery_codes.use(ada, recovery_codes.make(ada, by=OPERATOR)[0], by=OPERATOR)
    one_time_codes.remove(ada, by=OPERATOR)

    mails = db.session.scalars(db.select(Mail).order_by(Mail.id)).all()
    told = ("set up", "New recovery codes", "A recovery code was used", "was removed")
    assert [what in mail.body for what, mail in zip(told, mails, strict=True)] == [True] * 4
    assert {mail.recipient for mail in mails} == {"ada@acme.example"}
