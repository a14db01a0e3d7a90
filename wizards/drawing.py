"""Laying out the drawing of a console screen: what stands where, so that `console.svg.jinja` only paints."""

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wizards.choices import RowKind
from wizards.definition import Mock, MockRow
from wizards.filling import fill

WIDTH, NAV, MARGIN, TOP = 640, 164, 24, 94
NAV_LETTERS, LINE = 19, 17
LETTER, BOLD = 7.3, 8.3  # the width of a letter at 13px, on the generous side
MONO = 7.25  # the same at 12px monospace
SECRET = "•" * 20
HEIGHTS = {RowKind.PAIR: 34, RowKind.CHECK: 28, RowKind.RADIO: 28, RowKind.TEXT: 26}


@dataclass(frozen=True)
class DrawnRow:
    """One row; `label` and `full` are what is read to those who cannot see it, never a secret."""

    kind: RowKind
    label: str
    full: str
    y: float
    lines: tuple[str, ...]
    value: str
    box: float
    height: float
    mark: int | None
    on: bool


@dataclass(frozen=True)
class NavEntry:
    y: float
    height: float
    lines: tuple[str, ...]
    here: bool


@dataclass(frozen=True)
class Piece:
    """A tab or a button."""

    text: str
    here: bool
    x: float
    y: float
    width: float


@dataclass(frozen=True)
class Drawing:
    console: str
    title: str
    heading: tuple[str, ...]
    nav: tuple[NavEntry, ...]
    tabs: tuple[Piece, ...]
    rows: tuple[DrawnRow, ...]
    buttons: tuple[Piece, ...]
    left: int
    wide: int
    split: int
    height: float
    width: int = WIDTH


def lay_out(console: str, mock: Mock, values: Mapping[str, object]) -> Drawing:
    """`mock` as a drawing, with the customer's own `values` in it."""
    title = fill(mock.title, values)
    left = (NAV if mock.nav else 16) + 28
    wide = WIDTH - left - MARGIN
    heading = _wrapped(title, int(wide / 9))
    nav = _nav(mock.nav)
    tabs = _pieces(mock.tabs, left, TOP + LINE * (len(heading) - 1), room=wide, gap=16, padding=0)
    rows = _rows(mock.rows, wide, values, top=(tabs[-1].y + 32 if tabs else TOP + LINE * (len(heading) - 1)))
    end = rows[-1].y + rows[-1].height
    buttons = _pieces(mock.buttons, left, end, room=wide, gap=10, padding=26, line=38)
    bottom = max(buttons[-1].y + 46 if buttons else end + 6, nav[-1].y + nav[-1].height if nav else 0)
    return Drawing(
        console, title, heading, nav, tabs, rows, buttons,
        left, wide, split=int(wide * 0.4), height=bottom,
    )  # fmt: skip


def shorten(text: str, letters: int) -> str:
    """Cut the middle out: the end of an address tells ours from another's."""
    if len(text) <= letters:
        return text
    head = (letters - 1) // 3
    return f"{text[:head]}…{text[-(letters - 1 - head) :]}"


def _nav(entries: Iterable[str]) -> tuple[NavEntry, ...]:
    drawn, y = [], 62.0
    for entry in entries:
        lines = _wrapped(entry.removesuffix("*"), NAV_LETTERS)
        drawn.append(NavEntry(y, 7 + LINE * len(lines), lines, here=entry.endswith("*")))
        y += 9 + LINE * len(lines)
    return tuple(drawn)


def _pieces(
    entries: Iterable[str], left: float, y: float, *, room: float, gap: float, padding: float, line: float = 26
) -> tuple[Piece, ...]:
    """Tabs or buttons side by side, in as many lines as they need."""
    drawn: list[Piece] = []
    x = left
    for entry in entries:
        text = entry.removesuffix("*")
        bold = padding or entry.endswith("*")  # buttons always, tabs where you are
        width = len(text) * (BOLD if bold else LETTER) + padding
        if drawn and x + width > left + room:
            x, y = left, y + line
        drawn.append(Piece(text, entry.endswith("*"), round(x, 1), round(y, 1), round(width, 1)))
        x += width + gap
    return tuple(drawn)


def _rows(rows: Iterable[MockRow], wide: int, values: Mapping[str, object], top: float) -> tuple[DrawnRow, ...]:
    drawn: list[DrawnRow] = []
    for row in rows:
        drawn.append(_row(row, drawn[-1].y + drawn[-1].height if drawn else top, wide, values))
    return tuple(drawn)


def _row(row: MockRow, y: float, wide: int, values: Mapping[str, object]) -> DrawnRow:
    pair, secret, label = row.kind is RowKind.PAIR, row.kind is RowKind.SECRET, fill(row.label, values)
    full = "" if secret else fill(row.value, values)
    value = shorten(SECRET if secret else full, int(((wide * 0.6 - 14) if pair else (wide - 30)) / MONO))
    lines = (shorten(label, int((wide * 0.4 - 14) / MONO)),) if pair else _wrapped(label, int((wide - 24) / LETTER))
    extra = LINE * (len(lines) - 1)
    height = HEIGHTS.get(row.kind, 50) + extra
    return DrawnRow(row.kind, label, full, y, lines, value, y + 15 + extra, height, row.mark, row.on)


def _wrapped(text: str, letters: int) -> tuple[str, ...]:
    return tuple(textwrap.wrap(text, letters)) or ("",)
