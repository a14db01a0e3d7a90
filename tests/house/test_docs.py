"""What the documents say is there: their links, the folders, the settings, the dependencies, the commands."""

import re
import tomllib

import pytest

from portal.settings import REPOSITORY, Settings

pytestmark = pytest.mark.once

NOT_OURS = (".venv", "node_modules", "instance")
DOCUMENTS = sorted(
    path
    for path in REPOSITORY.rglob("*.md")
    if not any(part in NOT_OURS for part in path.relative_to(REPOSITORY).parts)
)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
SETTING = re.compile(r"^\| `([A-Z_]+)` \| (.+?) \|", re.MULTILINE)
UNSAID = {"SECRET_KEY", "ENCRYPTION_KEYS", "DATABASE_URL", "INSTANCE_PATH"}  # made or found, as the page says


def text(name):
    return (REPOSITORY / name).read_text()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_every_link_leads_somewhere(document):
    missing = [link for link in LINK.findall(document.read_text()) if not (document.parent / link).exists()]

    assert not missing


def test_every_setting_is_documented_with_its_default():
    documented = dict(SETTING.findall(text("docs/operator.md")))

    assert set(documented) == {name.upper() for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        if name.upper() not in UNSAID:
            assert documented[name.upper()].strip("`") == as_written(field.default), name


def as_written(default):
    if default in ((), None):
        return "none"
    if default == "":
        return "empty"
    if isinstance(default, tuple):
        return ",".join(default)
    return str(default).lower() if isinstance(default, bool) else str(default)


def test_the_readme_names_every_folder_and_file_of_its_tables():
    readme = text("README.md")
    folders = {path.name for path in REPOSITORY.iterdir() if path.is_dir() and not path.name.startswith((".", "_"))}
    paths = re.findall(r"`((?:portal|wizards|static|templates|docs)/[\w/.-]+)`", readme)

    assert not [name for name in folders - set(NOT_OURS) if f"`{name}/`" not in readme]
    assert not [path for path in paths if not (REPOSITORY / path).exists()]


def test_every_dependency_says_what_it_is_for():
    project = tomllib.loads(text("pyproject.toml"))
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    explained = set(
        re.findall(r"[\w-]+", "".join(re.findall(r"^\| [\w, -]+ \|", text("docs/decisions/dependencies.md"), re.M)))
    )

    assert not {re.match(r"[\w-]+", name)[0] for name in wanted} - explained


def test_every_decision_is_listed():
    listed = set(re.findall(r"\]\((\w[\w-]*\.md)\)", text("docs/decisions/README.md")))

    assert listed == {path.name for path in (REPOSITORY / "docs/decisions").glob("*.md")} - {"README.md"}


def test_every_command_is_in_the_integrators_page(app):
    said = text("docs/integrator.md")

    for name, command in app.cli.commands.items():
        words = [f"flask {name} {sub}" for sub in getattr(command, "commands", {})] or [f"flask {name}"]
        ours = command.callback is None or command.callback.__module__.startswith("portal")
        assert name == "db" or not ours or all(word in said for word in words), words
