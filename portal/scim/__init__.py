"""The door IdPs push people through: SCIM 2.0 (RFC 7643, RFC 7644)."""

from portal.scim.door import bp

__all__ = ["bp"]
