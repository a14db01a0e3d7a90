"""What an application says to its database: every statement, ping and commit, with the time it took."""

import re
from collections.abc import Callable
from time import perf_counter
from typing import Any

import sqlalchemy as sa
from flask import Flask
from psycopg.pq import TransactionStatus

from portal.extensions import db

WIDTH = 118


class Statements:
    """Watches one engine. Pings, commits and rollbacks are round trips, but no statements, and are listed in brackets."""

    TRIPS = ("do_ping", "do_commit", "do_rollback")

    def __init__(self, app: Flask) -> None:
        self.said: list[tuple[str, float]] = []
        self.began = 0.0
        with app.app_context():
            self.engine = db.engine
        self.kept = {name: getattr(self.engine.dialect, name) for name in self.TRIPS}
        for name in self.TRIPS:
            setattr(self.engine.dialect, name, self._trip(name))
        sa.event.listen(self.engine, "before_cursor_execute", self._before)
        sa.event.listen(self.engine, "after_cursor_execute", self._after)

    def stop(self) -> None:
        sa.event.remove(self.engine, "before_cursor_execute", self._before)
        sa.event.remove(self.engine, "after_cursor_execute", self._after)
        for name, function in self.kept.items():
            setattr(self.engine.dialect, name, function)

    def clear(self) -> None:
        self.said.clear()

    def during(self, act: Callable[[], object]) -> "Statements":
        self.clear()
        act()
        return self

    @property
    def seconds(self) -> float:
        return sum(seconds for _, seconds in self.said)

    @property
    def count(self) -> int:
        return sum(not text.startswith("(") for text, _ in self.said)

    def lines(self) -> list[str]:
        """The same statement again and again is shown once."""
        lines = [f"{self.count} statements:"]
        for text in dict.fromkeys(_short(text) for text, _ in self.said):
            times = [seconds for one, seconds in self.said if _short(one) == text]
            often = f" ({len(times)} times)" if len(times) > 1 else ""
            lines.append(f"  {sum(times) * 1000:6.2f} ms  {text}{often}")
        return lines

    def _before(self, *_: object) -> None:
        self.began = perf_counter()

    def _after(self, _: object, __: object, text: str, *___: object) -> None:
        self.said.append((text, perf_counter() - self.began))

    def _trip(self, name: str) -> Callable[[Any], object]:
        def watched(connection: Any) -> object:
            began = perf_counter()
            driver = getattr(connection, "driver_connection", connection)  # a pool hands its own wrapper
            idle = driver.info.transaction_status == TransactionStatus.IDLE
            answer = self.kept[name](connection)
            if name == "do_ping" or not idle:
                self.said.append((f"({name.removeprefix('do_')})", perf_counter() - began))
            return answer

        return watched


def _short(text: str) -> str:
    """The verb and the tables; what is selected is left out."""
    text = re.sub(r"sa_savepoint_\d+", "…", re.sub(r"\s+", " ", text)).replace("::VARCHAR", "").replace("::UUID", "")
    text = re.sub(r"^SELECT .*? FROM", "SELECT … FROM", text)
    text = re.sub(r"\(.*\) VALUES.*", "…", text) if text.startswith("INSERT") else text
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"
