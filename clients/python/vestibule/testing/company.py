"""A customer company in a test: people who join, change and leave, through whatever manages its members."""

import html
import json
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from vestibule.testing.browser import Browser, Forms

Flask = Callable[..., dict[str, str]]
READ = "https://www.googleapis.com/auth/admin.directory."


@dataclass(eq=False)
class Company:
    url: str
    flask: Flask
    id: str
    slug: str
    name: str
    domain: str
    idp: "PracticeIdp | None" = None
    connection: dict[str, str] = field(default_factory=dict)
    directory: str = ""

    def email(self, given_name: str) -> str:
        return f"{given_name.lower()}@{self.domain}"

    def hire(self, given_name: str, role: str = "member", password: str = "correct horse battery") -> str:
        """A member made by hand, with a password; returns their e-mail address."""
        email = self.email(given_name)
        self.flask("user", "create", email, "--org", self.slug, "--role", role, "--password-stdin", typed=password)
        return email

    def connect_sign_on(self, behaves_like: str = "okta") -> "PracticeIdp":
        """Its people sign in through a practice IdP of its own from now on."""
        self.idp = PracticeIdp.create(self.url, self.name, self.domain, behaves_like)
        self.connection = self.flask(
            "connection", "create", self.slug, "--idp", behaves_like, "--metadata", self.idp.metadata_url, "--live"
        )
        self.idp.sign_on(self.connection["acs_url"], self.connection["entity_id"])
        return self.idp

    def connect_read_directory(self) -> "PracticeIdp":
        """Its people are read from its practice Google Workspace from now on."""
        idp = self.connect_sign_on("google")
        self.directory = self.flask("directory", "create", self.slug, "--idp", "google", "--live")["id"]
        key = idp.delegated_key()
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write(key)
            file.flush()
            self.read_directory("--key", file.name, "--admin", idp.admin)
        return idp

    def read_directory(self, *options: str) -> None:
        """Have it read now, instead of in a while."""
        self.flask("directory", "pull", self.directory, *options)

    def connect_directory(self, behaves_like: str = "okta") -> "PracticeIdp":
        """Its people are pushed by its practice IdP from now on."""
        if self.idp is None:
            self.connect_sign_on(behaves_like)
        assert self.idp  # noqa: S101
        directory = self.flask("directory", "create", self.slug, "--idp", behaves_like, "--live")
        self.idp.provision(directory["base_url"], self.flask("directory", "token", directory["id"])["token"])
        return self.idp


class PracticeIdp:
    """The identity provider of one company, as its administrator handles it."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address

    @classmethod
    def create(cls, url: str, name: str, domain: str, behaves_like: str) -> "PracticeIdp":
        browser = Browser()
        page = browser.get(f"{url}/practice")
        console = browser.send_form(page, "/practice", personality=behaves_like, name=name, domain=domain)
        return cls(browser, str(console.url))

    @property
    def metadata_url(self) -> str:
        """As its sign-on page shows it."""
        shown = re.search(r'id="metadata-url"[^>]*value="([^"]+)"', self.browser.get(self.address).text)
        if shown is None:
            raise LookupError(f"{self.address} shows no metadata URL")
        return html.unescape(shown[1])

    def sign_on(self, acs_url: str, entity_id: str) -> None:
        self._send("", urlsplit(self.address).path, acs_url=acs_url, entity_id=entity_id)

    def provision(self, base_url: str, token: str) -> None:
        self._send("/provisioning", "/provisioning", base_url=base_url, token=token)

    @property
    def admin(self) -> str:
        """The administrator's address: the first of its people."""
        shown = re.search(
            r"The administrator here is (\S+@\S+)\. ", self.browser.get(f"{self.address}/provisioning").text
        )
        if shown is None:
            raise LookupError(f"{self.address} has no administrator to read as")
        return html.unescape(shown[1])

    def delegated_key(self) -> str:
        """The JSON key of a service account that may read everything (Google Workspace)."""
        key = self.browser.get(f"{self.address}/key.json").text
        scopes = ",".join(f"{READ}{what}.readonly" for what in ("user", "group", "group.member"))
        self._send("/provisioning", "/delegation", client_id=json.loads(key)["client_id"], scopes=scopes)
        return key

    def push_people(self) -> None:
        self._send("/provisioning", "/provisioning/people")

    def add(self, given_name: str, family_name: str, user_name: str) -> None:
        self._send("/people", "/people", given_name=given_name, family_name=family_name, user_name=user_name)

    def change(self, person: str, **values: str) -> None:
        """`given_name`, `family_name`, `user_name`."""
        self._send(f"/people/{self._id(person)}", f"/people/{self._id(person)}", **values)

    def deactivate(self, person: str) -> None:
        self._send("/people", f"/people/{self._id(person)}/active", on="no")

    def activate(self, person: str) -> None:
        self._send("/people", f"/people/{self._id(person)}/active", on="yes")

    def vouch(self, page: httpx.Response, browser: Browser, person: str) -> httpx.Response:
        """On its sign-in page, `person` says who they are; returns where they come out."""
        answer = browser.send_form(page, f"Sign in as {person}")
        return browser.send_form(answer, "/acs") if "data-continue" in answer.text else answer

    def _id(self, person: str) -> str:
        for form in Forms(self.browser.get(f"{self.address}/people").text).found:
            if person in form.words and form.action.endswith("/active"):
                return form.action.split("/")[-2]
        raise LookupError(f"nobody here is called {person}")

    def _send(self, page: str, holding: str, **values: str) -> None:
        answer = self.browser.send_form(self.browser.get(self.address + page), holding, **values)
        if answer.status_code != 200:
            raise AssertionError(f"{answer.url}: {answer.status_code}\n{answer.text[:2000]}")
