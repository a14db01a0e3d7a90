"""A guide read in another language: the console's labels as it shows them there, and no message for what is somebody's name."""

import shutil

import pytest

from portal.extensions import db
from portal.organizations import setup_runs
from portal.organizations.actors import OPERATOR
from tests.clients import soup
from wizards import loading


@pytest.fixture
def step(acme, admin):
    """A step of a guide of Acme's, as a reader of this language sees it."""

    def step(flow, id, language, idp="entra"):
        begin = setup_runs.for_sign_in if flow == "sso" else setup_runs.for_provisioning
        run = begin(acme, idp, by=OPERATOR, name=idp)
        db.session.commit()
        return soup(admin.get(f"/setup/run/{run.id}/{flow}/{id}", headers={"Accept-Language": language}))

    return step


def test_a_german_reader_sees_the_german_console(step):
    page = step("sso", "our-values", "de")

    field = page.find("label", string="Antwort-URL (Assertionsverbraucherdienst-URL)")
    assert (field["lang"], field["translate"]) == ("de", "no")
    where = [(part.get_text(), part.get("lang")) for part in page.select(".setup-where .ui")]
    assert where[1:] == [("Einmaliges Anmelden", "de"), ("Grundlegende SAML-Konfiguration", "de")]


def test_an_english_reader_sees_the_english_one(step):
    page = step("sso", "our-values", "en")

    assert page.find("label", string="Reply URL (Assertion Consumer Service URL)")["lang"] == "en"
    where = [(part.get_text(), part.get("lang")) for part in page.select(".setup-where .ui")]
    assert where == [("your app", None), ("Single sign-on", "en"), ("Basic SAML Configuration", "en")]


def test_what_an_operators_guide_says_is_never_taken_for_markup(step, app, tmp_path):
    folder = tmp_path / "okta"
    shutil.copytree(loading.SHIPPED / "okta", folder)
    file = folder / "wizard.toml"
    file.write_text(file.read_text().replace('title = "Name the app"', 'title = "<b>Name</b> it"', 1))
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = settings.model_copy(update={"wizards_path": tmp_path})

    page = step("sso", "name-app", "en", idp="okta")
    app.config["SETTINGS"] = settings

    assert page.h1.get_text() == "<b>Name</b> it"
