"""Every message has its words in every language, with the same gaps and tags; what was compiled is what is written."""

import re

import pytest

from tests import words

pytestmark = pytest.mark.once
GAPS = re.compile(r"%\(\w+\)[sd]|%%|\{[a-z_.]+\}|</?\w+[^>]*>")
LANGUAGES = pytest.mark.parametrize("language", words.languages())


def texts(message):
    """(English, translation) of each form."""
    if not message.pluralizable:
        return [(message.id, message.string)]
    return [(message.id[min(number, 1)], said) for number, said in enumerate(message.string)]


@LANGUAGES
def test_its_files_are_as_bin_words_leaves_them(language):
    text, compiled = words.written(words.carried(language))

    assert words.place(language).read_bytes() == text, "run bin/words"
    assert words.place(language).with_suffix(".mo").read_bytes() == compiled, "run bin/words"


@LANGUAGES
def test_nothing_is_left_unsaid(language):
    assert not [one.id for one in words.read(language) if one.id and not all(said for _, said in texts(one))]


@LANGUAGES
def test_gaps_and_tags_are_those_of_the_message(language):
    """The singular may do without its number."""
    wrong = []
    for one in words.read(language):
        if one.id:
            for number, (english, said) in enumerate(texts(one)):
                wanted, found = sorted(GAPS.findall(english)), sorted(GAPS.findall(said))
                if wanted != found and not (
                    one.pluralizable and number == 0 and {*found} <= {*GAPS.findall(one.id[1])}
                ):
                    wrong.append((english, said))

    assert not wrong


@LANGUAGES
def test_quotes_cannot_end_an_attribute(language):
    """Messages are trusted as markup, also where they stand in one."""
    bare = re.compile(r"<[^>]*>")

    assert not [one.id for one in words.read(language) if one.id for english, said in texts(one)
                if bare.sub("", said).count('"') > bare.sub("", english).count('"')]  # fmt: skip
