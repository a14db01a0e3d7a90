"""A browser without JavaScript: it follows redirects and pages that lead on, and sends the forms that stand on a page."""

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx

LEADS_ON = re.compile(r'<meta http-equiv="refresh" content="0; url=([^"]+)"')


@dataclass
class Form:
    """`words` is all that can be read in it, its button among the rest."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    words: str = ""


class Forms(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(given.get("action", ""), given.get("method", "get").lower()))
            self.inside = True
        elif self.inside and tag in ("input", "select", "textarea", "button") and given.get("name"):
            self.found[-1].fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "form"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.found[-1].words += " " + data.strip()


class Browser(httpx.Client):
    """One person's, with cookies of their own."""

    def __init__(self) -> None:
        super().__init__(follow_redirects=True, timeout=30)

    def send_form(self, page: httpx.Response, holding: str = "", /, **values: str) -> httpx.Response:
        """The first form of the page whose address or words hold `holding`, with these values filled in."""
        forms = Forms(page.text).found
        form = next((one for one in forms if holding in one.action or holding in " ".join(one.words.split())), None)
        if form is None:
            raise LookupError(f"{page.url} has no form “{holding}”:\n{page.text[:2000]}")
        address, fields = urljoin(str(page.url), form.action), form.fields | values
        sent = self.get(address, params=fields) if form.method == "get" else self.post(address, data=fields)
        return self._led_on(sent)

    def open(self, address: str) -> httpx.Response:
        return self._led_on(self.get(address))

    def _led_on(self, page: httpx.Response) -> httpx.Response:
        """Where a page says to go by itself (`<meta http-equiv="refresh">`)."""
        while found := LEADS_ON.search(page.text):
            page = self.get(urljoin(str(page.url), html.unescape(found[1])))
        return page
