"""Reading TOML into frozen dataclasses, and saying exactly what is wrong with it."""

import dataclasses
import re
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path

from wizards.conditions import BadCondition, Condition

GRAMMAR = "a condition such as sso.live, not scim.contacted, or scim_app == 'same' and variant == 'new'"
T = typing.TypeVar("T")
WORDS = {str: "text", int: "a whole number", bool: "true or false", date: "a date such as 2026-11-23"}


class BrokenWizard(ValueError):
    """A wizard that cannot be used; the text names the file, the place, what was expected and what came."""


@dataclass(frozen=True)
class Place:
    """Where in which file we are reading, such as `sso.steps[3].values[0].ref`."""

    file: Path
    path: str = ""

    def key(self, name: str) -> "Place":
        return Place(self.file, f"{self.path}.{name}" if self.path else name)

    def item(self, number: int) -> "Place":
        return Place(self.file, f"{self.path}[{number}]")

    def broken(self, expected: str, got: object) -> BrokenWizard:
        return BrokenWizard(f"{self.file}: {self.path or 'top level'}: expected {expected}, got {_words(got)}")


def read_file(path: Path) -> dict[str, object]:
    """The tables of one TOML file."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BrokenWizard(f"{path}: expected a TOML file, got: {error}") from error


def read_table(kind: type[T], table: object, place: Place) -> T:
    """`table` as the dataclass `kind`: its fields are the keys allowed, those without a default the keys required."""
    if not isinstance(table, dict):
        raise place.broken("a table", table)
    hints = typing.get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind) if not field.metadata}  # type: ignore[arg-type]
    check_keys(table, place, allowed=set(fields), required={name for name in fields if _required(fields[name])})
    return kind(**{name: _read(hints[name], value, place.key(name)) for name, value in table.items()})


def check_keys(table: Mapping[str, object], place: Place, *, allowed: set[str], required: set[str]) -> None:
    for name in table:
        if name not in allowed:
            raise place.key(name).broken(f"one of the keys {', '.join(sorted(allowed))}", "an unknown key")
    for name in sorted(required - set(table)):
        raise place.key(name).broken("a value", "nothing")


def _required(field: dataclasses.Field[object]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _read(hint: object, value: object, place: Place) -> object:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return _read(inner[0], value, place)
    if origin is tuple:
        if not isinstance(value, list):
            raise place.broken("a list", value)
        return tuple(_read(inner[0], item, place.item(number)) for number, item in enumerate(value))
    if origin is re.Pattern:
        return _pattern(value, place)
    if origin is not None:
        return _mapping(inner, value, place)
    assert isinstance(hint, type)  # noqa: S101 (told to mypy)
    return _plain(hint, value, place)


def _mapping(inner: tuple[object, ...], value: object, place: Place) -> dict[object, object]:
    if not isinstance(value, dict):
        raise place.broken("a table", value)
    return {
        _read(inner[0], name, place.key(name)): _read(inner[1], item, place.key(name)) for name, item in value.items()
    }


def _plain(kind: type, value: object, place: Place) -> object:
    if dataclasses.is_dataclass(kind) and kind is not Condition:
        return read_table(kind, value, place)
    if issubclass(kind, Enum):
        return _choice(kind, value, place)
    if kind is Condition:
        return _condition(value, place)
    if type(value) is not kind:
        raise place.broken(WORDS[kind], value)
    return value


def _choice(kind: type[Enum], value: object, place: Place) -> Enum:
    if value not in [choice.value for choice in kind]:
        raise place.broken(f"one of {', '.join(str(choice.value) for choice in kind)}", value)
    return kind(value)


def _condition(value: object, place: Place) -> Condition:
    try:
        return Condition.parse(value if isinstance(value, str) else "")
    except BadCondition as error:
        raise place.broken(GRAMMAR, value) from error


def _pattern(value: object, place: Place) -> re.Pattern[str]:
    try:
        return re.compile(value if isinstance(value, str) else "(")
    except re.error as error:
        raise place.broken("a regular expression", value) from error


def _words(got: object) -> str:
    return str(got) if got in ("nothing", "an unknown key") else repr(got)
