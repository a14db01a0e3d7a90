"""What a guard says to those it does not let in."""


class Refused(Exception):
    """`status` is the HTTP status that fits."""

    status = 403

    @property
    def headers(self) -> dict[str, str]:
        return {}


class Unauthorized(Refused):
    """Nobody is signed in, or the token no longer counts."""

    status = 401

    @property
    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": 'Bearer error="invalid_token"'}


class Forbidden(Refused):
    """Somebody is signed in, and may not do this."""
