"""An operator's folder adds guides and replaces shipped ones; a broken one is reported at start, hidden, and never a 500."""

import logging
import shutil

import pytest

from tests.clients import soup
from tests.setup.test_picker import names
from wizards import loading


@pytest.fixture
def folder(tmp_path):
    """With a changed Okta, a new provider, and a copy that tries to leave the sandbox."""
    there = tmp_path / "guides"
    for name in ("okta", "acme", "evil"):
        shutil.copytree(loading.SHIPPED / "okta", there / name)
        toml = there / name / "wizard.toml"
        toml.write_text(toml.read_text().replace('"okta"', f'"{name}"').replace('"Okta"', f'"{name.title()} of ours"'))
    for name in ("acme", "evil"):
        facts = '[metadata]\nhow = ["url"]\npreferred = "url"\n[monogram]\ntext = "Ac"\nhue = 200\n'
        errors = loading.read_file(loading.SHIPPED / "idps.toml")["idp"]["okta"]["idp_errors"]
        told = "".join(
            f"[[idp_errors]]\nid = '{one['id']}'\nmatch = '''{one['match']}'''\nmeans = 'x'\nfix = 'y'\n"
            for one in errors
        )
        (there / name / "facts.toml").write_text(f'name = "{name.title()}"\nsync = "push"\n{facts}{told}')
    fragment = next((there / "evil" / "sso").glob("*.html"))
    fragment.write_text("{{ ''.__class__.__mro__[1].__subclasses__() }}")
    return there


def test_the_folder_is_looked_at_when_the_server_starts(make_app, folder, caplog):
    with caplog.at_level(logging.ERROR):
        make_app(wizards_path=folder)

    assert "wizard left out" in caplog.text
    assert "evil/wizard.toml" in caplog.text


def test_a_new_guide_is_there_a_changed_one_replaces_ours_and_a_broken_one_is_hidden(app, admin, folder):
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = settings.model_copy(update={"wizards_path": folder})

    page = admin.get("/setup/acme/sso")
    app.config["SETTINGS"] = settings

    assert page.status_code == 200
    assert {"Acme of ours", "Okta of ours"} <= set(names(page))
    assert not [name for name in names(page) if "Evil" in name or name == "Okta"]
    assert soup(page).select("input[value=acme]")


def test_a_folder_that_is_not_there_breaks_nothing(tmp_path, make_app):
    assert make_app(wizards_path=tmp_path / "nowhere")
