"""The drawings: valid, styled by classes only, readable without seeing them, true to the customer's values."""

import pytest
from lxml import etree

from tests.wizards.steps import EVERY_DRAWN_STEP, VALUES, draw
from wizards.choices import RowKind
from wizards.definition import Mock, MockRow
from wizards.drawing import lay_out, shorten
from wizards.filling import fill

SVG = "{http://www.w3.org/2000/svg}"
NAMES = {**VALUES, "app.name": "Acme Portal", "org.name": "Acme"}


def svg_of(wizard, variant, step):
    return etree.fromstring(
        str(draw(wizard, variant, step)).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ')
    )


@EVERY_DRAWN_STEP
def test_every_label_of_a_drawing_is_in_its_description(wizard, variant, step):
    drawing = svg_of(wizard, variant, step)
    mock = step.mock_in(variant)
    said = " ".join(drawing.find(f".//{SVG}title").itertext()) + " ".join(drawing.find(f".//{SVG}desc").itertext())

    assert fill(mock.title, NAMES) in said
    assert [row.label for row in mock.rows if fill(row.label, NAMES) not in said] == []
    assert [entry for entry in mock.buttons if entry.endswith("*") and entry[:-1] not in said] == []


@EVERY_DRAWN_STEP
def test_a_drawing_obeys_a_strict_content_security_policy(wizard, variant, step):
    drawing = svg_of(wizard, variant, step)

    used = {name for element in drawing.iter() for name in element.attrib}
    assert used.isdisjoint({"style", "href", "onload"})
    assert not list(drawing.iter(f"{SVG}style", f"{SVG}image", f"{SVG}use"))


@EVERY_DRAWN_STEP
def test_everything_drawn_stands_inside_the_frame(wizard, variant, step):
    drawing = svg_of(wizard, variant, step).find(f"{SVG}svg")
    _, _, width, height = map(float, drawing.get("viewBox").split())

    for element in drawing.iter(f"{SVG}rect", f"{SVG}text"):
        assert 0 <= float(element.get("x")) <= width - float(element.get("width", 0))
        assert 0 <= float(element.get("y")) <= height - float(element.get("height", 0))


@EVERY_DRAWN_STEP
def test_no_drawing_contains_a_secret(wizard, variant, step):
    assert "never_to_be_drawn" not in draw(wizard, variant, step)


@pytest.mark.parametrize("letters", [20, 38, 58, 120])
def test_a_long_address_keeps_its_end(letters):
    drawn = lay_out("Console", Mock("T", (MockRow(RowKind.FIELD, "URL", "x" * letters + "/acs"),)), {}).rows[0]

    assert drawn.value.endswith("/acs")
    assert drawn.full == "x" * letters + "/acs"


def test_shortening_keeps_both_ends_and_the_length():
    assert shorten("abcdefghij", 7) == "ab…ghij"
    assert shorten("abcdefg", 7) == "abcdefg"


def test_long_labels_and_many_tabs_take_more_lines():
    row = MockRow(
        RowKind.SELECT, "When users are deleted, or their access is removed, perform the action below", "Suspend"
    )
    drawing = lay_out("Console", Mock("T", (row, row), nav=("A",), tabs=tuple("Configuration" for _ in range(6))), {})

    assert len(drawing.rows[0].lines) == 2
    assert drawing.rows[1].y - drawing.rows[0].y > 50
    assert len({tab.y for tab in drawing.tabs}) == 2
