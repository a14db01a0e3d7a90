"""Loading wizards from their folders, and refusing what is wrong with them before anybody sees it."""

import dataclasses
import logging
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from wizards.checking import check_tongue, check_wizard
from wizards.choices import StepType
from wizards.definition import Wizard
from wizards.reading import BrokenWizard, Place, check_keys, read_file, read_table
from wizards.saying import Tongue

SHIPPED = Path(__file__).parent
SHARED_STEPS = SHIPPED / "_shared" / "steps.toml"  # those that read the same for every IdP; `use = "preview"` takes one

EVERY_STEP = {
    "id",
    "type",
    "title",
    "template",
    "where",
    "minutes",
    "optional",
    "when",
    "needs",
    "trouble",
    "mock",
    "looks",
}
# What each kind of step carries besides: (required, allowed).
OWN_KEYS: Mapping[StepType, tuple[set[str], set[str]]] = {
    StepType.CHOOSE: ({"field", "options"}, {"assumed"}),
    StepType.INSTRUCT: (set(), {"settings", "claims"}),
    StepType.COPY_VALUES: ({"values"}, {"settings", "claims", "offer_metadata_file"}),
    StepType.INPUT_METADATA: ({"accept", "prefer"}, {"url_hint", "expect_idp", "require_query", "manual_labels"}),
    StepType.INPUT_CLIENT: (set(), {"issuer_hint", "expect_idp"}),
    StepType.MAP: ({"kind"}, {"prefer_stable_id"}),
    StepType.TEST: ({"require"}, {"checks", "idp_errors"}),
    StepType.WAIT_FOR_REQUEST: ({"event"}, {"expect", "slow_after_s", "leave_ok", "also_show"}),
    StepType.PREVIEW: ({"show"}, set()),
    StepType.CONFIRM: ({"action", "needs", "effects"}, {"undo"}),
    StepType.WATCH: ({"counters"}, set()),
    StepType.INPUT: ({"fields"}, set()),
    StepType.PULL: (set(), set()),
}

log = logging.getLogger(__name__)


@cache
def load_all(paths: tuple[Path, ...] = ()) -> Mapping[str, Wizard]:
    """Every wizard by its id: the shipped ones, then those of the operator's folders, which may replace them.

    The shipped ones were checked by the tests: rendering them all would take seconds at every start. A broken one of the
    operator's is reported and left out.
    """
    wizards = {wizard.id: wizard for wizard in map(_read, shipped())}
    for folder in (folder for path in paths for folder in _folders(path)):
        try:
            wizard = load(folder)
        except BrokenWizard as error:
            log.error("wizard left out: %s", error)
        else:
            wizards[wizard.id] = wizard
    return wizards


def load(folder: Path) -> Wizard:
    """The wizard in `folder`, checked: every step is rendered as each reader would see it."""
    wizard = _read(folder)
    check_wizard(wizard, Place(folder / "wizard.toml"))
    return wizard


def shipped() -> Iterator[Path]:
    return _folders(SHIPPED)


def _read(folder: Path) -> Wizard:
    file = folder / "wizard.toml"
    place, table = Place(file), read_file(file)
    standard = read_file(SHARED_STEPS)
    for name in ("sso", "scim", "pull"):
        if name in table:
            _complete(table[name], standard, place.key(name))
    wizard = read_table(Wizard, table, place)
    wizard = dataclasses.replace(wizard, folder=folder, spoken=wizard.spoken or wizard.name)
    return dataclasses.replace(wizard, tongues=dict(_tongues(wizard, table)))


def _tongues(wizard: Wizard, table: Mapping[str, object]) -> Iterator[tuple[str, Tongue]]:
    """How this console reads in other languages: `labels.de.toml`."""
    for file in sorted(wizard.folder.glob("labels.*.toml")):
        locale = file.name.removeprefix("labels.").removesuffix(".toml")
        tongue = read_table(Tongue, read_file(file), Place(file))
        check_tongue(tongue, locale, wizard, table, Place(file))
        said = {wizard.labels[key]: words for key, words in tongue.labels.items()}
        yield locale, dataclasses.replace(tongue, console=said | dict(tongue.console))


def _folders(path: Path) -> Iterator[Path]:
    return (file.parent for file in sorted(path.glob("*/wizard.toml")))


def _complete(flow: object, standard: Mapping[str, object], place: Place) -> None:
    """Put in the shared steps where a step says `use`, and check the keys of each kind of step."""
    steps = flow.get("steps") if isinstance(flow, dict) else None
    if not isinstance(steps, list) or not steps:
        raise place.key("steps").broken("a list of steps", steps or "nothing")
    for number, step in enumerate(steps):
        here = place.key("steps").item(number)
        if not isinstance(step, dict):
            raise here.broken("a table", step)
        if "use" in step:
            steps[number] = step = _from_standard(step, standard, here)
        _check_step_keys(step, here)


def _from_standard(step: dict[str, object], standard: Mapping[str, object], place: Place) -> dict[str, object]:
    name = step["use"]
    base = standard.get(name) if isinstance(name, str) else None
    if not isinstance(base, dict):
        raise place.key("use").broken(f"one of {', '.join(standard)}", name)
    return {"id": name} | base | {key: value for key, value in step.items() if key != "use"}


def _check_step_keys(step: Mapping[str, object], place: Place) -> None:
    kind = step.get("type")
    if kind not in list(StepType):
        raise place.key("type").broken(f"one of {', '.join(StepType)}", kind or "nothing")
    required, allowed = OWN_KEYS[StepType(str(kind))]
    check_keys(step, place, allowed=EVERY_STEP | required | allowed, required=required)
