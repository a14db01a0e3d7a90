"""Tables that read well at a terminal and in a Markdown page."""

from collections.abc import Sequence


def heading(words: str) -> None:
    print(f"# {words}", flush=True)


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    print(f"\n## {title}\n")
    print(_line(head, widths))
    print(f"|{'|'.join('-' * (width + 1) + (':' if place else '-') for place, width in enumerate(widths))}|")
    for row in rows:
        print(_line(row, widths), flush=True)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        text.rjust(width) if place else text.ljust(width)
        for place, (text, width) in enumerate(zip(row, widths, strict=True))
    ]
    return f"| {' | '.join(cells)} |"
