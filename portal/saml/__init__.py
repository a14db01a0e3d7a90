"""The door for browsers sent by IdPs: metadata, sign-in, answers, tests, single logout."""

from portal.saml import leaving, shared, trying
from portal.saml.views import bp

__all__ = ["bp", "leaving", "shared", "trying"]
