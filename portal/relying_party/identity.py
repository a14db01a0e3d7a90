"""Who signed in, as the verified claims say it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.organizations import users
from portal.organizations.refusals import BadEmail
from portal.relying_party.refusals import AnswerRefused, problem

# Our fields, and the claims that usually hold them; a connection's own mapping comes first. `oid` is the same in every
# application of a tenant where `sub` differs from one to the next. `preferred_username` is not among them: at many
# providers people choose it themselves.
CLAIMS = {
    "email": ("email", "upn"), "given_name": ("given_name",), "family_name": ("family_name",), "display_name": ("name",),
    "groups": ("groups",), "roles": ("roles",), "stable_id": ("oid", "sub"), "user_name": ("upn",),
}  # fmt: skip
FIELDS = ("email", "given_name", "family_name", "display_name", "groups", "roles", "stable_id")
DOUBTS = ("email_verified", "xms_edov")
NOISE = (
    "iss",
    "aud",
    "exp",
    "iat",
    "nbf",
    "nonce",
    "at_hash",
    "c_hash",
    "s_hash",
    "azp",
    "jti",
)  # say nothing of a person
MOST_VALUES = 1_000
LONGEST = 320

Claims = Mapping[str, object]
Attributes = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Identity:
    """One person's word from one OpenID provider: an account is its issuer and its subject, to the letter."""

    issuer: str
    account: str
    email: str = ""
    doubted_email: str = ""  # one that the provider itself says nobody verified
    given_name: str = ""
    family_name: str = ""
    display_name: str = ""
    stable_id: str = ""
    user_name: str = ""
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    groups_left_out: bool = False
    session: str = ""
    attributes: Attributes = field(default_factory=dict)

    @property
    def is_forever(self) -> bool:
        """OpenID Connect Core §2: a subject is never given to somebody else."""
        return True


def read(claims: Claims, mapping: dict[str, str]) -> Identity:
    attributes = attributes_of(claims)
    email, doubted = _email(claims, attributes, mapping)
    return Identity(
        issuer=str(claims["iss"]),
        account=str(claims["sub"]),
        email="" if doubted else email,
        doubted_email=email if doubted else "",
        given_name=_first("given_name", attributes, mapping),
        family_name=_first("family_name", attributes, mapping),
        display_name=_first("display_name", attributes, mapping),
        stable_id=_first("stable_id", attributes, mapping),
        user_name=_first("user_name", attributes, mapping),
        groups=_all("groups", attributes, mapping),
        roles=_all("roles", attributes, mapping),
        groups_left_out=_left_out(claims),
        session=str(claims.get("sid") or "")[:256],
        attributes=attributes,
    )


def attributes_of(claims: Claims) -> Attributes:
    """What is said of the person, as texts; what is inside an object is named by its path (`realm_access.roles`)."""
    found: Attributes = {}
    for name, value in claims.items():
        if isinstance(value, dict):
            found |= {f"{name}.{inner}": values for inner, values in attributes_of(value).items()}
        elif name not in NOISE and (values := _texts(value)):
            found[name] = values
    return found


def source(field: str, attributes: Attributes, mapping: dict[str, str]) -> str | None:
    """The claim this field is read from. A mapping that was chosen is obeyed, not guessed around."""
    if chosen := mapping.get(field):
        return chosen if attributes.get(chosen) else None
    there = (name for name in CLAIMS[field] if attributes.get(name))
    if field == "email":
        return next((name for name in there if _as_email(attributes[name][0])), None)
    return next(there, None)


def _email(claims: Claims, attributes: Attributes, mapping: dict[str, str]) -> tuple[str, bool]:
    """The address, and whether the provider doubts it: whoever typed it there may be anybody (nOAuth)."""
    name = source("email", attributes, mapping)
    values = sorted(set(attributes[name])) if name else []
    if len(values) > 1:
        raise AnswerRefused(problem("email", "several-email", got=", ".join(values)))
    usual = name == "email" or not mapping.get("email")
    doubted = usual and any(str(claims.get(doubt, True)).casefold() in ("false", "0") for doubt in DOUBTS)
    return (_as_email(values[0]) if values else ""), doubted


def _as_email(text: str) -> str:
    try:
        return users.checked(text)
    except BadEmail:
        return ""


def _first(field: str, attributes: Attributes, mapping: dict[str, str]) -> str:
    name = source(field, attributes, mapping)
    return " ".join(attributes[name][0].split())[:LONGEST] if name else ""


def _all(field: str, attributes: Attributes, mapping: dict[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(attributes.get(source(field, attributes, mapping) or "", ())))


def _left_out(claims: Claims) -> bool:
    """A claim that has to be asked for elsewhere (OpenID Connect Core §5.6.2): Entra does so with more than 200 groups."""
    elsewhere = claims.get("_claim_names")
    return "groups" not in claims and isinstance(elsewhere, dict) and "groups" in elsewhere


def _texts(value: object) -> tuple[str, ...]:
    listed = value[:MOST_VALUES] if isinstance(value, list) else [value]
    plain = [one for one in listed if isinstance(one, str | int | float)]
    return tuple(text for one in plain if (text := str(one).lower() if isinstance(one, bool) else str(one)))
