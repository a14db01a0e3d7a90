"""docs/adding-an-idp.md tells the truth: its table of steps is the loader's, and its examples load."""

import re
import tomllib
from pathlib import Path

from wizards import facts, loading
from wizards.reading import Place, read_table

GUIDE = (Path(__file__).parents[2] / "docs" / "adding-an-idp.md").read_text(encoding="utf-8")
WIZARD, LABELS, FACTS = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)


def test_the_table_of_steps_is_the_loaders():
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (.*?) \|", GUIDE, re.MULTILINE))
    told = {
        kind: (set(re.findall(r"\*\*(\w+)\*\*", keys)), set(re.findall(r"\w+", keys))) for kind, keys in rows.items()
    }

    keys = loading.OWN_KEYS.items()
    assert told == {kind.value: (required, required | allowed) for kind, (required, allowed) in keys}


def test_the_example_of_a_wizard_loads(tmp_path):
    folder = tmp_path / "acme"
    (folder / "sso").mkdir(parents=True)
    (folder / "sso" / "our-values.html").write_text("{{ slot.values }}")
    (folder / "wizard.toml").write_text(WIZARD.split("[scim]")[0])
    (folder / "facts.toml").write_text(FACTS)
    (folder / "labels.de.toml").write_text(LABELS)

    loaded = loading.load(folder)

    assert loaded.sso.steps[0].where_in("classic")[0] == "Applications"
    assert loaded.tongues["de"].console["Reply address"] == "Antwortadresse"


def test_the_example_of_facts_is_whole():
    acme = read_table(facts.Idp, tomllib.loads(FACTS), Place(Path("facts.toml")))

    assert acme.idp_errors[0].match.search("You are not assigned to this app")
