"""Comparing text without case inside the database, where no stored key stands beside it."""

import sqlite3

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import String

from portal.models.base import fold

FUNCTION = "vestibule_fold"


class folded(FunctionElement[str]):  # noqa: N801 (used like func.lower)
    """`folded(column)`: SQLite's lower() knows ASCII only, so it borrows ours."""

    type = String()
    inherit_cache = True
    name = "folded"


@compiles(folded, "sqlite")
def _on_sqlite(element: folded, compiler: SQLCompiler, **options: object) -> str:
    return f"{FUNCTION}({compiler.process(element.clauses, **options)})"


@compiles(folded, "postgresql")
def _on_postgresql(element: folded, compiler: SQLCompiler, **options: object) -> str:
    return f"lower(normalize({compiler.process(element.clauses, **options)}, NFKC))"


def lend(connection: sqlite3.Connection) -> None:
    connection.create_function(FUNCTION, 1, lambda text: None if text is None else fold(str(text)), deterministic=True)
