"""Every word that a page says comes from the catalogues: read from right to left, in a language that only wraps its words."""

import re
from collections import Counter
from urllib.parse import urljoin, urlsplit

import pytest
import sqlalchemy as sa
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from werkzeug.exceptions import HTTPException

from portal.extensions import db
from portal.models import DirectoryKind, Organization, User
from portal.organizations import setup_runs, tokens
from portal.organizations.actors import OPERATOR
from tests.clients import soup
from tests.factories import (
    PASSWORD,
    add_member,
    make_directory,
    make_organization,
    make_proven_connection,
    make_user,
    provision,
)
from tests.words import collected
from wizards import loading

NOT_WORDS = "code, kbd, pre, svg, script, style, textarea, option, [translate=no], [lang]:not(html), time"
SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-copied", "data-says")
WORD = re.compile(r"[^\W\d_]{2,}")
LABELS = {label for wizard in loading.load_all().values() for label in wizard.labels.values()}
PROPER = {  # monograms and an example of a code among them
    "vestibule",
    "saml",
    "scim",
    "openid",
    "connect",
    "utc",
    "idp",
    "sso",
    "api",
    "ping",
    "wp",
    "xq",
}
OPEN, CLOSE = "⟦", "⟧"
EACH = 3
"""How many addresses of one route are looked at."""


@pytest.fixture
def wrapped(make_app, tmp_path):
    """A Vestibule whose only language wraps each message."""
    catalog = Catalog(locale=Locale.parse("ar"), fuzzy=False)
    for one in collected():
        wrap = lambda text: f"{OPEN}{text}{CLOSE}"  # noqa: E731
        plural = [wrap(one.id[1])] * catalog.num_plurals if one.pluralizable else wrap(one.id)
        catalog.add(one.id, plural, flags=one.flags)
    folder = tmp_path / "languages/ar/LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalog)
    app = make_app(languages=("ar",), languages_path=tmp_path / "languages")
    with app.app_context():
        yield app
        db.session.rollback()


@pytest.fixture
def world(wrapped):
    """A company with something on every page."""
    acme = make_organization("Acme", domain="acme.example", owner="ada@acme.example")
    add_member(acme, "bob@acme.example")
    make_proven_connection(acme)
    directory = make_directory(acme)
    tokens.issue(directory, by=OPERATOR)
    provision(directory, "cleo@acme.example")
    db.session.commit()
    return acme


@pytest.fixture
def sign_in_to(wrapped):
    def sign_in_to(email):
        client = wrapped.test_client()
        client.submit("/login/password", {"email": email, "password": PASSWORD}, page="/login/password")
        return client

    return sign_in_to


def leftover(page, known):
    """What is said outside any message and is no datum."""
    for tag in page.select(NOT_WORDS):
        tag.decompose()
    texts = [str(tag[name]) for tag in page.find_all(True) for name in SPOKEN if tag.get(name)]
    texts = [page.get_text(" "), *(text for text in texts if text not in LABELS)]
    texts += [str(tag["value"]) for tag in page.select("input[type=submit][value]")]
    for text in texts:
        for piece in outside(text):
            piece = re.sub(r"\S+@\S+|https?://\S+|\S*[/_.:]\S*", " ", piece)
            if words := [word for word in WORD.findall(piece) if word.casefold() not in known]:
                yield " ".join(words)


def outside(text):
    depth, piece = 0, ""
    for letter in text:
        depth += (letter == OPEN) - (letter == CLOSE)
        if depth == 0:
            piece += letter if letter != CLOSE else " | "
    return [piece for piece in piece.split("|") if piece.strip()]


def data():
    """The names that people and companies have here, and those of products."""
    names = [*db.session.scalars(sa.select(User.name)), *db.session.scalars(sa.select(Organization.name))]
    names += [f"{wizard.name} {wizard.console} {wizard.spoken}" for wizard in loading.load_all().values()]
    return {word.casefold() for name in names for word in WORD.findall(name)} | PROPER


def crawl(client, *starts):
    """(address, page) of what can be reached by links, a few of each route."""
    waiting, seen, routes = [*starts], set(), Counter()
    while waiting:
        address = waiting.pop(0)
        try:
            route, _values = client.application.url_map.bind("localhost").match(urlsplit(address).path)
        except HTTPException:
            continue
        if address in seen or routes[route] >= EACH or route in ("static", "api.show_schema"):
            continue
        seen.add(address)
        routes[route] += 1
        response = client.get(address, follow_redirects=True)
        if response.mimetype != "text/html":
            continue
        page = soup(response)
        links = [urljoin(address, tag["href"]) for tag in page.select("a[href]")]
        waiting += [link for link in links if link.startswith("/")]
        yield address, page


def spoken_outside(pages):
    known, found, looked = data(), {}, 0
    db.session.rollback()
    for address, page in pages:
        looked += 1
        assert page.html["dir"] == "rtl"
        for words in leftover(page, known):
            found.setdefault(words, address)
    assert looked
    return found


def test_whoever_is_not_signed_in_reads_their_language(wrapped, world):
    assert not spoken_outside(crawl(wrapped.test_client(), "/login"))


def test_a_member_reads_their_language(wrapped, world, sign_in_to):
    assert not spoken_outside(crawl(sign_in_to("ada@acme.example"), "/account"))


def test_support_reads_its_language(wrapped, world, sign_in_to):
    make_user("sam@vestibule.example", name="Sam", staff=True, password="correct horse battery")
    db.session.commit()

    assert not spoken_outside(crawl(sign_in_to("sam@vestibule.example"), "/staff", "/practice"))


GUIDES = loading.load_all()


@pytest.mark.parametrize(("idp", "flow"), [(wizard.id, flow) for wizard in GUIDES.values() for flow in wizard.flows])
def test_every_guide_is_read_in_ones_language(wrapped, world, sign_in_to, idp, flow):
    client = sign_in_to("ada@acme.example")
    begin = setup_runs.for_sign_in if flow == "sso" else setup_runs.for_provisioning
    kind = {} if flow == "sso" else {"kind": DirectoryKind(GUIDES[idp].provisioning.source)}
    run = begin(world, idp, by=OPERATOR, name=GUIDES[idp].name, **kind)
    db.session.commit()
    steps = [f"/setup/run/{run.id}/{flow}/{step.id}" for step in GUIDES[idp].flow(flow).steps]

    assert not spoken_outside((step, soup(client.get(step, follow_redirects=True))) for step in steps)
