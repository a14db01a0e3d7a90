"""What an admin pasted where the token belongs: each mistake we can tell from the others has its own sentence."""

from collections.abc import Mapping

OURS = "scim_"
_WORDS = "Send the token as “Authorization: Bearer …”"


def what_came(header: str, address: Mapping[str, str]) -> str:
    """Why a request brought no bearer token at all."""
    scheme = header.partition(" ")[0].lower()
    if not header and any(name.casefold() in ("access_token", "token") for name in address):
        return f"The token came in the address, where others can read it. {_WORDS}, and make a new one."
    if not header:
        return f"The request has no Authorization header. {_WORDS}."
    if header.startswith(OURS):
        return (
            "The token came without the word Bearer in front. Choose “Bearer token” or “OAuth bearer token” in the identity "
            "provider, or write “Bearer ” before the token."
        )
    if scheme == "bearer":
        return f"There is no token behind the word Bearer. {_WORDS}."
    if scheme == "basic":
        return f"The identity provider sent a user name and a password. Choose “Bearer token” there, or: {_WORDS}."
    return f"{_WORDS}; other ways to sign in are not known here."


def what_is_wrong(secret: str) -> str:
    """Why what came as a bearer token is none of ours."""
    bare = secret.strip("\"'“”<>")
    if bare.casefold().startswith("bearer"):
        return "The word Bearer stands twice. Paste the token alone; the identity provider writes Bearer itself."
    if bare != secret and bare.startswith(OURS):
        return "The token came with quotation marks or brackets around it. Paste the token alone."
    if not bare.startswith(OURS):
        return f"This is not a token of ours: those begin with {OURS}. Copy it from the set-up page, or make a new one there."
    return "We do not know this token. Was all of it copied? Make a new one on the set-up page if it is lost."
