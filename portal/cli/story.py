"""The story of one company, played over real HTTP against a really started server: from a password to a cut-off leaver."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import click
import requests

from portal.cli.demo_world import OWNER_EMAIL, PASSWORD
from portal.cli.story_browser import Browser, NotThere, Page
from portal.cli.story_server import NotStarted, running
from portal.practice.personalities import PERSONALITIES
from portal.practice.personality import Personality

GRACE = "grace@acme.example"
MOST_STEPS = 30
LONGEST = 400


class Broken(AssertionError):
    """A step did not hold; the text says what was expected and what came."""


class Story:
    """Ada sets everything up; Grace arrives, signs in, and leaves."""

    def __init__(self, base: str, personality: Personality) -> None:
        self.ada, self.grace = Browser(base, _say), Browser(base, _say)
        self.idp, self.labels = personality, personality.labels
        self.console = ""  # of the practice IdP
        self.values: dict[str, str] = {}  # what the guide said to copy

    def chapters(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        return (
            ("Ada signs in with her password", self.ada_signs_in),
            (f"She opens the organization’s settings and begins the guide for {self.idp.name}", self.begin_sign_on),
            ("She walks through it: the practice IdP gets our addresses, we get its metadata", self.connect_sign_on),
            ("A test sign-in passes every check", self.test_sign_on),
            ("She checks what arrived and switches single sign-on on", self.go_live),
            ("She begins provisioning and creates the token", self.begin_provisioning),
            ("The practice IdP connects, and sends six people and two groups", self.push),
            ("Nothing is in force yet: the preview says what would happen", self.preview),
            ("She switches syncing on, and people arrive", self.switch_on),
            ("Grace signs in through single sign-on", self.grace_signs_in),
            ("The identity provider deactivates Grace", self.deactivate),
            ("Grace’s next request is refused, and so is signing in again", self.grace_is_out),
        )

    def ada_signs_in(self) -> None:
        page = self.ada.press(self.ada.open("/login"), "Continue", email=OWNER_EMAIL)
        page = self.ada.press(page, "Sign in", password=PASSWORD)
        _hold(page.path == "/account", f"the account page, not {page.path}")

    def begin_sign_on(self) -> None:
        settings = self.ada.open("/organizations/acme/sign-in")
        _hold("Single sign-on" in settings.text, "the tab with the two cards")
        self.page = self.ada.press(self.ada.open("/setup/acme/sso"), "Continue", idp=self.idp.guide)
        _hold(self.page.status == 200, "the first step of the guide")

    def connect_sign_on(self) -> None:
        self.walk_to("our-values")
        acs, entity = self.page.value(self.labels.acs_url), self.page.value(self.labels.entity_id)
        self.console = self.find_console()
        saved = self.ada.press(self.ada.open(self.console), "Save", acs_url=acs, entity_id=entity)
        metadata = saved.value(self.labels.metadata_url)
        self.walk_to("metadata")
        self.page = self.ada.press(self.page, "Continue", source=metadata)
        _hold(self.page.status == 200, f"our reader to take {metadata}: {self.page.text[:300]}")

    def test_sign_on(self) -> None:
        self.walk_to("test")
        choice = self.ada.press(self.page, "Test a sign-in")
        report = self.sign_in_as(self.ada, choice, "Ada Lovelace")
        _hold(report.heading == "The test passed", f"a passed test, not “{report.heading}”: {report.text[:400]}")
        self.page = self.ada.open(self.page.url)

    def go_live(self) -> None:
        self.walk_to("go-live")
        self.page = self.ada.press(self.page, "Switch sign-in on")
        _hold("Single sign-on is live" in self.ada.open(self.page.url).text, "single sign-on to be live")

    def begin_provisioning(self) -> None:
        self.page = self.ada.press(self.ada.open("/setup/acme/scim"), "Continue", idp=self.idp.guide)
        self.walk_to("connect")
        self.values["base_url"] = self.page.value(self.labels.base_url)
        fresh = self.ada.press(self.page, "Create token")
        self.values["token"] = fresh.value(self.labels.token)
        self.page = self.ada.open(self.page.url)

    def push(self) -> None:
        provisioning = self.ada.open(f"{self.console}/provisioning")
        connected = self.ada.press(provisioning, self.labels.test, **self.values)
        sent = self.ada.press(connected, self.labels.push_all)
        sent = self.ada.press(sent, self.labels.push_groups)
        _hold("did not take it" not in sent.text, f"every request to be taken: {sent.text[:600]}")
        self.tell_exchanges(bodies_of=("POST /Users", "POST /Groups"))

    def preview(self) -> None:
        self.walk_to("preview")
        _hold("Grace Hopper" in self.page.text, "Grace in the preview")
        members = self.ada.open("/organizations/acme/members")
        _hold("Grace" not in members.text, "nobody new among the members yet")

    def switch_on(self) -> None:
        self.walk_to("turn-on")
        self.page = self.ada.press(self.page, "Switch syncing on")
        members = self.ada.open("/organizations/acme/members")
        _hold(GRACE in members.text, f"Grace among the members: {members.text[:600]}")
        _hold("6 active people" in members.text, f"six active people: {members.text[:200]}")

    def grace_signs_in(self) -> None:
        choice = self.grace.press(self.grace.open("/login"), "Continue", email=GRACE)
        account = self.sign_in_as(self.grace, choice, "Grace Hopper")
        _hold(account.path == "/account", f"Grace’s account page, not {account.path}: {account.text[:300]}")
        _hold(GRACE in account.text or "Grace Hopper" in account.text, "her name on it")

    def deactivate(self) -> None:
        people = self.ada.open(f"{self.console}/people")
        after = self.ada.press(people, f"{self.labels.deactivate} Grace Hopper")
        _hold("did not take it" not in after.text, f"the deactivation to be taken: {after.text[:600]}")
        self.tell_exchanges(last=2, bodies_of=("PUT", "PATCH"))

    def grace_is_out(self) -> None:
        page = self.grace.open("/account")
        _hold(page.path == "/login", f"the login page instead of {page.path}")
        choice = self.grace.press(page, "Continue", email=GRACE)
        refused = self.grace.press(_arrived(self.grace, choice), "Sign in as Grace Hopper")
        _hold(refused.status == 403, f"a refusal, not {refused.status}")
        row = self.ada.open("/organizations/acme/members").row(GRACE)
        _hold("Suspended" in row, f"Grace suspended and not lost: {row}")

    def walk_to(self, step: str) -> None:
        """Press on until this step of the guide stands there."""
        for _ in range(MOST_STEPS):
            if self.page.path.endswith(f"/{step}"):
                return
            self.page = self.ada.go_on(self.page)
            _hold(self.page.status == 200, f"the next step, not {self.page.status} on “{self.page.heading}”")
        raise Broken(f"expected the step {step}, came to {self.page.path}")

    def find_console(self) -> str:
        """Of the practice IdP with this personality; made where there is none."""
        there = self.ada.open("/practice")
        try:
            return there.link(f"Open its console (Acme, {self.idp.name})")
        except NotThere:
            return self.ada.press(there, "Make it", personality=self.idp.id).url

    def tell_exchanges(self, *, last: int = 0, bodies_of: tuple[str, ...] = ()) -> None:
        """What the practice IdP sent, oldest first; each kind of body once."""
        told: set[str] = set()
        for line, bodies in self.ada.open(f"{self.console}/log").folds[::-1][-last:]:
            _say(f"     {line}")
            kind = next((kind for kind in bodies_of if kind in line), "")
            if kind and kind not in told:
                told.add(kind)
                for words, body in zip(("sent", "answered"), bodies, strict=False):
                    _say(f"       {words}: {_short(body)}")

    def sign_in_as(self, browser: Browser, choice: Page, name: str) -> Page:
        """At the practice IdP, and back with what it signed."""
        return browser.press(browser.press(_arrived(browser, choice), f"Sign in as {name}"), "Continue")


def play(folder: Path, idp: str) -> int:
    """0 only if every chapter held."""
    started = time.monotonic()
    try:
        with running(folder) as base:
            click.echo(f"The server is up at {base} after {time.monotonic() - started:.1f} s.")
            story = Story(base, PERSONALITIES[idp])
            for number, (title, chapter) in enumerate(story.chapters(), 1):
                click.secho(f"\n{number}. {title}", bold=True)
                chapter()
    except (Broken, NotThere, NotStarted, requests.RequestException) as problem:
        click.secho(f"\nThe story broke: {problem}", fg="red", err=True)
        return 1
    click.secho(f"\nEvery step held, in {time.monotonic() - started:.1f} s.", fg="green", bold=True)
    return 0


def _arrived(browser: Browser, page: Page) -> Page:
    """At the IdP; one that takes requests by POST only is reached by a form that a script would send."""
    return browser.press(page, "Continue to") if page.heading.startswith("Taking you") else page


def _short(body: str) -> str:
    """One line of JSON, cut where it gets long."""
    line = json.dumps(json.loads(body), ensure_ascii=False)
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"


def _hold(true: bool, expected: str) -> None:
    if not true:
        raise Broken(f"expected {expected}")


def _say(words: str) -> None:
    click.echo(f"   {words}")
