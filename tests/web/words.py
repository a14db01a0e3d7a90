"""The messages of the whole house, collected as `bin/words` collects them."""

import tomllib
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

from portal.settings import REPOSITORY

OPEN, CLOSE = "⟦", "⟧"
KEYWORDS = {"_": None, "_l": None, "noted": None, "gettext": None, "ngettext": (1, 2)}


def _is_ours(folder):
    return Path(folder).name not in {"tests", "node_modules", "__pycache__"} and not Path(folder).name.startswith(".")


@cache
def collected():
    mappings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    methods = [(one["pattern"], one["method"]) for one in mappings]
    options = {one["pattern"]: {k: v for k, v in one.items() if k not in ("pattern", "method")} for one in mappings}
    catalog = Catalog()
    found = extract_from_dir(str(REPOSITORY), methods, options, KEYWORDS, directory_filter=_is_ours)
    for _file, _line, message, comments, context in found:
        catalog.add(message, auto_comments=comments, context=context)
    return [one for one in catalog if one.id]
