"""Web servers against each other on the real application: throughput, and 40 slow clients. `python -m benchmarks.servers`."""

import argparse
import logging
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from benchmarks import database, load, phases, seed, serving, slow
from benchmarks.load import Item, Result
from benchmarks.report import heading, table
from benchmarks.seed import World
from benchmarks.serving import Server

CANDIDATES = (
    ("granian", 1), ("granian", 4), ("granian", 64), ("granian-buffered", 4),
    ("waitress", 4), ("waitress", 8), ("gunicorn", 4), ("gunicorn", 40),
)  # fmt: skip
ALIKE = (("granian", 1), ("waitress", 4), ("gunicorn", 4))
"""Left out where clients are slow: the same server with more threads shows the same, only later."""


def main() -> None:
    options = _options()
    logging.disable(logging.WARNING)
    with database.fresh() as url, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        app = seed.application(url, folder, log_level="ERROR")
        world = seed.sow(app, options.people, (options.people // 2,))
        heading(f"{options.people} people; one process; {options.slow} slow clients")
        chosen = [(server, threads) for server, threads in CANDIDATES if serving.installed(server)]
        if options.part != "slow":
            _throughput(url, world, folder, options, chosen)
        if options.part != "throughput":
            _slow(url, world, folder, options, [one for one in chosen if one not in ALIKE])


def _throughput(
    url: str, world: World, folder: Path, options: argparse.Namespace, chosen: list[tuple[str, int]]
) -> None:
    """All run at once and are asked in turn, so that all meet the same weather."""
    works: dict[str, tuple[str, Callable[[], Iterator[Item]]]] = {
        "look-up/s": (serving.APP, lambda: phases.look_ups(world, "name")),
        "sync/s": (serving.APP, lambda: phases.okta(world)),
        "floor/s": (serving.FLOOR, lambda: phases.floor_look_ups(world)),
    }
    rows: list[tuple[str, ...]] = []
    with ExitStack() as running:
        servers = {
            (one, target): running.enter_context(serving.serve(one[0], target, url, world, folder, threads=one[1]))
            for one in chosen
            for target in (serving.APP, serving.FLOOR)
        }
        found: dict[tuple[tuple[str, int], str], list[Result]] = {}
        for _ in range(options.rounds):
            for work, (target, items) in works.items():
                for one in chosen:
                    result = _press(servers[one, target], world, items(), options)
                    found.setdefault((one, work), []).append(result)
        for one in chosen:
            rows.append((f"{one[0]}, {one[1]} threads", *_cells([load.median(found[one, work]) for work in works])))
            rows[-1] += (f"{servers[one, serving.APP].peak():.0f}",)
    head = ["server"]
    for work in works:
        head += [work, "p99 ms", "CPU ms"]
    table(f"Throughput, {options.connections} connections", (*head, "peak MiB"), rows)


def _press(server: Server, world: World, items: Iterator[Item], options: argparse.Namespace) -> Result:
    return load.press(server, world.token, items, seconds=options.seconds, connections=options.connections)


def _cells(results: list[Result]) -> list[str]:
    return [cell for one in results for cell in (f"{one.rate:.0f}", f"{one.p99:.1f}", f"{one.server:.2f}")]


def _slow(url: str, world: World, folder: Path, options: argparse.Namespace, chosen: list[tuple[str, int]]) -> None:
    rows = []
    for name, threads in chosen:
        cells = [f"{name}, {threads} threads"]
        for kind in slow.KINDS:
            with (
                serving.serve(name, serving.APP, url, world, folder, threads=threads) as server,
                slow.clients(server, world, kind, options.slow),
            ):
                found = slow.ordinary(server, world)
            cells.append(f"{len(found.times)} of {found.asked}")
            cells.append(f"{statistics.median(found.times):.0f}" if found.times else "-")
        rows.append(cells)
    head = ["server"]
    for kind in slow.KINDS:
        head += [f"slow {kind}: answered", "p50 ms"]
    table(f"Ordinary requests while {options.slow} clients are slow", head, rows)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=3, help="of each round")
    parser.add_argument("--rounds", type=int, default=3, help="medians are shown")
    parser.add_argument("--slow", type=int, default=40, help="slow clients")
    parser.add_argument("--part", choices=("all", "throughput", "slow"), default="all")
    return parser.parse_args()


if __name__ == "__main__":
    main()
