"""The console's labels as the reader's own console shows them, and the few words of ours that stand among them.

A console's label stays in English unless `labels.<locale>.toml` beside the guide says how it reads in that language. What is
in `OURS` stands where labels stand but is prose: it is translated like every sentence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import get_locale, gettext
from markupsafe import Markup

from wizards.choices import LabelKey

ENGLISH, NOTHING = "en", Markup("")
OURS = frozenset({
    # names of what has none
    "Another identity provider", "Another provider (OpenID Connect)", "Your identity provider", "your identity provider",
    # who can do it over there
    "An administrator of the tenant", "An administrator of authentik", "An administrator of your Cloudflare account",
    "An administrator of the realm", "An administrator of PingFederate", "An administrator of your PingOne environment",
    "An administrator of Rippling", "Administrators on the federation server", "a role with Application Management",
    "Whoever may add applications to your identity provider", "Whoever may change the files of your Shibboleth IdP",
    # parts of a path
    "your app", "your application", "Your application", "your client", "your event stream", "your integration",
    "your provider", "your trust", "Identity provider metadata", "People and groups", "Actions and attributes",
    # settings
    "ticked", "off", "client secret", "the names of the connections whose people should be here, with commas between them",
    "emailAddress (persistent is fine too)", "RSA-SHA256; sign the assertion, or both assertion and response",
    "Bearer token in the HTTP header", "Authorization code, with PKCE (S256) where it can be chosen",
    # where an attribute comes from
    "the e-mail address", "e-mail address", "work e-mail address", "work e-mail", "the first name", "first name",
    "given name", "the last name", "last name", "family name", "the full name", "full name", "an id that never changes",
    "names of the person's groups", "names of the person's roles or groups", "groups of the identity provider behind it",
    "the sign-in name, best the e-mail address",
    # what a drawing says of the reader's own data
    "You", "A group you are in", "A small group to begin with", "Everybody else, after the test",
    "Everybody else, once this works", "not this one",
})  # fmt: skip


@dataclass(frozen=True)
class Tongue:
    """How the console reads in one language; what is left out reads as in English."""

    labels: Mapping[LabelKey, str] = field(default_factory=dict)
    console: Mapping[str, str] = field(default_factory=dict)

    def label(self, english: str) -> str:
        """The star of a required field is no part of its name."""
        star = " *" if english.endswith(" *") else ""
        found = self.console.get(english) or self.console.get(english.removesuffix(star))
        return found + (star if found and not found.endswith("*") else "") if found else ""


@dataclass(frozen=True)
class Said:
    """A label as it is shown. `lang` is the language it is in; empty where it is the page's own."""

    text: str
    lang: str = ENGLISH

    def __str__(self) -> str:
        return self.text

    @property
    def marks(self) -> Markup:
        """For the tag around it: its language, and that it is none of our words."""
        return Markup(' lang="{}" translate="no"').format(self.lang) if self.lang else NOTHING


Tongues = Mapping[str, Tongue]
NO_WORDS = Tongue()


def reading(tongues: Tongues) -> tuple[str, Tongue]:
    """(language, words) of the console for whoever reads now: `de_AT` before `de`."""
    locale = get_locale()
    for code in (str(locale), locale.language) if locale else ():
        if code in tongues:
            return code.replace("_", "-"), tongues[code]
    return ENGLISH, NO_WORDS


def said(label: str, tongues: Tongues) -> Said:
    code, tongue = reading(tongues)
    if found := tongue.label(label):
        return Said(found, code)
    return Said(gettext(label), "") if label in OURS else Said(label)
