"""A wizard that is wrong is refused, with the file, the place, what was expected and what came."""

import logging
import shutil

import pytest

from wizards import loading
from wizards.reading import BrokenWizard

GOOD = """
id = "acme"
name = "Acme IdP"
console = "Acme console"
roles = ["Admin"]
minutes = { sso = 5 }
reviewed = 2026-11-24
sources = ["acme.example/docs"]
[labels]
acs_url = "Reply address"
entity_id = "Our name"
[[console_variants]]
id = "new"
name = "New menus"
default = true
[[sso.steps]]
id = "values"
type = "copy-values"
title = "Give Acme our addresses"
template = "sso/values.html"
when = "variant == 'new'"
trouble = ["destination"]
  [[sso.steps.values]]
  ref = "sp.acs_url"
  [sso.steps.mock]
  title = "Settings"
  rows = [{ kind = "field", label = "Reply address", value = "{sp.acs_url}", mark = 1 }]
[[sso.steps]]
use = "test"
"""
FACTS = """
name = "Acme IdP"
sync = "none"
monogram = { text = "Ac", hue = 1 }
metadata = { how = ["xml"], preferred = "xml" }
"""

BROKEN = [
    ('name = "Acme IdP"', "", "name: expected a value, got nothing"),
    ('name = "Acme IdP"', "name = 7", "name: expected text, got 7"),
    ('id = "acme"', 'id = "other"', "id: expected the folder's name, acme, got 'other'"),
    ("reviewed = 2026-11-24", 'reviewed = "lately"', "reviewed: expected a date such as 2026-11-23, got 'lately'"),
    ("minutes = { sso = 5 }", "minutes = { sso = true }", "minutes.sso: expected a whole number, got True"),
    ('roles = ["Admin"]', 'roles = "Admin"', "roles: expected a list, got 'Admin'"),
    ('sources = ["acme.example/docs"]', "sources = []", "sources: expected where the labels were read, got nothing"),
    ("acs_url =", "asc_url =", "labels.asc_url: expected one of acs_url,"),
    ('acs_url = "Reply address"\n', "",
     "sso.steps[0].values[0].ref: expected a word for acs_url in [labels], got nothing"),
    ("default = true", "default = false", "console_variants: expected exactly one variant with default = true, got []"),
    ('type = "copy-values"', 'type = "copy"', "sso.steps[0].type: expected one of choose, instruct,"),
    ('type = "copy-values"', 'type = "watch"', "sso.steps[0].values: expected one of the keys"),
    ('type = "copy-values"', 'type = "instruct"', "sso.steps[0].values: expected one of the keys"),
    ('title = "Give', 'colour = "red"\ntitle = "Give', "sso.steps[0].colour: expected one of the keys"),
    ('id = "values"', 'id = "test"', "sso.steps[1].id: expected one not used before, got 'test'"),
    ('id = "values"', 'id = "Our values"', "sso.steps[0].id: expected a short id such as create-app, got 'Our values'"),
    ('"sso/values.html"', '"sso/value.html"',
     "sso.steps[0].template: expected a fragment that exists, got 'sso/value.html'"),
    ('"sso/values.html"', '"../okta/sso/test.html"', "sso.steps[0].template: expected a fragment such as"),
    ("\"variant == 'new'\"", '"variant or x"', "sso.steps[0].when: expected a condition such as"),
    ("\"variant == 'new'\"", '"weather"', "sso.steps[0].when: expected one of the facts"),
    ('trouble = ["destination"]', 'trouble = ["gremlins"]', "sso.steps[0].trouble[0]: expected one of"),
    ('ref = "sp.acs_url"', 'ref = "sp.acs"', "sso.steps[0].values[0].ref: expected one of sp.acs_url,"),
    ('ref = "sp.acs_url"', 'ref = "sp.acs_url"\n  secret = true',
     "sso.steps[0].values[0].create: expected the name and lives"),
    ('ref = "sp.acs_url"', 'ref = "sp.acs_url"\n  [[sso.steps.values]]\n  ref = "sp.acs_url"',
     "sso.steps[0].values[1].ref: expected one not used before, got 'sp.acs_url'"),
    ("  [sso.steps.mock]", '  [[sso.steps.settings]]\n  label = "L"\n  value = "{sp.asc}"\n  [sso.steps.mock]',
     "sso.steps[0].settings[0].value[0]: expected one of"),
    ('kind = "field"', 'kind = "box"', "sso.steps[0].mock.rows[0].kind: expected one of field,"),
    ('"{sp.acs_url}"', '"{sp.acs}"', "sso.steps[0].mock.rows[0].value[0]: expected one of"),
    ('"{sp.acs_url}"', '"{scim.token}"', "sso.steps[0].mock.rows[0].value[0]: expected one of"),
    ("  rows = [{", "  rows = []\n  nav = [{", "sso.steps[0].mock.nav[0]: expected text, got {"),
    ('use = "test"', 'use = "rest"', "sso.steps[1].use: expected one of test, map,"),
    ('use = "test"', 'use = "test"\nidp_errors = ["E1"]', "sso.steps[1].idp_errors[0]: expected one of not-assigned,"),
    ('use = "test"', 'use = "test"\nrequire = ["luck"]', "sso.steps[1].require[0]: expected one of"),
    ('use = "test"', 'use = "first-request"\nexpect = { user_agent = "(" }',
     "sso.steps[1].expect.user_agent: expected a regular expression, got '('"),
    ('use = "test"', 'use = "test"\nlooks = { old = {} }', "sso.steps[1].looks[0]: expected one of new, got 'old'"),
    ("[labels]", "[labels", "expected a TOML file, got:"),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "acme"
    (folder / "sso").mkdir(parents=True)
    (folder / "sso" / "values.html").write_text("{{ slot.values }}")
    (folder / "wizard.toml").write_text(GOOD)
    (folder / "facts.toml").write_text(FACTS)
    return folder


def test_a_good_wizard_loads(folder):
    wizard = loading.load(folder)

    assert str(wizard.label_of(wizard.sso.steps[0].values[0])) == "Reply address"
    assert [step.id for step in wizard.sso.shown({"variant": "new"})] == ["values", "test"]
    assert wizard.default_variant == "new"


@pytest.mark.parametrize(("good", "bad", "words"), BROKEN, ids=[words.split(": expected")[0] for _, _, words in BROKEN])
def test_a_broken_wizard_is_refused_and_the_place_named(folder, good, bad, words):
    assert good in GOOD
    (folder / "wizard.toml").write_text(GOOD.replace(good, bad, 1))

    with pytest.raises(BrokenWizard) as refused:
        loading.load(folder)

    assert str(refused.value).startswith(f"{folder / 'wizard.toml'}: ")
    assert words in str(refused.value)


def test_a_fragment_nobody_shows_is_refused(folder):
    (folder / "sso" / "forgotten.html").write_text("<p>…</p>")

    with pytest.raises(BrokenWizard, match=r"expected a step that uses sso/forgotten\.html"):
        loading.load(folder)


@pytest.mark.parametrize(
    ("fragment", "words"),
    [
        ("{% if %}", "TemplateSyntaxError"),
        ("{{ slot.vaules }}", "UndefinedError: 'wizards.words.Slot object' has no attribute 'vaules'"),
        ("{% if not org.roles_from_saml %}{{ nobody }}{% endif %}", "UndefinedError: 'nobody' is undefined"),
        ("{{ ''.__class__.__mro__ }}", "SecurityError"),
        ("{{ 1 / 0 }}", "ZeroDivisionError"),
        ('{% include "sso/other.html" %}', "TemplateNotFound"),
    ],
)
def test_a_fragment_that_would_fail_for_some_reader_is_refused(folder, fragment, words):
    (folder / "sso" / "values.html").write_text(fragment)

    with pytest.raises(BrokenWizard) as refused:
        loading.load(folder)

    assert "sso.steps[0].template: expected a fragment that renders for every reader" in str(refused.value)
    assert words in str(refused.value)


def test_a_wizard_without_facts_is_refused(folder):
    (folder / "facts.toml").unlink()

    with pytest.raises(BrokenWizard, match=r"id: expected an IdP of idps\.toml, or a facts\.toml beside"):
        loading.load(folder)


def test_the_operators_wizard_joins_the_shipped_ones(folder):
    wizards = loading.load_all((folder.parent,))

    assert {"acme", "okta"} <= set(wizards)
    assert "acme" not in loading.load_all()


def test_a_broken_wizard_of_the_operator_is_reported_and_left_out(folder, caplog):
    (folder / "wizard.toml").write_text("id = 3")

    with caplog.at_level(logging.ERROR, "wizards"):
        wizards = loading.load_all((folder.parent,))

    assert ("acme" in wizards, "okta" in wizards) == (False, True)
    assert f"wizard left out: {folder / 'wizard.toml'}: " in caplog.text


def test_broken_facts_are_reported(folder, caplog):
    (folder / "facts.toml").write_text("name = 1")

    with caplog.at_level(logging.ERROR, "wizards"):
        assert "acme" not in loading.load_all((folder.parent,))

    assert "facts left out" in caplog.text


def test_the_operator_may_replace_a_shipped_wizard_with_their_own_words(tmp_path):
    mine = shutil.copytree(loading.SHIPPED / "okta", tmp_path / "okta")
    (mine / "sso" / "create-app.html").write_text("<p>Ask the helpdesk.</p>")

    wizard = loading.load_all((tmp_path,))["okta"]

    assert wizard.fragment(wizard.sso.step("create-app")).read_text() == "<p>Ask the helpdesk.</p>"
