"""A browser without JavaScript for the story: it reads pages, fills in the forms that stand on them, and follows."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import requests
from lxml import html

Say = Callable[[str], None]
SECONDS = 30


class NotThere(AssertionError):
    """The page has no such button, link or value."""


@dataclass(frozen=True)
class Page:
    url: str
    status: int
    tree: html.HtmlElement

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def heading(self) -> str:
        found = self.tree.find(".//h1")
        return _folded(found.text_content()) if found is not None else ""

    @property
    def text(self) -> str:
        main = self.tree.find(".//main")
        return _folded((main if main is not None else self.tree).text_content())

    def value(self, label: str) -> str:
        """What the field under this label holds."""
        for node in self.tree.iterfind(".//label"):
            if _folded(node.text_content()) == label:
                field = self.tree.get_element_by_id(node.get("for"))
                return str(field.get("value") or "")
        raise NotThere(f"“{self.heading}” shows no “{label}”")

    def row(self, words: str) -> str:
        """What the line of a table says that has these words."""
        rows = (_folded(node.text_content()) for node in self.tree.iterfind(".//tr"))
        return next((row for row in rows if words in row), "")

    @property
    def folds(self) -> list[tuple[str, list[str]]]:
        """Every folded part with a heading: the heading, and the texts in it that stand as they were sent."""
        return [
            (_folded(node.find("summary").text_content()), [_folded(one.text_content()) for one in node.iter("pre")])
            for node in self.tree.iterfind(".//details")
        ]

    def link(self, words: str) -> str:
        for node in self.tree.iterfind(".//a"):
            if words in _folded(node.text_content()):
                return urljoin(self.url, node.get("href"))
        raise NotThere(f"“{self.heading}” has no link “{words}”")

    def form(self, button: str) -> html.FormElement:
        """The form with this button; `button` is how its words begin."""
        for form in self.tree.forms:
            if any(_spoken(node).startswith(button) for node in form.iterfind(".//button")):
                return form
        raise NotThere(f"“{self.heading}” has no button “{button}”")

    @property
    def own_form(self) -> html.FormElement:
        """The form that takes this very page: the one a step of a guide ends with."""
        for form in self.tree.forms:
            if form.method == "POST" and urlsplit(form.get("action") or "").path == self.path:
                return form
        raise NotThere(f"“{self.heading}” has nothing to send")


class Browser:
    """One person's: cookies of its own. Every request is said."""

    def __init__(self, base: str, say: Say) -> None:
        self.base, self.say, self.session = base, say, requests.Session()

    def open(self, address: str) -> Page:
        return self._read(self.session.get(urljoin(self.base, address), timeout=SECONDS))

    def follow(self, page: Page, words: str) -> Page:
        return self.open(page.link(words))

    def press(self, page: Page, button: str, /, **values: str) -> Page:
        """Send the form with this button, its fields as the page filled them except for `values`."""
        return self._send(page, page.form(button), values)

    def go_on(self, page: Page) -> Page:
        return self._send(page, page.own_form, {})

    def _send(self, page: Page, form: html.FormElement, values: dict[str, str]) -> Page:
        fields = dict(form.form_values()) | values
        files = {"file": ("", b"")} if form.get("enctype") == "multipart/form-data" else None
        address = urljoin(page.url, form.get("action"))
        if form.method == "GET":
            return self._read(self.session.get(address, params=fields, timeout=SECONDS))
        return self._read(self.session.post(address, data=fields, files=files, timeout=SECONDS))

    def _read(self, answer: requests.Response) -> Page:
        for step in (*answer.history, answer):
            asked = step.request
            names = _names(asked.body) if asked.method == "POST" else ""
            sent = f"  ({names})" if names else ""
            self.say(f"{asked.method:<5}{_short(asked.url or '')} → {step.status_code}{sent}")
        return Page(answer.url, answer.status_code, html.fromstring(answer.text or "<html></html>"))


def _names(body: str | bytes | None) -> str:
    """Which fields were sent, not what was in them: passwords and tokens are among them."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body or ""
    names = re.findall(r'name="(\w+)"', text) or [pair.partition("=")[0] for pair in text.split("&")]
    return ", ".join(name for name in names if name not in ("csrf_token", "file", ""))


def _short(url: str) -> str:
    """Path only, with ids cut: a story is read, not parsed."""
    parts = urlsplit(url)
    path = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", lambda found: f"{found[0][:4]}…{found[0][-4:]}", parts.path)
    return path + ("?…" if parts.query else "")


def _spoken(node: html.HtmlElement) -> str:
    """What a screen reader says: without what is hidden from it."""
    return _folded(" ".join(node.xpath('.//text()[not(ancestor::*[@aria-hidden="true"])]')))


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
