"""The door for browsers sent by IdPs: metadata, sign-in, answers, tests."""

from portal.saml.views import bp

__all__ = ["bp"]
