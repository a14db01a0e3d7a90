"""The messages of the whole house, and the catalogues that say them in other languages; `bin/words` calls this."""

import io
import tomllib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from portal.settings import REPOSITORY

KEYWORDS = {"_": None, "_l": None, "noted": None, "gettext": None, "ngettext": (1, 2)}
TRANSLATIONS = REPOSITORY / "portal/translations"
SINCE = datetime(2026, 11, 26, tzinfo=UTC)  # the format asks for a date; the history keeps the real ones
HEADER = "# Vestibule in {name}. Write translations here, then run bin/words."


@cache
def collected():
    """Every message that pages and mails say, as `[tool.babel]` in pyproject.toml finds them."""
    mappings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    methods = [(one["pattern"], one["method"]) for one in mappings]
    options = {one["pattern"]: {k: v for k, v in one.items() if k not in ("pattern", "method")} for one in mappings}
    catalog = Catalog()
    for _file, _line, message, _comments, _context in extract_from_dir(
        str(REPOSITORY), methods, options, KEYWORDS, directory_filter=_is_ours
    ):
        catalog.add(message)
    return [one for one in catalog if one.id]


def languages():
    return sorted(path.name for path in TRANSLATIONS.iterdir() if path.is_dir())


def place(language):
    return TRANSLATIONS / language / "LC_MESSAGES/messages.po"


def read(language):
    with place(language).open("rb") as file:
        return read_po(file, locale=language)


def carried(language):
    """Its catalogue with every message there is and no other; what is new has no words yet."""
    known, locale = read(language), Locale.parse(language)
    found = Catalog(
        locale=locale,
        project="Vestibule",
        version="1",
        header_comment=HEADER.format(name=locale.english_name),
        last_translator="Vestibule",
        msgid_bugs_address="",
        language_team=locale.english_name,
        creation_date=SINCE,
        revision_date=SINCE,
        fuzzy=False,
    )
    for one in collected():
        before = known.get(one.id)
        found.add(one.id, before.string if before else "", flags=one.flags)
    return found


def written(catalog):
    """What stands in its two files: the text, and what is read when the house runs."""
    text, compiled = io.BytesIO(), io.BytesIO()
    write_po(text, catalog, sort_output=True, width=120)
    write_mo(compiled, catalog)
    return text.getvalue(), compiled.getvalue()


def main():
    for language in languages():
        text, compiled = written(carried(language))
        place(language).write_bytes(text)
        place(language).with_suffix(".mo").write_bytes(compiled)
        missing = sum(not all(one.string if one.pluralizable else [one.string]) for one in read(language) if one.id)
        print(f"{language}: {len(collected())} messages, {missing} without words")


def _is_ours(folder):
    return Path(folder).name not in {"tests", "node_modules", "__pycache__"} and not Path(folder).name.startswith(".")


if __name__ == "__main__":
    main()
