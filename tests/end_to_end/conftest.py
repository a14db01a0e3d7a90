"""A really started server with the demo's world, and a real browser that holds every page to account."""

import os
import threading
from pathlib import Path

import pytest
import waitress
from axe_playwright_python.sync_playwright import Axe

from portal.cli import demo_world, pulling, serving
from portal.extensions import db
from portal.practice import tenants
from portal.practice.personalities import PERSONALITIES

SCREENSHOTS = os.environ.get("SCREENSHOTS", "")


@pytest.fixture
def listening():
    """A socket on a free port, and its port."""
    first, *more = serving.listen(0)
    for extra in more:
        extra.close()
    return first, first.getsockname()[1]


@pytest.fixture
def world(make_app, listening):
    """The application with the demo's small world, for tests that add to it."""
    public_url = f"http://localhost:{listening[1]}"
    app = make_app(public_url=public_url, google_address=f"{public_url}/practice/google", google_client_id="")
    with app.app_context():
        demo_world.seed()
    return app


@pytest.fixture
def practises(world):
    """practises(idp): how it behaves; a console of the company's is there to practise in."""

    def practises(name):
        personality = PERSONALITIES[name]
        with world.app_context():
            if name not in {row.personality for row in tenants.listed()}:
                tenants.create(personality, demo_world.COMPANY, demo_world.DOMAIN)
                db.session.commit()
        return personality

    return practises


@pytest.fixture
def server(world, listening):
    """The address of a server with that world; directories are pulled beside it."""
    stopped = threading.Event()
    puller = threading.Thread(target=pulling.run, args=(world, stopped), daemon=True)
    running = waitress.create_server(world, sockets=[listening[0]], threads=8)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    puller.start()
    yield f"http://localhost:{listening[1]}"
    stopped.set()
    running.close()
    thread.join(timeout=5)
    puller.join(timeout=5)


class Visitor:
    """A person at a browser. `look()` judges the page at hand, and photographs it where SCREENSHOTS names a folder."""

    def __init__(self, browser, base, *, scripts=True):
        size = {"width": 1280, "height": 860}
        self.context = browser.new_context(
            base_url=base, java_script_enabled=scripts, viewport=size, reduced_motion="reduce"
        )
        self.page = self.context.new_page()
        self.scripts, self.seen = scripts, set()
        self.complaints = []
        self.page.on("console", self._hear)

    def _hear(self, message):
        if message.type == "error" and "status of 4" not in message.text:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def open(self, path):
        self.page.goto(path)
        return self

    def look(self, name):
        self._settle()
        assert not self.complaints, self.complaints
        if name in self.seen:
            return
        self.seen.add(name)
        if self.scripts:
            self._judge(name)
        if SCREENSHOTS and self.scripts:
            self._photograph(name)

    def _settle(self):
        """Nothing under way, and two frames drawn since."""
        if self.scripts:
            self._answered()
            self.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def _dress(self, scheme):
        """Chromium may keep inherited colours of the other scheme until an element is laid out anew."""
        self.page.emulate_media(color_scheme=scheme)
        self.page.evaluate(
            "() => { document.body.hidden = true; document.body.offsetHeight; document.body.hidden = false; }"
        )
        self._settle()

    def _answered(self):
        self.page.locator(".htmx-request").first.wait_for(state="detached")

    def _judge(self, name):
        for scheme in ("light", "dark"):
            self._dress(scheme)
            found = Axe().run(self.page)
            assert found.violations_count == 0, f"{name} ({scheme}): {found.generate_report()}"
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size({"width": 390, "height": 844})
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, f"{name} is {width} px wide on a telephone"
        self.page.set_viewport_size({"width": 1280, "height": 860})

    def _photograph(self, name):
        for label, scheme, width in (("light", "light", 1280), ("dark", "dark", 1280), ("narrow", "light", 390)):
            self.page.set_viewport_size({"width": width, "height": 860})
            self._dress(scheme)
            self.page.screenshot(path=Path(SCREENSHOTS, f"{name}-{label}.png"), full_page=True)
        self.page.set_viewport_size({"width": 1280, "height": 860})
        self.page.emulate_media(color_scheme="light")

    def press(self, name, **where):
        """Until the answer is there, whether the page was left or a part of it swapped."""
        self.page.get_by_role("button", name=name, **where).first.click()
        self.page.wait_for_load_state()
        self._answered()

    def follow(self, name, **where):
        self.page.get_by_role("link", name=name, **where).first.click()
        self.page.wait_for_load_state()

    @property
    def heading(self):
        return self.page.locator("h1").inner_text()

    @property
    def words(self):
        return self.page.locator("body").text_content()


@pytest.fixture
def visit(chromium, server):
    """visit(scripts=True): a new person, with a browser of their own."""
    visitors = []

    def come(*, scripts=True):
        visitors.append(Visitor(chromium, server, scripts=scripts))
        return visitors[-1]

    yield come
    for visitor in visitors:
        visitor.context.close()
