"""The house's own rules, as far as a machine can read them (house-style)."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from portal.web import access

ROOT = Path(__file__).parent.parent.parent
CODE = sorted(path for folder in ("portal", "wizards") for path in (ROOT / folder).rglob("*.py"))
VERBS = sorted((ROOT / "portal/organizations").glob("*.py"))
# The practice IdP is an outsider with a table of its own.
DOORS = [
    ROOT / "portal" / door
    for door in (
        "auth",
        "account",
        "setup",
        "staff",
        "saml",
        "relying_party",
        "scim",
        "google",
        "api",
        "oidc",
        "moving_in",
    )
]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html")) + sorted((ROOT / "wizards").rglob("*.html"))
once = pytest.mark.once


@cache
def tree(path):
    return ast.parse(path.read_text())


def calls(path):
    """The dotted names of everything a file calls."""
    return [ast.unparse(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]


def name(path):
    return str(path.relative_to(ROOT))


@once
def test_a_module_says_what_lives_there():
    assert not [name(path) for path in CODE if path.read_text().strip() and not ast.get_docstring(tree(path))]


@once
def test_verbs_never_commit():
    assert not [name(path) for path in VERBS if "db.session.commit" in calls(path)]


@once
def test_doors_never_write_by_themselves():
    """They call a verb of portal/organizations instead."""
    writing = {"db.session.add", "db.session.delete", "db.session.merge"}

    assert not [name(path) for door in DOORS for path in sorted(door.rglob("*.py")) if writing & set(calls(path))]


def test_every_route_says_who_may_come_in(app):
    known = {*access.GUARDS, *access.ORGANIZATION}
    silent = [rule.rule for rule in app.url_map.iter_rules() if access.declared(app, rule.endpoint) not in known]

    assert not silent


def test_every_organizations_page_names_the_organization(app):
    """`org:…` is decided by the slug in the address."""
    rules = [
        rule for rule in app.url_map.iter_rules() if (access.declared(app, rule.endpoint) or "").startswith("org:")
    ]

    assert rules
    assert not [rule.rule for rule in rules if "slug" not in rule.arguments]


@once
def test_no_idp_is_special_in_code():
    ours = [path for path in CODE if not name(path).startswith("wizards/") and "practice" not in name(path)]

    assert not [name(path) for path in ours if re.search(r"""\bidp(\.id)?\s*(==|!=|in)\s*[("']""", path.read_text())]


@once
def test_nothing_catches_everything():
    caught = [(path, node) for path in CODE for node in ast.walk(tree(path)) if isinstance(node, ast.ExceptHandler)]

    assert not [
        f"{name(path)}:{node.lineno}"
        for path, node in caught
        if node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")
    ]


@once
def test_a_template_holds_no_inline_style_script_or_handler():
    inline = re.compile(r"""<[^>{]*\s(style|on[a-z]+|hx-on[^=]*)\s*=|<script(?![^>]*\bsrc=)|\|\s*safe\b""")

    assert not [name(path) for path in TEMPLATES if inline.search(path.read_text())]


@once
def test_a_template_translates_its_own_words_only():
    """What `_` answers is trusted as markup, and its % are gaps: words that were kept go through `said`."""
    foreign = re.compile(r"""(?<!\w)(_|n?gettext)\((?!["'])""")

    assert not [name(path) for path in TEMPLATES if foreign.search(path.read_text())]


@once
def test_every_template_that_is_named_exists():
    def named(node):
        return isinstance(node, ast.Constant) and re.fullmatch(r"[\w/-]+\.html", str(node.value))

    in_code = {(name(path), node.value) for path in CODE for node in ast.walk(tree(path)) if named(node)}
    tag = re.compile(r"{%-? *(?:extends|include|import|from) \"([^\"]+)\"")
    in_templates = {
        (name(path), found)
        for path in TEMPLATES
        if "templates" in path.parts
        for found in tag.findall(path.read_text())
    }

    assert in_code
    assert in_templates
    assert not [(where, what) for where, what in in_code | in_templates if not (ROOT / "templates" / what).exists()]


@once
def test_rooms_stay_small():
    """Twice the house's size is a failure; what lies between is said by `python -m tests.house.sizes`."""
    from tests.house.sizes import oversized

    assert not [row for row in oversized() if row.size > 2 * row.limit]
