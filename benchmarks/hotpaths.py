"""Where the time of one SCIM request goes: its statements, and the code around them. `python -m benchmarks.hotpaths`."""

import argparse
import cProfile
import io
import itertools
import logging
import pstats
import statistics
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

from flask import Flask
from werkzeug.test import create_environ, run_wsgi_app

from benchmarks import database, requests, seed
from benchmarks.requests import Ask
from benchmarks.seed import World
from benchmarks.statements import Statements

OUR_OWN = str(Path(__file__).resolve().parent.parent)


@dataclass(frozen=True)
class Case:
    """`asks` is endless and each of its requests is new work."""

    name: str
    asks: Iterator[Ask]
    expected: int


def main() -> None:
    options = _options()
    with database.fresh() as url, tempfile.TemporaryDirectory() as folder:
        app = seed.application(url, Path(folder), log_level="ERROR")
        logging.disable(logging.WARNING)
        world = seed.sow(app, options.people, (options.people // 2,))
        for case in cases(world):
            if options.only in case.name:
                report(app, world, case, options.repeat, options.top)
        if options.rule in ("yes", "also"):
            seed.refill(app, world)
            seed.give_role(app, world, options.people // 2)
            for case in cases(world):
                if "member" in case.name:
                    report(app, world, case, options.repeat, options.top, " (the group gives a role)")


def cases(world: World) -> list[Case]:
    count, half, last = itertools.count, world.people // 2, world.people - 200
    outside = (world.people - 1 - n for n in count())
    turns = itertools.count()
    return [
        Case("look-up by userName", (requests.by_user_name(world, f"person{n % last}") for n in count()), 200),
        Case("look-up by externalId", (requests.by_external_id(world, n % last) for n in count()), 200),
        Case("look-up by id", (requests.by_id(world, n % last) for n in count()), 200),
        Case("look-up of nobody", (requests.by_user_name(world, f"nobody{n}") for n in count()), 200),
        Case("create", (requests.create(world, f"new{id(world)}{n}") for n in count()), 201),
        Case("PATCH of 3 attributes", (requests.change_three(world, n % last, next(turns)) for n in count()), 200),
        Case(f"add 1 member at {half}", (requests.add_members(world, half, range(n, n + 1)) for n in outside), 204),
        Case(
            f"remove 1 member at {half}", (requests.remove_members(world, half, range(n, n + 1)) for n in count()), 204
        ),
        Case(f"add 100 members at {half}", _hundreds(world, half), 204),
        Case("first page of 100", (requests.page(world, 1) for _ in count()), 200),
        Case("last page of 100", (requests.page(world, world.people - 99) for _ in count()), 200),
        Case(f"read the group of {half} without members", (requests.read_group(world, half) for _ in count()), 200),
        Case(f"read the group of {half} with members", (requests.read_members(world, half) for _ in count()), 200),
    ]


def _hundreds(world: World, half: int) -> Iterator[Ask]:
    starts = itertools.cycle(range(half, world.people - half // 2, 100))
    return (requests.add_members(world, half, range(start, start + 100)) for start in starts)


def report(app: Flask, world: World, case: Case, repeat: int, top: int, note: str = "") -> None:
    print(f"\n## {case.name}{note}\n", flush=True)
    send = sender(app, world, case)
    repeat = repeat if "with members" not in case.name else max(2, repeat // 50)
    watched = Statements(app)
    for _ in range(5):
        send()
    print(*watched.during(send).lines(), sep="\n")
    wall, cpu, in_database = zip(*(_timed(watched, send) for _ in range(repeat)), strict=True)
    medians = [statistics.median(values) * 1000 for values in (wall, in_database, cpu)]
    print("\n{:.2f} ms: {:.2f} ms waiting for the database; {:.2f} ms of this process's time\n".format(*medians))
    watched.stop()
    _profile(send, repeat, top)


def sender(app: Flask, world: World, case: Case) -> Callable[[], None]:
    """Gives the application one more request of this kind, without a web server or a test client around it."""
    headers = {"Authorization": f"Bearer {world.token}", "User-Agent": "benchmark"}

    def send() -> None:
        ask = next(case.asks)
        kind = "application/scim+json" if ask.body else None
        environ = create_environ(ask.path, method=ask.method, data=ask.body or None, headers=headers, content_type=kind)
        body, status, _ = run_wsgi_app(app.wsgi_app, environ, buffered=True)
        assert int(status[:3]) == case.expected, (ask, status, b"".join(body))

    return send


def _timed(watched: Statements, send: Callable[[], None]) -> tuple[float, float, float]:
    watched.clear()
    wall, cpu = perf_counter(), process_time()
    send()
    return perf_counter() - wall, process_time() - cpu, watched.seconds


def _profile(send: Callable[[], None], repeat: int, top: int) -> None:
    profile = cProfile.Profile()
    for _ in range(repeat):
        profile.runcall(send)
    stats = pstats.Stats(profile, stream=io.StringIO())
    rows = {place: row for place, row in stats.stats.items()}  # type: ignore[attr-defined]  # noqa: C416
    total = sum(row[2] for row in rows.values())
    own: Counter[str] = Counter()
    for (file, _, _), row in rows.items():
        own[_package(file)] += row[2] / total
    print("own time: " + ", ".join(f"{name} {share:.0%}" for name, share in own.most_common(9)))
    ours = sorted(((row[3], row[0], place) for place, row in rows.items() if _is_ours(place[0])), reverse=True)
    for seconds, calls, (file, line, name) in ours[:top]:
        place = f"{file.removeprefix(OUR_OWN + '/')}:{line}"
        print(f"  {seconds / total:4.0%} {seconds / repeat * 1000:7.2f} ms {calls / repeat:6.1f} x  {name}  {place}")


def _is_ours(file: str) -> bool:
    return file.startswith(f"{OUR_OWN}/portal/")


def _package(file: str) -> str:
    if "site-packages/" in file:
        return file.split("site-packages/")[1].split("/")[0].removesuffix(".py")
    if _is_ours(file):
        return "portal"
    return "built in" if file == "~" else "standard library" if "/lib/python" in file else Path(file).stem


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=200, help="requests per measurement")
    parser.add_argument("--top", type=int, default=14, help="lines of the profile")
    parser.add_argument("--only", default="", help="cases whose name contains this")
    parser.add_argument("--rule", choices=("no", "also"), default="no", help="measure a group that gives a role, too")
    return parser.parse_args()


if __name__ == "__main__":
    main()
