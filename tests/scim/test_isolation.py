"""Two directories, of two organizations or of one: neither sees, counts, changes or guesses anything of the other.

A foreign id is answered exactly as an id that nobody has, and whatever one of them asks, the other's rows stay as they are.
"""

import hashlib
import json
import os
import random
import re
import uuid

import pytest
import sqlalchemy as sa

from portal.extensions import db
from portal.models import AttributeType
from portal.organizations import custom_attributes
from portal.organizations.actors import OPERATOR
from portal.scim.attributes import ENTERPRISE
from tests.factories import make_directory
from tests.scim.conftest import Idp

STEPS = int(os.environ.get("SCIM_STEPS", "60"))
CANARY = "xyzzy"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
PATCH = {"Operations": [{"op": "replace", "path": "displayName", "value": "taken over"}]}
PERSON, TEAM = {"userName": "taken@over.example", "displayName": "x"}, {"displayName": "taken over", "members": []}


class World:
    """One IdP's directory, and what it has of its own: an id of each kind and a word that stands in every text."""

    def __init__(self, idp, word):
        self.idp, self.word = idp, word
        self.boss = idp.create(f"{word}-boss@{word}.example", title=word, externalId=f"{word}-1")["id"]
        manager = {ENTERPRISE: {"manager": {"value": self.boss}, "department": word}}
        self.person = idp.create(f"{word}@{word}.example", title=word, externalId=word, **manager)["id"]
        self.team = idp.create_group(f"{word} team", [self.boss, self.person])["id"]
        self.cursor = idp.ask("GET", "/Users?cursor=&count=1").json["nextCursor"]

    @property
    def ids(self):
        return [self.boss, self.person, self.team]


def add(path, value):
    return {"Operations": [{"op": "add", "path": path, "value": value}]}


def in_bulk(method, path, data=None, **more):
    return {
        "schemas": [BULK],
        "Operations": [{"method": method, "path": path, "bulkId": "1", "data": data or {}} | more],
    }


# What can be asked with an id in it: {x} is the id in question, {me} and {team} are one's own.
QUESTIONS = [
    *(("GET", f"/{kind}/{{x}}{query}", None, headers) for kind in ("Users", "Groups") for query, headers in (
        ("", {}), ("?attributes=id", {}), ("?excludedAttributes=members", {}),
        ("", {"If-None-Match": 'W/"1"'}), ("", {"If-None-Match": "*"}),
    )),
    ("HEAD", "/Users/{x}", None, {}), ("POST", "/Users/{x}", PERSON, {}), ("GET", "/Users/{x}/groups", None, {}),
    *((method, f"/{kind}/{{x}}", body, headers) for kind, whole in (("Users", PERSON), ("Groups", TEAM))
      for method, body in (("PUT", whole), ("PATCH", PATCH), ("DELETE", None))
      for headers in ({}, {"If-Match": 'W/"1"'}, {"If-Match": "*"}, {"If-Match": 'W/"99"'})),
    *(("GET", f"/Users?filter={text}", None, {}) for text in (
        'id eq "{x}"', 'id sw "{x}"', 'id eq "{x}" or title eq "nobody"', 'groups eq "{x}"', 'groups.value eq "{x}"',
        'groups[value eq "{x}"]',
        f'{ENTERPRISE}:manager.value eq "{{x}}"', 'manager eq "{x}"', 'id eq "{me}" and manager eq "{x}"', 'not (id ne "{x}")',
        'meta.location co "{x}"', 'externalId eq "{x}"',
    )),
    *(("GET", f"/Groups?filter={text}", None, {}) for text in (
        'id eq "{x}"', 'members eq "{x}"', 'members[value eq "{x}"]', 'members.value sw "{x}"',
        'id eq "{team}" and members eq "{x}"', 'members[value eq "{x}" and type eq "User"]', 'members[not (value ne "{x}")]',
    )),
    ("POST", "/.search", {"filter": 'id eq "{x}" or members.value eq "{x}"'}, {}),
    ("POST", "/Groups/.search", {"filter": 'members.value eq "{x}"', "sortBy": "displayName"}, {}),
    ("POST", "/Groups", {"displayName": "new", "members": [{"value": "{x}"}]}, {}),
    ("POST", "/Groups", {"displayName": "new", "members": [{"value": "{me}"}, {"value": "{x}"}]}, {}),
    ("PUT", "/Groups/{team}", {"displayName": "own", "members": [{"value": "{x}"}]}, {}),
    ("PATCH", "/Groups/{team}", add("members", [{"value": "{x}"}]), {}),
    ("PATCH", "/Groups/{team}", add("members", [{"$ref": "../Users/{x}"}]), {}),
    ("PATCH", "/Groups/{team}", {"Operations": [{"op": "replace", "path": "members", "value": [{"value": "{x}"}]}]}, {}),
    ("PATCH", "/Groups/{team}", {"Operations": [{"op": "remove", "path": "members", "value": [{"value": "{x}"}]}]}, {}),
    ("PATCH", "/Groups/{team}", {"Operations": [{"op": "remove", "path": 'members[value eq "{x}"]'}]}, {}),
    ("PATCH", "/Groups/{team}?attributes=members", {"Operations": [{"op": "remove", "path": 'members[value sw "{x}"]'}]}, {}),
    ("PATCH", "/Groups/{team}", add('members[value eq "{x}"]', {"value": "{x}"}), {}),
    ("PATCH", "/Users/{me}", add(f"{ENTERPRISE}:manager", "{x}"), {}),
    ("PATCH", "/Users/{me}", add("groups", [{"value": "{x}"}]), {}),
    ("PUT", "/Users/{me}", {"userName": "own@own.example", "id": "{x}", "groups": [{"value": "{x}"}]}, {}),
    ("PUT", "/Users/{me}", {"userName": "own@own.example", "externalId": "{x}", "meta": {"location": "{x}"}}, {}),
    *(("POST", "/Bulk", in_bulk(method, f"/{kind}/{{x}}", body, version=version), {})
      for kind in ("Users", "Groups") for method, body in (("PUT", PERSON), ("PATCH", PATCH), ("DELETE", None))
      for version in ("", 'W/"1"')),
    ("POST", "/Bulk", in_bulk("POST", "/Groups", {"displayName": "new", "members": [{"value": "{x}"}]}), {}),
    ("POST", "/Bulk", in_bulk("PATCH", "/Groups/{team}", add("members", [{"value": "{x}"}])), {}),
]  # fmt: skip


def ask(world, question, x):
    """The answer as anybody could compare it, without what tells one moment from another."""
    method, path, body, headers = question
    names = {"{x}": x, "{me}": world.person, "{team}": world.team}
    path, text = path.replace(" ", "%20").replace('"', "%22"), json.dumps(body)
    for name, value in names.items():
        path, text = path.replace(name, value), text.replace(name, value)
    answer = world.idp.ask(method, path, None if body is None else json.loads(text), **headers)
    assert answer.status_code < 500, answer.text
    kept = {"ETag", "Location", "WWW-Authenticate", "Allow", "Content-Type"} & set(answer.headers.keys())
    return answer.status_code, sorted(kept), _timeless(answer.text, x)


def _timeless(text, x):
    if text.startswith("{"):
        text = json.dumps(json.loads(text), sort_keys=True)  # PostgreSQL keeps names in an order of its own
    text = re.sub(r'W/\\"\d+\\"', "version", text.replace(x, "{x}"))
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "time", text)


def rows(column, value):
    """A hash of every row, in every table, that belongs to somebody."""
    db.session.rollback()
    found = []
    for table in db.metadata.sorted_tables:
        owner = table.c.id if table.name == f"{column.removesuffix('_id')}s" else table.c.get(column)
        if owner is not None:
            found += [f"{table.name}{list(row)}" for row in db.session.execute(sa.select(table).where(owner == value))]
    return hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest(), len(found)


@pytest.fixture
def worlds(idp, other_idp, acme, globex):
    """Mine; a second directory of my organization; one of another organization, which has attributes of its own."""
    custom_attributes.define(globex, f"{CANARY}Attribute", by=OPERATOR, type=AttributeType.STRING)
    db.session.commit()
    sibling = Idp(idp.client, make_directory(acme))
    return World(idp, "plugh"), World(sibling, f"{CANARY}-sibling"), World(other_idp, f"{CANARY}-stranger")


@pytest.mark.parametrize(
    "question", QUESTIONS, ids=lambda asked: re.sub(r"\W+", "-", f"{asked[0]} {asked[1]} {asked[3]}")
)
def test_a_foreign_id_is_answered_as_one_that_nobody_has(worlds, question):
    mine, *others = worlds
    before = [rows("directory_id", one.idp.directory.id) for one in others]
    nobody = str(uuid.uuid4())

    expected = ask(mine, question, nobody)
    answers = [ask(mine, question, x) for one in others for x in one.ids]

    assert answers == [expected] * len(answers)
    assert [rows("directory_id", one.idp.directory.id) for one in others] == before


def test_a_persons_id_is_no_groups_id_and_the_other_way_round(worlds):
    mine = worlds[0]

    for question in QUESTIONS[:10]:
        other = mine.team if "Users" in question[1] else mine.person
        assert ask(mine, question, other) == ask(mine, question, str(uuid.uuid4()))


FILTERS = [
    "id pr", 'not (title eq "x")', f'title co "{CANARY}"', f'userName co "{CANARY}" or id pr', f'emails[value co "{CANARY}"]',
    "groups pr", f'groups.display co "{CANARY}"', f'{ENTERPRISE}:department sw "{CANARY}"', "meta.version pr or active eq true",
    f'externalId eq "{CANARY}-stranger"', "(id pr) or (id pr and (id pr or id pr))",
]  # fmt: skip
LISTS = ["", "count=0", "startIndex=2", "sortBy=userName", "sortBy=title&sortOrder=descending", "cursor=",
         f"attributes=groups,{ENTERPRISE}"]  # fmt: skip


@pytest.mark.parametrize("query", [*LISTS, *(f"filter={one}" for one in FILTERS)])
@pytest.mark.parametrize("kind", ["Users", "Groups", ""])
def test_no_list_and_no_count_knows_of_the_others(worlds, query, kind):
    mine = worlds[0]
    own = {"Users": 2, "Groups": 1, "": 3}[kind]
    asked = dict(part.split("=", 1) for part in query.split("&") if part)

    answer = mine.idp.ask("POST", f"/{kind}/.search", asked)

    assert CANARY not in answer.text.replace(asked.get("filter", "\0"), "")
    if answer.status_code == 200:
        assert answer.json["totalResults"] <= own
        assert {one["id"] for one in answer.json["Resources"]} <= set(mine.ids)


def test_a_cursor_of_the_others_shows_ones_own_people_only(worlds):
    mine, *others = worlds

    for other in others:
        page = mine.idp.ask("GET", f"/Users?count=1&cursor={other.cursor}").json
        assert {one["id"] for one in page["Resources"]} <= {mine.boss, mine.person}
        assert page["totalResults"] == 2


@pytest.mark.parametrize("kind", ["Users", "Groups"])
def test_what_is_taken_there_is_free_here(worlds, kind):
    mine, *others = worlds

    for other in others:
        theirs = other.idp.ask("GET", f"/{kind}").json["Resources"]
        for one in theirs:
            kept = {name: one[name] for name in ("userName", "displayName", "externalId") if name in one}
            assert mine.idp.ask("POST", f"/{kind}", kept | {"id": one["id"]}).status_code == 201


def test_what_one_defines_the_others_do_not_publish(worlds):
    mine, sibling, stranger = worlds

    assert CANARY in stranger.idp.ask("GET", "/Schemas").text
    for one in (mine, sibling):
        assert CANARY not in one.idp.ask("GET", "/Schemas").text + one.idp.ask("GET", "/ResourceTypes").text


def test_a_token_opens_its_own_directory_only(worlds):
    mine, *others = worlds
    before = [rows("directory_id", one.idp.directory.id)[1] for one in others]

    for other in others:
        for method, path, body, headers in QUESTIONS:
            there = (
                path.format(x=other.person, me=other.person, team=other.team).replace(" ", "%20").replace('"', "%22")
            )
            answer = other.idp.ask(method, there, body, **headers | {"Authorization": f"Bearer {mine.idp.token}"})
            assert answer.status_code == 401
            assert CANARY not in answer.text

    assert before[1] == rows("directory_id", others[1].idp.directory.id)[1]


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_one_does_the_others_rows_stay_as_they_are(worlds, seed):
    """In any order, with own, foreign and unknown ids: what belongs to another organization does not change by a bit."""
    dice = random.Random(seed)
    everybody = [one for world in worlds for one in world.ids]
    for _ in range(STEPS):
        actor = dice.choice(worlds)
        others = [one for one in worlds if one.idp.directory.organization_id != actor.idp.directory.organization_id]
        before = [rows("organization_id", one.idp.directory.organization_id) for one in others]
        foreign = [one for one in everybody if one not in actor.ids]
        x = dice.choice([dice.choice(actor.ids), dice.choice(foreign), str(uuid.uuid4())])

        status, _, text = ask(actor, question := dice.choice(QUESTIONS), x)

        assert [rows("organization_id", one.idp.directory.organization_id) for one in others] == before, (question, x)
        told = [one.word for one in worlds if one is not actor and one.word in text]
        assert not told, (question, status, text)
