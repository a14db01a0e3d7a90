"""Our values for the console's fields; a token is made in place and shown in that one answer only."""

import secrets
from collections.abc import Mapping

from flask import g, render_template
from markupsafe import Markup

from portal.models.base import now
from portal.setup.kinds import instructing
from portal.setup.kinds.kind import Kind
from portal.setup.places import Place
from portal.setup.showing import End, FreshToken, Redo, our_values
from wizards.choices import Ref


class Copying(Kind):
    def slots(self, place: Place, redo: Redo | None) -> Mapping[str, Markup]:
        known = our_values(place)
        usable = [token for token in place.seen.tokens if token.usable(now())] if _offers_token(place) else []
        fresh: FreshToken | None = g.get("fresh_token")
        settings = [one for one in instructing.filled(place) if one.copy or one.label not in _said(place)]
        metadata_url = known[Ref.METADATA_URL] if place.step.offer_metadata_file else ""
        made = render_template(
            "setup/slots/_values.html", place=place, known=known, tokens=usable, fresh=fresh,
            nonce=secrets.token_urlsafe(12), metadata_url=metadata_url, settings=settings,
        )  # fmt: skip
        return {"values": Markup(made), "claims": instructing.claims(place)}  # noqa: S704

    def end(self, place: Place) -> End:
        """Without a token there is nothing to paste yet: making one is the thing to do."""
        return End(primary=not _offers_token(place) or bool(place.seen.tokens))


def _said(place: Place) -> str:
    """The guide's own words: a setting they name is not listed once more."""
    return place.wizard.fragment(place.step).read_text()


def _offers_token(place: Place) -> bool:
    return any(value.create for value in place.step.values)
