"""Fragments run in a sandbox, escape everything, and fail on a name nobody gave."""

import dataclasses

import pytest
from jinja2.exceptions import SecurityError, UndefinedError
from markupsafe import Markup

from tests.wizards.steps import render
from wizards import loading

OKTA = loading.load_all()["okta"]
STEP = OKTA.sso.step("create-app")


@pytest.fixture
def fragment(tmp_path):
    (tmp_path / "okta" / "sso").mkdir(parents=True)
    wizard = dataclasses.replace(OKTA, folder=tmp_path / "okta")

    def rendered(text, **slots):
        (wizard.folder / STEP.template).write_text(text)
        return render(wizard, "2026", STEP, **slots)

    return rendered


def test_a_fragment_may_not_reach_into_python(fragment):
    with pytest.raises(SecurityError):
        fragment("{{ ''.__class__.__mro__[1].__subclasses__() }}")


def test_a_fragment_may_not_change_what_it_is_given(fragment):
    with pytest.raises(SecurityError):
        fragment("{{ values.clear() }}")


def test_a_misspelt_name_is_an_error(fragment):
    with pytest.raises(UndefinedError):
        fragment("{{ org.nmae }}")


def test_names_are_escaped_and_slots_are_not(fragment):
    assert fragment("{{ org.name }} {{ slot.values }}", values=Markup("<b>v</b>")) == "Acme &lt;Ltd&gt; <b>v</b>"


def test_values_are_filled_and_escaped(fragment):
    assert fragment("{{ '<i>{sp.entity_id}' | fill(values) }}").startswith("&lt;i&gt;https://")


def test_shared_macros_are_at_hand_for_an_operators_wizard(fragment):
    html = fragment(
        '{% from "_shared/ui.html.jinja" import ui, note with context %}'
        '{% call note("tip") %}{{ ui("Save") }}{% endcall %}'
    )

    assert '<b class="ui" lang="en" translate="no">Save</b>' in html
    assert 'class="note note-tip" role="note"' in html


def test_another_idp_is_not_called_by_its_tile_in_a_sentence():
    generic = loading.load_all()["generic"]

    assert "A new tab opens at your identity provider" in render(generic, "", generic.sso.step("test"))
