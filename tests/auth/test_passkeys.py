"""Passkeys in a real browser with a virtual authenticator, and answers that nobody should believe."""

import json
import threading
from datetime import timedelta

import pytest
import time_machine
import waitress

from portal.cli import serving
from portal.extensions import db
from portal.models import Factor, Method, Passkey, PasskeyPurpose, Session
from portal.models.base import now
from portal.organizations import passkeys
from portal.organizations.refusals import UnknownPasskey
from tests.factories import PASSWORD, make_organization

ADA = "ada@acme.example"
KEY = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def world(make_app):
    """A served application with Acme; the relying party's name is a host name, so it is `localhost`."""
    sockets = serving.listen(0)
    port = sockets[0].getsockname()[1]
    for extra in sockets[1:]:
        extra.close()
    app = make_app(public_url=f"http://localhost:{port}")
    with app.app_context():
        make_organization("Acme", domain="acme.example", owner=ADA)
        running = waitress.create_server(app, sockets=sockets[:1], threads=4)
        thread = threading.Thread(target=running.run, daemon=True)
        thread.start()
        yield app
        running.close()
        thread.join(timeout=5)
        db.session.remove()


class Person:
    """Somebody at a browser whose device holds passkeys."""

    def __init__(self, chromium, app):
        self.base = app.config["SETTINGS"].public_url
        self.page = chromium.new_context(base_url=self.base).new_page()
        self.cdp = self.page.context.new_cdp_session(self.page)
        self.cdp.send("WebAuthn.enable")
        self.device = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})["authenticatorId"]

    def sign_in(self):
        self.page.goto(f"/login/password?email={ADA}")
        self.page.get_by_label("Password").fill(PASSWORD)
        self.press("Sign in", exact=True)

    def press(self, name, **how):
        self.page.get_by_role("button", name=name, **how).first.click()

    def add(self, name="Laptop"):
        self.page.goto("/account/security/passkeys/new")
        self.page.get_by_label("Name").fill(name)
        self.press("Add the passkey")
        self.page.get_by_role("heading", name="Your recovery codes").wait_for()

    def sign_out(self):
        self.page.goto("/account")
        self.press("Sign out")
        self.page.wait_for_url("**/login")

    def credentials(self):
        return self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.device})["credentials"]


@pytest.fixture
def ada(chromium, world):
    person = Person(chromium, world)
    yield person
    person.page.context.close()


browser = pytest.mark.browser


def kept():
    db.session.rollback()
    return db.session.scalars(db.select(Passkey)).one_or_none()


def last_session():
    db.session.rollback()
    return db.session.scalars(db.select(Session).order_by(Session.id.desc()).limit(1)).one()


@browser
@pytest.mark.parametrize(
    "start", ["/login", f"/login/password?email={ADA}"], ids=["on the login page", "after the e-mail"]
)
def test_a_passkey_is_added_and_signs_in_without_a_name(ada, start):
    ada.sign_in()
    ada.add()
    ada.sign_out()

    ada.page.goto(start)
    ada.press("Sign in with a passkey")
    ada.page.wait_for_url("**/account")

    assert (kept().name, kept().transports) == ("Laptop", ["internal"])
    assert kept().last_used_at
    assert kept().sign_count == ada.credentials()[0]["signCount"] > 1
    assert (last_session().method, last_session().second_factor) == (Method.PASSKEY, Factor.PASSKEY)


@browser
def test_a_passkey_is_the_second_step_after_a_password(ada):
    ada.sign_in()
    ada.add()
    ada.sign_out()

    ada.sign_in()
    ada.press("Use a passkey")
    ada.page.wait_for_url("**/account")

    assert last_session().second_factor is Factor.PASSKEY


@browser
def test_a_passkey_is_renamed_and_removed_and_then_signs_nobody_in(ada):
    ada.sign_in()
    ada.add()
    ada.page.goto("/account/security")
    ada.page.get_by_text("Rename or remove").click()
    ada.page.get_by_label("Name").fill("Old laptop")
    ada.press("Rename", exact=True)
    ada.page.get_by_text("It is called “Old laptop” now").wait_for()
    ada.page.get_by_text("Rename or remove").click()
    ada.press("Remove Old laptop")
    ada.page.get_by_text("“Old laptop” is removed").wait_for()
    ada.sign_out()

    ada.press("Sign in with a passkey")

    ada.page.get_by_text("This passkey is not known here").wait_for()
    assert kept() is None


@browser
def test_a_device_holds_one_passkey_for_a_person(ada):
    ada.sign_in()
    ada.add()

    ada.page.goto("/account/security/passkeys/new")
    ada.press("Add the passkey")

    ada.page.get_by_text("This device has a passkey for you already").wait_for()


@browser
def test_a_copied_passkey_whose_counter_went_back_is_refused(ada):
    ada.sign_in()
    ada.add()
    ada.sign_out()
    db.session.execute(db.update(Passkey).values(sign_count=1000))
    db.session.commit()

    ada.press("Sign in with a passkey")

    ada.page.get_by_text("This passkey is not known here").wait_for()


@browser
def test_without_a_finger_nothing_is_signed(ada):
    """User verification is asked for, so a key that somebody merely found does not do."""
    ada.sign_in()
    ada.add()
    ada.sign_out()
    ada.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": ada.device, "isUserVerified": False})

    ada.press("Sign in with a passkey")

    ada.page.get_by_text("Nothing was chosen, or it took too long").wait_for()


@browser
def test_an_answer_is_used_once_and_for_its_own_purpose(ada, world):
    ada.sign_in()
    ada.add()
    ada.sign_out()
    sent = []
    ada.page.on("request", lambda request: sent.append(request.post_data or ""))
    ada.press("Sign in with a passkey")
    ada.page.wait_for_url("**/account")
    answer = next(parse(body) for body in sent if "credential=%7B" in body)

    for purpose in PasskeyPurpose:
        with pytest.raises(UnknownPasskey):
            passkeys.check(answer, purpose)


def parse(body):
    from urllib.parse import parse_qs

    return parse_qs(body)["credential"][0]


@browser
def test_an_answer_that_comes_too_late_is_refused(ada, world):
    ada.sign_in()
    ada.add()
    ada.sign_out()
    with world.test_request_context():
        options = json.loads(passkeys.begin_sign_in())
        db.session.commit()
    answer = ada.page.evaluate(
        "async options => JSON.stringify(await navigator.credentials.get("
        "{publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options)}))",
        options,
    )

    with time_machine.travel(now() + timedelta(minutes=6)), pytest.raises(UnknownPasskey):
        passkeys.check(answer, PasskeyPurpose.SIGN_IN)
    assert passkeys.check(answer, PasskeyPurpose.SIGN_IN)


@browser
def test_proving_it_again_takes_ones_own_passkey(ada):
    ada.sign_in()
    ada.add()
    db.session.execute(db.update(Session).values(proved_at=now() - timedelta(hours=1)))
    db.session.commit()

    ada.page.goto("/account/security/authenticator")
    ada.press("Use a passkey")

    ada.page.get_by_role("heading", name="Set up an authenticator app").wait_for()


@browser
def test_an_answer_with_any_part_changed_is_refused(ada, world):
    """Each of its fields in turn, with a fresh question every time."""
    ada.sign_in()
    ada.add()
    ada.sign_out()
    for part in ("id", "rawId", "type", "clientDataJSON", "authenticatorData", "signature"):
        options = json.loads(passkeys.begin_sign_in())
        db.session.commit()
        answer = json.loads(
            ada.page.evaluate(
                "async options => JSON.stringify(await navigator.credentials.get("
                "{publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options)}))",
                options,
            )
        )
        where = answer["response"] if part in answer["response"] else answer
        where[part] = ("A" if where[part][0] != "A" else "B") + where[part][1:]

        with pytest.raises(UnknownPasskey):
            passkeys.check(json.dumps(answer), PasskeyPurpose.SIGN_IN)
        db.session.rollback()
