"""A database of our own on a real PostgreSQL, made for one measurement and dropped after it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil
import psycopg

from tests.run import postgresql

NAME = "vestibule_benchmark"


@contextmanager
def fresh() -> Iterator[str]:
    """The address of an empty database: on the server of TEST_DATABASE_URL, or on one started for the run."""
    with postgresql() as server, psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {NAME}")
        try:
            yield _address(server)
        finally:
            connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


def _address(server: str) -> str:
    """The same server, our database; a query part such as `?host=/tmp/socket` stays."""
    before, _, query = server.partition("?")
    return f"{before.rsplit('/', 1)[0]}/{NAME}" + (f"?{query}" if query else "")


class Processes:
    """The processor time PostgreSQL has used for our database; 0 where it runs on another machine."""

    def __init__(self, url: str) -> None:
        with psycopg.connect(url) as connection:
            pid = connection.info.backend_pid
            with suppress(psutil.Error):
                self.postmaster: psutil.Process | None = psutil.Process(pid).parent()
                return
        self.postmaster = None

    def seconds(self) -> float:
        if self.postmaster is None:
            return 0.0
        return sum(map(_seconds, self.postmaster.children()))


def _seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return times.user + times.system
