"""What is measured, and in which order: rounds alternate between us and the floor, so that both meet the same weather."""

import argparse
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from flask import Flask

from benchmarks import hotpaths, load, requests
from benchmarks.database import Processes
from benchmarks.load import Item, Result
from benchmarks.requests import Ask
from benchmarks.seed import DOMAIN, World
from benchmarks.serving import Server
from benchmarks.statements import Statements

Items = Callable[[], Iterator[Item]]
_fresh = itertools.count()


@dataclass
class Bench:
    world: World
    app: Server
    floor: Server
    database: Processes
    options: argparse.Namespace

    def press(self, server: Server, items: Iterator[Item]) -> Result:
        options = self.options
        return load.press(
            server, self.world.token, items, seconds=options.seconds, connections=options.connections,
            database=self.database,
        )  # fmt: skip


def statements(app: Flask, world: World) -> list[tuple[str, str, str]]:
    """Of each hot path, once it is warm."""
    rows = []
    for case in hotpaths.cases(world):
        watched = Statements(app)
        send = hotpaths.sender(app, world, case)
        for _ in range(2):
            send()
        watched.during(send)
        rows.append((case.name, str(watched.count), str(len(watched.said))))
        watched.stop()
    return rows


def throughput(bench: Bench) -> Iterator[tuple[str, Result, Result]]:
    world = bench.world
    works: list[tuple[str, Items, Items]] = [
        ("sync as Okta does: look-up, then POST", lambda: okta(world), lambda: _floor_sync(world)),
        ("cycle as Entra does: look-up, then PATCH of 3", lambda: entra(world), lambda: _floor_cycle(world)),
        ("look-up by userName", lambda: look_ups(world, "name"), lambda: floor_look_ups(world)),
        ("look-up by externalId", lambda: look_ups(world, "external"), lambda: floor_look_ups(world)),
        ("look-up by id", lambda: look_ups(world, "id"), lambda: floor_look_ups(world)),
        ("create, against one insert", lambda: _creations(world), lambda: _floor_creations("/people")),
        ("create, against all we insert", lambda: _creations(world), lambda: _floor_creations("/whole")),
        ("page of 100, anywhere", lambda: _any_page(world), lambda: _floor_pages(world)),
    ]
    for name, ours, floor in works:
        rounds = [
            (bench.press(bench.app, ours()), bench.press(bench.floor, floor())) for _ in range(bench.options.rounds)
        ]
        yield name, load.median([one for one, _ in rounds]), load.median([other for _, other in rounds])


def members(bench: Bench, sizes: Sequence[int] = ()) -> Iterator[tuple[str, Result]]:
    """Each addition is undone by the removal that follows, so that sizes stay; the sizes take turns."""
    world = bench.world
    for count, share in ((1, 1), (100, 4), (1_000, 10)):
        often = bench.options.rounds * max(2, bench.options.requests // share)
        fitting = [size for size in sizes or world.groups if size + count <= world.people]
        taken: dict[str, list[float]] = {}
        client = load.Client(bench.app.host, world.token)
        for turn, size in itertools.product(range(often), fitting):
            first = size + (turn * count) % (world.people - size - count + 1)
            people = range(first, first + count)
            for word, move in (("add", requests.add_members), ("remove", requests.remove_members)):
                time = load.exchange(client, [(move(world, size, people), 204)])
                taken.setdefault(f"{word} {count} at {size}", []).append(time)
        client.close()
        yield from ((name, Result(1, times)) for name, times in sorted(taken.items(), key=_by_verb))


def _by_verb(row: tuple[str, list[float]]) -> tuple[str, int]:
    verb, _, _, size = row[0].split()
    return verb, int(size)


def pages(bench: Bench) -> Iterator[tuple[str, Result]]:
    world, count = bench.world, bench.options.requests * bench.options.rounds
    size = max(world.groups)
    asks = {
        "first page, by index": requests.page(world, 1),
        "last page, by index": requests.page(world, world.people - 99),
        f"group of {size} without members": requests.read_group(world, size),
    }
    if cursors := _cursors(bench):
        asks |= {"first page, by cursor": cursors[0], "last page, by cursor": cursors[1]}
    for name, ask in asks.items():
        yield name, load.one_by_one(bench.app, world.token, itertools.repeat([(ask, 200)]), count)
    whole = requests.read_members(world, size)
    yield f"group of {size} with members", load.one_by_one(bench.app, world.token, itertools.repeat([(whole, 200)]), 3)


def steady(bench: Bench) -> Iterator[tuple[str, Result]]:
    world, seconds = bench.world, bench.options.seconds * bench.options.rounds
    for name, items in (
        ("look-up by userName", look_ups(world, "name")),
        ("POST of a person", _creations(world)),
        ("PATCH of 3 attributes", ([cycle[1]] for cycle in entra(world))),
    ):
        yield name, load.paced(bench.app, world.token, items, per_second=25, seconds=seconds)


def okta(world: World, prefix: str = "okta") -> Iterator[Item]:
    for number in _fresh:
        name = f"{prefix}{number}"
        yield [(requests.by_user_name(world, name), 200), (requests.create(world, name), 201)]


def entra(world: World) -> Iterator[Item]:
    for turn in _fresh:
        number = turn % world.people
        yield [
            (requests.by_user_name(world, f"person{number}"), 200),
            (requests.change_three(world, number, turn), 200),
        ]


def look_ups(world: World, how: str) -> Iterator[Item]:
    for turn in _fresh:
        number = turn * 7919 % world.people
        if how == "name":
            yield [(requests.by_user_name(world, f"person{number}"), 200)]
        else:
            yield [({"external": requests.by_external_id, "id": requests.by_id}[how](world, number), 200)]


def _creations(world: World) -> Iterator[Item]:
    return ([(requests.create(world, f"alone{number}"), 201)] for number in _fresh)


def _any_page(world: World) -> Iterator[Item]:
    return ([(requests.page(world, 1 + turn * 7919 % (world.people - 100)), 200)] for turn in _fresh)


def _floor_look_up(number: int) -> tuple[Ask, int]:
    return Ask("GET", f"/look-up/person{number}@{DOMAIN}"), 200


def floor_look_ups(world: World) -> Iterator[Item]:
    return ([_floor_look_up(turn * 7919 % world.people)] for turn in _fresh)


def _floor_creation(name: str, path: str = "/people") -> tuple[Ask, int]:
    body = {"userName": name, "name": {"givenName": "New", "familyName": name}, "active": True, "externalId": name}
    return Ask("POST", path, json.dumps(body).encode()), 201


def _floor_creations(path: str) -> Iterator[Item]:
    return ([_floor_creation(f"alone{number}@floor.example", path)] for number in _fresh)


def _floor_sync(world: World) -> Iterator[Item]:
    return ([_floor_look_up(-number), _floor_creation(f"sync{number}")] for number in _fresh)


def _floor_cycle(world: World) -> Iterator[Item]:
    names = itertools.cycle(f"cycle{number}" for number in range(500))
    for turn, name in zip(_fresh, names, strict=False):
        change = Ask("PATCH", f"/people/{name}", json.dumps({"userName": name, "title": f"Title {turn}"}).encode())
        yield [_floor_look_up(turn % world.people), (change, 200)]


def _floor_pages(world: World) -> Iterator[Item]:
    asks = (requests.person(turn * 7919 % (world.people - 100)) for turn in _fresh)
    return ([(Ask("GET", f"/page/{after}"), 200)] for after in asks)


def _cursors(bench: Bench) -> tuple[Ask, Ask] | None:
    """The first and the last page by cursor (RFC 9865), where the server says that it has them."""
    client, world = load.Client(bench.app.host, bench.world.token), bench.world
    offered = json.loads(client.send(requests.config(world))[1]).get("pagination", {})
    if not offered.get("cursor"):
        return None
    cursor, last = "", ""
    while True:
        answer = json.loads(client.send(requests.cursor_page(world, cursor, 500))[1])
        if not answer.get("nextCursor"):
            client.close()
            return requests.cursor_page(world, ""), requests.cursor_page(world, last)
        last = cursor = answer["nextCursor"]
