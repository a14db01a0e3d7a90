"""The words of the person who reads. What is kept, logged or read by programs stays English.

_("Saved.")                                   now, in the reader's language
_("%(name)s has left.", name=person.label)    whole sentences with names for their gaps, never pieces of one
ngettext("%(num)s member", "%(num)s members", count)
_l("E-mail")                                  said when it is shown: labels of forms, tables made at import
noted("Its metadata could not be read.")      kept in English, translated where it is shown: `_(row.problem)`
kept(refusal)                                 lazy words, as they are kept
said(row.problem)                             the same in a template, where what `_` answers is trusted as markup
"""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import cast

from flask_babel import force_locale, format_date, get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

__all__ = ["LazyString", "_", "_l", "day", "english", "in_english", "kept", "ngettext", "noted", "said"]


def noted(words: str) -> str:
    return words


def said(kept: object) -> str:
    """What is no sentence of ours stays as it is; `_("")` would answer with the head of the catalogue."""
    return _(str(kept)) if kept else ""


def kept(words: object) -> str:
    """As it is kept for later: in English, whoever reads at the moment."""
    with in_english():
        return str(words)


def in_english() -> AbstractContextManager[None]:
    """For what programs read, and what is signed."""
    return cast(AbstractContextManager[None], force_locale("en"))


def day(at: datetime) -> str:
    """“25 November 2026”, “25. November 2026”, “25 de noviembre de 2026”."""
    return str(format_date(at, "d MMMM yyyy" if english() else "long"))


def english() -> bool:
    locale = get_locale()
    return locale is None or locale.language == "en"
