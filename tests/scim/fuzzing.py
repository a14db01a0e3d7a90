"""Requests no IdP would send, made with some knowledge of the ones they do: by a seed, so that each can be made again."""

import json
import random
from urllib.parse import quote

from portal.scim.attributes import CORE_GROUP, CORE_USER, ENTERPRISE, KINDS

NAMES = [row.name for kind in KINDS for row in kind.schema.attributes]
PARTS = ["value", "type", "primary", "display", "$ref", "givenName", "formatted", "nosuch"]
URNS = [CORE_USER, CORE_GROUP, ENTERPRISE, "urn:example:x", "urn:ietf:params:scim:schemas:core:2.0:User:userName"]
EXTRA = [
    "id",
    "externalId",
    "meta",
    "schemas",
    "password",
    "nosuch",
    "",
    "department",
    "manager",
    "$",
    "a.b.c",
    "name.givenName",
]
TEXTS = ["", " ", "x", "work", "True", "grace@acme.example", "É\u0301", "\u202e", "'; DROP TABLE users; --", "%_\\", "\"", "null",
         "0", "-1", "../..", "\r\nX: y", "\u0000", "\ud800", "a" * 400, "ß", "İ", "2026-01-01T00:00:00Z",
         "{{7*7}}", "<b>"]  # fmt: skip
OPERATORS = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr", "EQ", "xx"]
NOBODY = "00000000-0000-7000-8000-000000000000"
METHODS = ["GET", "GET", "POST", "POST", "PUT", "PATCH", "PATCH", "PATCH", "DELETE", "HEAD", "OPTIONS"]
PLACES = ["", "/Me", "/Schemas", "/ResourceTypes", "/ServiceProviderConfig", "/.search", "/Users/.search", "/Groups/.search",
          f"/Schemas/{CORE_USER}", "/ResourceTypes/User", "/nosuch", "//Users", "/Users/", "/users", "/Users/%00"]  # fmt: skip


class Fuzzer:
    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.ids = {"Users": [], "Groups": []}

    def request(self):
        """(method, path, body as bytes or None)."""
        method = self.dice.choice(METHODS)
        body = None if method in ("GET", "HEAD", "OPTIONS", "DELETE") else self.body(method)
        return method, self.path(method), body

    def learn(self, answer):
        """Ids from answers lead deeper than ids made up."""
        if answer.status_code == 201:
            kind = answer.headers["Location"].split("/")[-2]
            self.ids[kind] = [*self.ids[kind][-20:], answer.json["id"]]

    def path(self, method):
        kind = self.dice.choice(["Users", "Groups"])
        if self.often(0.1):
            path = self.dice.choice(PLACES)
        elif method == "POST" or self.often(0.3):
            path = f"/{kind}"
        else:
            path = f"/{kind}/{self.known(kind)}"
        return path + (self.query() if self.often(0.5) else "")

    def query(self):
        names = [
            "filter",
            "sortBy",
            "sortOrder",
            "startIndex",
            "count",
            "cursor",
            "attributes",
            "excludedAttributes",
            "x",
        ]
        pairs = [(name, self.argument(name)) for name in self.dice.sample(names, self.dice.randint(1, 3))]
        return "?" + "&".join(f"{name}={quote(value.encode('utf-8', 'replace'))}" for name, value in pairs)

    def argument(self, name):
        if name == "filter":
            return self.filter()
        if name in ("sortBy", "attributes", "excludedAttributes"):
            return ",".join(self.name() for _ in range(self.dice.randint(1, 3)))
        if name in ("startIndex", "count"):
            return str(self.dice.choice([-1, 0, 1, 2, 7, 10**6, 10**30, "x", 1.5]))
        return self.dice.choice(["ascending", "descending", *TEXTS])

    def filter(self, depth=0):
        roll = self.dice.random()
        if depth < 4 and roll < 0.25:
            return f"{self.filter(depth + 1)} {self.dice.choice(['and', 'or', 'AND', 'xor'])} {self.filter(depth + 1)}"
        if depth < 4 and roll < 0.4:
            return f"{self.dice.choice(['not ', '', '(', 'not'])}({self.filter(depth + 1)})"
        if depth < 4 and roll < 0.55:
            tail = self.dice.choice(["", '.value eq "x"', ".", "]"])
            return f"{self.name()}[{self.filter(depth + 1)}]{tail}"
        return f"{self.name()} {self.dice.choice(OPERATORS)} {self.literal()}"

    def literal(self):
        text = self.dice.choice(TEXTS)
        return self.dice.choice([json.dumps(text), "true", "null", "12", "-1.5e3", f"'{text}'", text, ""])

    def name(self):
        name = self.dice.choice(NAMES + EXTRA)
        if self.often(0.3):
            name = f"{name}.{self.dice.choice(PARTS)}"
        return f"{self.dice.choice(URNS)}:{name}" if self.often(0.15) else name

    def body(self, method):
        if self.often(0.03):
            return self.dice.choice([b"", b"{", b"[]", b"\xff", b"{" * 3000, b'{"a": NaN}'])
        document = self.patch() if method == "PATCH" else self.resource()
        text = json.dumps(document)
        return text[: self.dice.randint(0, len(text))].encode() if self.often(0.02) else text.encode()

    def patch(self):
        operations = [self.operation() for _ in range(self.dice.randint(1, 3))]
        return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations}

    def operation(self):
        found = {"op": self.dice.choice(["add", "Replace", "remove", "Add", "move", None])}
        if self.often(0.8):
            found["path"] = self.target()
        if self.often(0.85):
            found["value"] = self.resource() if "path" not in found else self.value(0)
        return found

    def target(self):
        roll = self.dice.random()
        if roll < 0.3:
            chosen = f"[{self.filter(3)}]" if self.often(0.5) else '[type eq "work"]'
            return self.name() + chosen + self.dice.choice(["", ".value", ".primary", ".nosuch"])
        if roll < 0.45:
            return f'members[value eq "{self.known("Users")}"]'
        return self.name() if roll < 0.95 else self.dice.choice(TEXTS)

    def resource(self):
        found = {self.name(): self.value(0) for _ in range(self.dice.randint(0, 5))}
        if self.often(0.7):
            found["userName"] = self.dice.choice([f"p{self.dice.randint(0, 40)}@acme.example", *TEXTS])
        if self.often(0.7):
            found["displayName"] = self.dice.choice([f"G{self.dice.randint(0, 40)}", *TEXTS])
        if self.often(0.3):
            found["members"] = [{"value": self.known("Users")} for _ in range(self.dice.randint(0, 3))]
        if self.often(0.2):
            found[ENTERPRISE] = self.value(0)
        return found

    def value(self, depth):
        roll = self.dice.random()
        if depth < 3 and roll < 0.25:
            return [self.value(depth + 1) for _ in range(self.dice.randint(0, 3))]
        if depth < 3 and roll < 0.55:
            return {self.dice.choice(PARTS + NAMES): self.value(depth + 1) for _ in range(self.dice.randint(0, 3))}
        return self.dice.choice([None, True, False, 0, -1, 1.5, 10**20, *TEXTS])

    def known(self, kind):
        ids = self.ids[self.dice.choice(["Users", "Groups"]) if self.often(0.1) else kind]
        return (
            self.dice.choice(ids)
            if ids and self.often(0.9)
            else self.dice.choice(["0", "x", "00000000-0000-7000-8000-000000000000"])
        )

    def often(self, share):
        return self.dice.random() < share
