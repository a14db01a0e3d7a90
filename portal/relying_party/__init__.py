"""The door for browsers coming back from OpenID providers: sign-in, answers, tests, signing out. We are the relying party."""

from portal.relying_party import leaving, trying
from portal.relying_party.views import bp

__all__ = ["bp", "leaving", "trying"]
