"""The house's own rules, as far as a machine can read them (house-style)."""

import ast
import re
from pathlib import Path

import pytest

from portal.web import access

ROOT = Path(__file__).parent.parent.parent
CODE = sorted(path for folder in ("portal", "wizards") for path in (ROOT / folder).rglob("*.py"))
VERBS = sorted((ROOT / "portal/organizations").glob("*.py"))
# The practice IdP is an outsider with a table of its own.
DOORS = [
    ROOT / "portal" / door
    for door in ("auth", "account", "setup", "staff", "saml", "relying_party", "scim", "api", "oidc")
]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html")) + sorted((ROOT / "wizards").rglob("*.html"))
once = pytest.mark.once


def tree(path):
    return ast.parse(path.read_text())


def calls(path):
    """The dotted names of everything a file calls."""
    return [ast.unparse(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]


def name(path):
    return str(path.relative_to(ROOT))


@once
@pytest.mark.parametrize("path", CODE, ids=name)
def test_a_module_says_what_lives_there(path):
    text = path.read_text()

    assert not text.strip() or ast.get_docstring(tree(path)), f"{name(path)} begins without a sentence"


@once
@pytest.mark.parametrize("path", VERBS, ids=name)
def test_verbs_never_commit(path):
    assert "db.session.commit" not in calls(path)


@once
@pytest.mark.parametrize("path", [path for door in DOORS for path in sorted(door.rglob("*.py"))], ids=name)
def test_doors_never_write_by_themselves(path):
    written = {"db.session.add", "db.session.delete", "db.session.merge"} & set(calls(path))

    assert not written, f"{name(path)} writes: call a verb of portal/organizations instead"


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
@pytest.mark.parametrize("path", CODE, ids=name)
def test_no_idp_is_special_in_code(path):
    if name(path).startswith("wizards/") or "practice" in name(path):
        return
    assert not re.search(r"""\bidp(\.id)?\s*(==|!=|in)\s*[("']""", path.read_text())


@once
@pytest.mark.parametrize("path", CODE, ids=name)
def test_nothing_catches_everything(path):
    caught = [node for node in ast.walk(tree(path)) if isinstance(node, ast.ExceptHandler)]

    assert not [
        node.lineno for node in caught if node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")
    ]


@once
@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_holds_no_inline_style_script_or_handler(path):
    text = path.read_text()

    assert not re.search(r"""<[^>{]*\s(style|on[a-z]+|hx-on[^=]*)\s*=""", text), name(path)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert "|safe" not in text.replace(" ", "")


@once
def test_rooms_stay_small():
    """Twice the house's size is a failure; what lies between is said by `python -m tests.house.sizes`."""
    from tests.house.sizes import oversized

    assert not [row for row in oversized() if row.size > 2 * row.limit]
