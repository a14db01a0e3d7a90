"""What is true of every shipped wizard; a new one is tested by being there."""

from datetime import date

import pytest
from bs4 import BeautifulSoup

from tests.wizards.steps import EVERY_STEP, EVERY_WIZARD, WIZARDS, draw, render
from wizards import facts, loading
from wizards.choices import StepType

FLAGS = pytest.mark.parametrize(("roles", "logo"), [(True, True), (True, False), (False, True), (False, False)])
SLOT_OF = {
    StepType.CHOOSE: ["options"], StepType.COPY_VALUES: ["values"], StepType.INPUT_METADATA: ["metadata_form"],
    StepType.INPUT_CLIENT: ["client_form"],
    StepType.TEST: ["test_panel"], StepType.WAIT_FOR_REQUEST: ["wait_panel"], StepType.PREVIEW: ["preview"],
    StepType.CONFIRM: ["effects", "confirm"], StepType.WATCH: ["watch"], StepType.INSTRUCT: [], StepType.MAP: [],
    StepType.INPUT: ["input_form"], StepType.PULL: ["pull_panel"],
}  # fmt: skip
WEAKENING = [
    "turn off signature",
    "disable signature",
    "accept any certificate",
    "ignore the certificate",
    "without https",
]


@pytest.mark.parametrize("folder", [*loading.shipped()], ids=lambda folder: folder.name)
def test_it_would_be_taken_from_an_operator(folder):
    """Starting trusts those we ship; here they are checked as an operator's are."""
    assert loading.load(folder).id == folder.name


def text_of(html):
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())


def said(wizard, variant, step):
    """All that the reader is told of a step besides its drawing: words, copy fields, settings, claims, path."""
    told = [text_of(render(wizard, variant, step)), step.title, *step.where_in(variant)]
    told += [str(wizard.label_of(value)) for value in step.values]
    told += [part for setting in step.settings for part in (setting.label, setting.value)]
    return " | ".join(told + [part for claim in step.claims for part in (claim.name, claim.source)])


def test_every_provider_we_know_has_a_guide():
    assert {wizard.id for wizard in WIZARDS} == set(facts.load())


@EVERY_WIZARD
def test_a_guide_has_provisioning_where_people_can_come_over(wizard):
    sync = facts.load()[wizard.id].sync

    assert (bool(wizard.scim), bool(wizard.pull)) == (sync is facts.Sync.PUSH, sync is facts.Sync.PULL)


@EVERY_WIZARD
def test_a_wizard_says_when_and_from_what_it_was_reviewed(wizard):
    assert date(2026, 1, 1) <= wizard.reviewed <= date(2100, 1, 1)
    assert all(wizard.sources)


@EVERY_WIZARD
def test_a_wizard_has_a_tile_and_a_time(wizard):
    idp = facts.load()[wizard.id]

    assert 1 <= len(idp.monogram.text) <= 2
    assert all(getattr(wizard.minutes, name) > 0 for name in wizard.flows)


@EVERY_WIZARD
def test_sign_in_is_tested_before_it_goes_live_and_what_it_needs_comes_before_the_test(wizard):
    kinds = [step.type for step in wizard.sso.steps]
    brought = [kinds.index(kind) for kind in (StepType.INPUT_METADATA, StepType.INPUT_CLIENT) if kind in kinds]

    assert brought
    assert max(brought) < kinds.index(StepType.TEST) < kinds.index(StepType.CONFIRM)
    assert str(wizard.sso.steps[-1].needs) == "test.passed_for_current_config"


@pytest.mark.parametrize("wizard", [wizard for wizard in WIZARDS if wizard.provisioning], ids=lambda wizard: wizard.id)
def test_syncing_follows_sign_in_and_is_previewed(wizard):
    kinds = [step.type for step in wizard.provisioning.steps]

    assert str(wizard.provisioning.needs) == "sso.live"
    assert kinds.index(StepType.PREVIEW) < kinds.index(StepType.CONFIRM) < kinds.index(StepType.WATCH)


@FLAGS
@EVERY_STEP
def test_the_words_of_a_step_render_for_every_reader(wizard, variant, step, roles, logo):
    html = render(wizard, variant, step, roles=roles, logo=logo)

    assert text_of(html)
    assert "<Ltd>" not in html
    assert "<script" not in html
    assert [name for name in attributes_of(html) if name == "style" or name.startswith("on")] == []


def attributes_of(html):
    return [name for tag in BeautifulSoup(html, "html.parser").find_all(True) for name in tag.attrs]


@EVERY_STEP
def test_a_step_shows_what_its_kind_needs_once(wizard, variant, step):
    html = render(wizard, variant, step)

    wanted = SLOT_OF[step.type] + (["claims"] if step.claims else [])
    wanted += {
        "attributes": ["attribute_map"],
        "groups-to-roles": ["group_map"],
        "groups-to-sync": ["group_choice"],
    }.get(step.kind, [])
    assert [slot for slot in wanted if html.count(f"[{slot}]") != 1] == []


@EVERY_STEP
def test_a_step_somewhere_in_the_console_has_a_drawing(wizard, variant, step):
    assert bool(step.where_in(variant)) == bool(draw(wizard, variant, step))


@EVERY_STEP
def test_what_a_drawing_points_at_is_also_in_the_words(wizard, variant, step):
    mock = step.mock_in(variant)
    pointed = [row.label for row in mock.rows if row.mark] if mock else []
    pointed += [entry.removesuffix("*") for entry in mock.buttons if entry.endswith("*")] if mock else []
    told = said(wizard, variant, step).casefold()

    missing = [label for label in pointed if plain(label) not in told and label not in PICTURED_ONLY]
    assert missing == []


def plain(label):
    """A label as prose has it: without the star of a required field, a leading path or a placeholder."""
    return label.removesuffix(" *").removeprefix("…/").replace("{app.name}", "Acme Portal").casefold()


# Things that are not the console's words but stand for the reader's own data.
PICTURED_ONLY = {"You", "A group you are in", "A small group to begin with", "Option 1: Download IdP metadata"}


@EVERY_STEP
def test_no_words_advise_to_weaken_security(wizard, variant, step):
    text = text_of(render(wizard, variant, step)).casefold()

    assert [advice for advice in WEAKENING if advice in text] == []
