"""What is larger than the house likes: functions of 25 lines, files of 250, templates of 90."""

import ast
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FUNCTION, FILE, TEMPLATE, TEST = 25, 250, 90, 25


@dataclass(frozen=True)
class Row:
    size: int
    limit: int
    what: str


def oversized():
    rows = []
    for folder, limit in (("portal", FUNCTION), ("wizards", FUNCTION), ("tests", TEST)):
        for path in sorted((ROOT / folder).rglob("*.py")):
            rows += _functions(path, limit)
            rows.append(Row(path.read_text().count("\n"), FILE, str(path.relative_to(ROOT))))
    for path in sorted((ROOT / "templates").rglob("*.html")):
        rows.append(Row(path.read_text().count("\n"), TEMPLATE, str(path.relative_to(ROOT))))
    return sorted((row for row in rows if row.size > row.limit), key=lambda row: -row.size / row.limit)


def _functions(path, limit):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            yield Row(node.end_lineno - node.lineno + 1, limit, f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")


if __name__ == "__main__":
    for row in oversized():
        print(f"{row.size:>5} of {row.limit:<4} {row.what}")
