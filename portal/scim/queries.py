"""What an IdP asks of a list."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.scim.errors import ScimError, invalid_value
from portal.settings import current

DEFAULT = 100


@dataclass(frozen=True)
class Query:
    """From the address or from the body of /.search. `cursor` is None where pages go by index."""

    filter: str | None = None
    sort_by: str = ""
    descending: bool = False
    start: int = 1
    count: int = DEFAULT
    cursor: str | None = None
    at_root: bool = False

    @classmethod
    def read(cls, given: Mapping[str, object]) -> "Query":
        return cls(
            filter=str(given["filter"]) if given.get("filter") is not None else None,
            sort_by=str(given.get("sortBy") or ""),
            descending=str(given.get("sortOrder") or "").lower() == "descending",
            start=max(1, _number(given, "startIndex", 1)),
            count=min(max(0, _count_asked(given)), current().scim_max_results),
            cursor=str(given["cursor"] or "") if "cursor" in given else None,
        )

    @property
    def whole(self) -> bool:
        """The first page by index, which may be all there is."""
        return self.start == 1 and self.count > 0 and self.cursor is None


def _count_asked(given: Mapping[str, object]) -> int:
    """Where pages go by cursor, a count that is none has an error of its own (RFC 9865 §2.1)."""
    try:
        return _number(given, "count", DEFAULT)
    except ScimError as error:
        raise ScimError(400, error.detail, "invalidCount" if "cursor" in given else error.scim_type) from None


def _number(given: Mapping[str, object], name: str, otherwise: int) -> int:
    value = given.get(name)
    if value is None or value == "":
        return otherwise
    try:
        return min(max(int(str(value)), -1), 2**31)
    except ValueError:
        raise invalid_value(f"{name} must be a whole number, such as {name}=1.") from None
