"""The words of the person who reads. What is kept, logged or read by programs stays English.

_("Saved.")                                   now, in the reader's language
_("%(name)s has left.", name=person.label)    whole sentences with names for their gaps, never pieces of one
ngettext("%(num)s member", "%(num)s members", count)
_l("E-mail")                                  said when it is shown: labels of forms, tables made at import
noted("Its metadata could not be read.")      kept in English, translated where it is shown: `_(row.problem)`
said(row.problem)                             the same in a template, where what `_` answers is trusted as markup
"""

from flask_babel import Babel, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

babel = Babel()

__all__ = ["_", "_l", "babel", "ngettext", "noted", "said"]


def noted(words: str) -> str:
    return words


def said(kept: object) -> str:
    """What is no sentence of ours stays as it is; `_("")` would answer with the head of the catalogue."""
    return _(str(kept)) if kept else ""
