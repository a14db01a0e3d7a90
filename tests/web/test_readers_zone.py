"""Times in the reader's zone, and words that were kept, shown safely."""

from datetime import UTC, datetime

import pytest
from flask import render_template_string

from portal.settings import Settings
from portal.web.times import day, exact
from portal.words import said

NEW_YEAR = datetime(2030, 12, 31, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "words"), [("Asia/Tokyo", "1 January 2031"), ("", "31 December 2030"), ("../nowhere", "31 December 2030")]
)
def test_a_day_is_the_readers(app, zone, words):
    with app.test_request_context(headers={"Cookie": f"vestibule-zone={zone}"}):
        assert day(NEW_YEAR) == words
        assert exact(NEW_YEAR).startswith(words)


def test_what_was_kept_is_no_markup_and_may_hold_a_percent_sign(app):
    with app.test_request_context():
        assert render_template_string("{{ said(kept) }}", kept="<b>100% of it") == "&lt;b&gt;100% of it"


def test_what_is_empty_stays_empty(app):
    with app.test_request_context(headers={"Accept-Language": "de"}):
        assert said("") == said(None) == ""


def test_languages_are_named_in_the_environment(monkeypatch):
    monkeypatch.setenv("LANGUAGES", "de, en")

    assert Settings().languages == ("de", "en")
