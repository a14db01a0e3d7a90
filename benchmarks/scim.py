"""SCIM under load on a real PostgreSQL, against a floor under the same server. `python -m benchmarks.scim --help`."""

import argparse
import itertools
import logging
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from flask import Flask

from benchmarks import database, load, phases, seed, serving
from benchmarks.phases import Bench
from benchmarks.report import heading, table


def main() -> None:
    options = _options()
    logging.disable(logging.WARNING)
    with database.fresh() as url, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sizes = tuple(size for size in options.groups if size < options.people)
        app = seed.application(url, folder, log_level="ERROR")
        world = seed.sow(app, options.people, sizes)
        heading(f"{options.people} people, groups of {', '.join(map(str, sizes))}; {options.server}")
        _statements(app, world)
        with ExitStack() as running:
            ours, floor = (
                running.enter_context(
                    serving.serve(options.server, target, url, world, folder, threads=options.threads)
                )
                for target in (serving.APP, serving.FLOOR)
            )
            bench = Bench(world, ours, floor, database.Processes(url), options)
            idle = bench.app.memory()
            _throughput(bench)
            _members(bench)
            _pages(bench)
            _paced(bench)
            _with_roles(app, bench)
            _memory(bench, idle)
        _first_sync(url, world, folder, options)


def _statements(app: Flask, world: seed.World) -> None:
    rows = phases.statements(app, world)
    table("Statements of one request", ("request", "statements", "round trips"), rows)


def _throughput(bench: Bench) -> None:
    head = (
        "work", "items/s", "floor", "ratio", "p50 ms", "p99 ms", "CPU ms", "with database", "floor CPU", "with database",
    )  # fmt: skip
    rows = []
    for name, ours, floor in phases.throughput(bench):
        rows.append(
            (
                name, f"{ours.rate:.0f}", f"{floor.rate:.0f}", f"{ours.rate / floor.rate:.2f}", f"{ours.p50:.1f}",
                f"{ours.p99:.1f}", f"{ours.server:.2f}", f"{ours.server + ours.database:.2f}", f"{floor.server:.2f}",
                f"{floor.server + floor.database:.2f}",
            )
        )  # fmt: skip
    table(f"Throughput, {bench.options.connections} connections, one process", head, rows)


def _members(bench: Bench) -> None:
    _latencies("Members, one connection", phases.members(bench))


def _pages(bench: Bench) -> None:
    _latencies("Pages of 100 and groups, one connection", phases.pages(bench))


def _paced(bench: Bench) -> None:
    _latencies("At 25 requests a second", phases.steady(bench))


def _with_roles(app: Flask, bench: Bench) -> None:
    size = max(bench.world.groups)
    seed.refill(app, bench.world)
    seed.give_role(app, bench.world, size)
    _latencies(f"Members of a group of {size} that gives a role, one connection", phases.members(bench, (size,)))


def _latencies(title: str, found: Iterator[tuple[str, load.Result]]) -> None:
    rows = [(name, f"{one.p50:.1f}", f"{one.p99:.1f}", f"{max(one.latencies):.1f}") for name, one in found]
    table(title, ("request", "p50 ms", "p99 ms", "worst"), rows)


def _memory(bench: Bench, idle: float) -> None:
    rows = [
        ("start-up, s", f"{bench.app.seconds_to_start:.2f}", f"{bench.floor.seconds_to_start:.2f}"),
        ("after start-up, MiB", f"{idle:.0f}", ""),
        ("peak, MiB", f"{bench.app.peak():.0f}", f"{bench.floor.peak():.0f}"),
    ]
    table("The server process", ("", "Vestibule", "floor"), rows)


def _first_sync(url: str, world: seed.World, folder: Path, options: argparse.Namespace) -> None:
    """A thousand people under two processes, as Okta sends them."""
    if options.server == "waitress":
        return
    with serving.serve(options.server, serving.APP, url, world, folder, threads=options.threads, workers=2) as server:
        people = itertools.islice(phases.okta(world, "first"), options.first_sync)
        done = load.press(server, world.token, people, seconds=600, connections=8)
    table("First sync, two processes", ("people", "s"), [(str(len(done.latencies)), f"{done.seconds:.1f}")])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--groups", type=int, nargs="+", default=[100, 1_000, 10_000, 50_000])
    parser.add_argument("--server", choices=serving.SERVERS, default="granian")
    parser.add_argument("--threads", type=int, default=4, help="of the web server")
    parser.add_argument("--connections", type=int, default=4, help="of the client, where throughput is measured")
    parser.add_argument("--seconds", type=float, default=4, help="of each round of throughput")
    parser.add_argument("--rounds", type=int, default=3, help="of each measurement; medians are shown")
    parser.add_argument("--requests", type=int, default=60, help="of each measurement of time, per round")
    parser.add_argument("--first-sync", type=int, default=1_000, help="people pushed under two processes")
    parser.add_argument("--small", action="store_true", help="2 000 people, half a minute in all")
    options = parser.parse_args()
    if options.small:
        options.people, options.groups, options.seconds, options.rounds = 2_000, [100, 1_000], 0.7, 1
        options.requests, options.first_sync = 10, 100
    return options


if __name__ == "__main__":
    main()
