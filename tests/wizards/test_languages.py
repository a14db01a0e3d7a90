"""What is said in the reader's language and what stays in the console's; a console's labels in another language."""

import re
import shutil

import pytest
from bs4 import BeautifulSoup
from flask_babel import refresh

from tests.wizards.steps import APP, VALUES, WIZARDS
from wizards import advice, checks, extracting, facts, loading, words
from wizards.reading import BrokenWizard, read_file
from wizards.saying import OURS

SHIPPED = sorted(loading.SHIPPED.glob("**/*.toml"))
EXTRACTED = {
    text for file in SHIPPED if not file.name.startswith("labels.") for text in extracting.prose(read_file(file))
}
DE = """
[labels]
acs_url = "Antwortadresse"
[console]
"General" = "Allgemein"
"Save" = "Sichern"
"Sign On" = "Anmelden"
"""


def steps():
    return [step for wizard in WIZARDS for flow in wizard.flows.values() for step in flow.steps]


def mocks():
    return [mock for step in steps() for mock in (step.mock, *(look.mock for look in step.looks.values())) if mock]


def shown():
    """All that pages translate of what the TOML files say."""
    yield from (text for step in steps() for text in (step.title, *(value.hint for value in step.values)))
    yield from (option.label for step in steps() for option in step.options if option.label not in extracting.NAMES)
    yield from (variant.name for wizard in WIZARDS for variant in wizard.console_variants)
    for check in (check for protocol in checks.PROTOCOLS for check in checks.load(protocol).values()):
        yield from (check.ask, check.fail, check.fix, *check.fixes.values())
    yield from (one.fix for one in advice.load())
    for idp in facts.load().values():
        yield idp.metadata.trap
        yield from (text for error in idp.idp_errors for text in (error.means, error.fix))


def consoles():
    """All that is the console's."""
    yield from (label for wizard in WIZARDS for label in (*wizard.labels.values(), wizard.console, *wizard.roles))
    for mock in mocks():
        yield from (mock.title, *mock.nav, *mock.tabs, *mock.buttons)
        yield from (text for row in mock.rows for text in (row.label, row.value))
    for step in steps():
        yield from (*step.where, *(part for look in step.looks.values() for part in look.where))
        yield from (text for one in step.settings for text in (one.label, one.value))
        yield from (text for claim in step.claims for text in (claim.name, claim.source, claim.was))


def test_everything_that_is_shown_in_the_readers_words_is_collected():
    assert {text for text in shown() if text} - EXTRACTED == set()


def test_nothing_is_collected_that_nobody_is_shown():
    assert EXTRACTED - set(shown()) - OURS == set()


def test_no_label_of_a_console_is_collected():
    titles = {step.title for step in steps()}  # which may be worded as the console does it

    assert set(consoles()) & EXTRACTED - OURS - titles == set()


def test_what_is_ours_among_the_labels_is_still_there():
    names = {text for wizard in WIZARDS for text in (wizard.name, wizard.spoken)}
    assert OURS - set(consoles()) - names - {idp.name for idp in facts.load().values()} == set()


@pytest.fixture
def okta(tmp_path):
    """An operator's copy, whose console is known in German."""
    folder = tmp_path / "okta"
    shutil.copytree(loading.SHIPPED / "okta", folder)
    (folder / "labels.de.toml").write_text(DE)
    return folder


@pytest.fixture
def read(app):
    def read(wizard, step_id, language):
        step = wizard.sso.step(step_id)
        known = {"variant": "2026", "org.roles_from_saml": False}
        with app.test_request_context(headers={"Accept-Language": language}):
            refresh()
            made = words.render(
                wizard,
                step,
                variant="2026",
                values=VALUES,
                slot=words.Slot(),
                facts=known,
                org=words.Org("Acme"),
                app=APP,
            )
            drawn = words.draw(wizard, step, variant="2026", values=VALUES, app=APP, org=words.Org("Acme"))
            return BeautifulSoup(made + drawn, "html.parser"), dict(wizard.labels_here)

    return read


def test_a_console_is_worded_in_the_language_of_its_reader_where_that_is_known(okta, read):
    page, labels = read(loading.load(okta), "our-addresses", "de-AT, de;q=0.9")

    assert page.find("b", string="Sichern").attrs == {"class": ["ui"], "lang": "de", "translate": "no"}
    assert page.find("b", string="App integration name")["lang"] == "en"
    assert page.find("text", string="Sichern")
    assert page.find("desc").get_text().count("Sichern") == 1
    assert (labels["acs_url"].text, labels["acs_url"].lang) == ("Antwortadresse", "de")
    assert (labels["entity_id"].text, labels["entity_id"].lang) == ("Audience URI (SP Entity ID)", "en")


def test_readers_of_other_languages_see_its_english_labels(okta, read):
    page, labels = read(loading.load(okta), "our-addresses", "es")

    assert page.find("b", string="Save")["lang"] == "en"
    assert page.find("text", string="Save")
    assert (labels["acs_url"].text, labels["acs_url"].lang) == ("Single sign-on URL", "en")


@pytest.mark.parametrize(
    ("file", "text", "trouble"),
    [
        (
            "labels.de.toml",
            '[console]\n"Svae" = "Sichern"',
            "console: expected a label that wizard.toml or a fragment shows",
        ),
        ("labels.de.toml", '[labels]\nacs = "Antwort"', "labels.acs: expected one of acs_url,"),
        (
            "labels.de.toml",
            '[labels]\nlogin_url = "A"',
            "labels.login_url: expected a key that wizard.toml has in [labels]",
        ),
        ("labels.de.toml", '[words]\n"Save" = "Sichern"', "words: expected one of the keys console, labels"),
        ("labels.german.toml", DE, "expected a language in the name of the file"),
    ],
)
def test_labels_that_cannot_be_right_are_refused_at_start(okta, file, text, trouble):
    (okta / "labels.de.toml").unlink()
    (okta / file).write_text(text)

    with pytest.raises(BrokenWizard, match=re.escape(trouble)):
        loading.load(okta)


def test_every_language_of_a_shipped_console_says_where_it_was_read():
    for file in loading.SHIPPED.glob("*/labels.*.toml"):
        assert re.match(r"# .*20\d\d", file.read_text().split("[", 1)[0], re.DOTALL), file
