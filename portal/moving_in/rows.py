"""One object of an export: asked for what we know, it remembers what nobody asked for."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from portal.moving_in.files import Piece
from portal.moving_in.shape import Notes

Recognise = Callable[["Row"], str]
PAGING = frozenset(
    [
        "object",
        "list_metadata",
        "nextPageToken",
        "next_page_token",
        "pageToken",
        "next",
        "start",
        "limit",
        "length",
        "total",
        "total_users",
        "total_orgs",
        "current_page",
        "page_size",
        "has_more_results",
        "page_number",
        "total_groups",
    ]
)


class Row:
    def __init__(self, value: Mapping[str, object], where: str, outer: "Row | None" = None) -> None:
        self.value, self.where, self.outer = value, where, outer
        self.asked: set[str] = set()

    def raw(self, name: str) -> object:
        self.asked.add(name)
        return self.value.get(name)

    def text(self, *names: str) -> str:
        """The first of these that says something."""
        self.asked.update(names)
        return next(filter(None, (_text(self.value.get(name)) for name in names)), "")

    def flag(self, name: str, *, default: bool = False) -> bool:
        found = self.raw(name)
        return found if isinstance(found, bool) else default

    def rows(self, name: str) -> list["Row"]:
        found = self.raw(name)
        values = found if isinstance(found, list) else []
        return [
            Row(one, f"{self.where}, {name} {place}", self)
            for place, one in enumerate(values, 1)
            if isinstance(one, dict)
        ]

    def words(self, name: str) -> list[str]:
        """A list of texts, or one text."""
        found = self.raw(name)
        values = found if isinstance(found, list) else [found]
        return [_text(one) for one in values if _text(one)]

    def part(self, name: str) -> "Row":
        found = self.raw(name)
        return Row(found if isinstance(found, dict) else {}, self.where, self)

    def mapping(self, name: str) -> dict[str, object]:
        found = self.raw(name)
        return found if isinstance(found, dict) else {}

    def has(self, *names: str) -> bool:
        """Whether it is there at all; that is not yet asking for it."""
        return all(name in self.value for name in names)

    def note_rest(self, noun: str, notes: Notes, passed_over: Iterable[str] = ()) -> None:
        known = self.asked | set(passed_over)
        for name in self.value:
            if name not in known and self.value[name] not in (None, "", [], {}):
                notes.field(noun, str(name)[:80])


def sort(pieces: Iterable[Piece], lists: Mapping[str, str], recognise: Recognise, notes: Notes) -> dict[str, list[Row]]:
    """Rows by what they are: those of a list by its name, any other by what it holds."""
    sorted_rows: dict[str, list[Row]] = {}
    for piece in pieces:
        if not isinstance(piece.value, dict):
            notes.row(piece.where, "not an object")
            continue
        for kind, row in _unpacked(Row(piece.value, piece.where), lists, recognise):
            if kind:
                sorted_rows.setdefault(kind, []).append(row)
            else:
                notes.row(row.where, "not something that this export should hold")
    return sorted_rows


def _unpacked(row: Row, lists: Mapping[str, str], recognise: Recognise) -> Iterator[tuple[str, Row]]:
    kind = recognise(row)
    found = [name for name in lists if isinstance(row.value.get(name), list)] if not kind else []
    if not found:
        yield kind, row
        return
    for name in found:
        for one in row.rows(name):
            yield recognise(one) or lists[name], one
    for name in row.value:
        if name not in found and name not in PAGING and isinstance(row.value[name], list | dict):
            yield "", Row({}, f"{row.where}, {name}")


def plain(value: object) -> object:
    """Without what no database keeps: NUL, and halves of characters."""
    if isinstance(value, str):
        is_plain = value.isascii() and "\x00" not in value
        return value if is_plain else value.replace("\x00", "").encode("utf-8", "ignore").decode()
    if isinstance(value, list):
        return [plain(one) for one in value]
    return {str(plain(name)): plain(one) for name, one in value.items()} if isinstance(value, dict) else value


def _text(value: object) -> str:
    if isinstance(value, str):
        return str(plain(value)).strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def by(found: Iterable[Row], *names: str) -> dict[str, list[Row]]:
    """Rows by what they belong to."""
    grouped: dict[str, list[Row]] = {}
    for row in found:
        grouped.setdefault(row.text(*names), []).append(row)
    return grouped


def note_strays(found: dict[str, list[Row]], belongs: Mapping[str, str], known: set[str], notes: Notes) -> None:
    """Rows of organizations that the export does not hold."""
    for kind, name in belongs.items():
        for row in found.get(kind, []):
            if row.text(name) not in known:
                notes.row(row.where, f"{kind} of an organization that the export does not hold")
