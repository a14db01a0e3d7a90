"""What must be true of a wizard beyond its shape: ids are unique, and everything it names exists."""

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from babel import Locale, UnknownLocaleError

from wizards import checks, facts, words
from wizards.choices import LabelKey, Ref, RowKind, Source, StepType
from wizards.conditions import FACTS, Condition
from wizards.definition import Flow, Mock, Step, Variant, Wizard
from wizards.filling import placeholders
from wizards.reading import Place
from wizards.saying import Tongue

ID = re.compile(r"[a-z][a-z0-9-]{1,30}")
TEMPLATE = re.compile(r"(_shared|sso|scim|pull)/[a-z0-9-]+\.html")
FILLED = frozenset({"app.name", "org.name", *(ref.value for ref in Ref)}) - {Ref.SCIM_TOKEN.value}
SECRETS = frozenset({Ref.SCIM_TOKEN.value})  # drawn as dots


def check_wizard(wizard: Wizard, place: Place) -> None:
    if wizard.id != wizard.folder.name or not ID.fullmatch(wizard.id):
        raise place.key("id").broken(f"the folder's name, {wizard.folder.name}", wizard.id)
    if wizard.id not in facts.load((wizard.folder.parent,)):
        raise place.key("id").broken("an IdP of idps.toml, or a facts.toml beside this file", wizard.id)
    if not wizard.sources:
        raise place.key("sources").broken("where the labels were read", "nothing")
    if not wizard.flows:
        raise place.key("sso").broken("steps for sso, scim or both", "nothing")
    _check_variants(wizard.console_variants, place.key("console_variants"))
    _check_source(wizard, place)
    for name, flow in (("sso", wizard.sso), ("scim", wizard.scim), ("pull", wizard.pull)):
        if flow:
            _check_flow(wizard, flow, place.key(name))
    _check_every_fragment_used(wizard, place)


def check_tongue(tongue: Tongue, locale: str, wizard: Wizard, table: object, place: Place) -> None:
    """What it translates is there to be translated: a label spelt otherwise would be shown in English for ever."""
    try:
        Locale.parse(locale)
    except (ValueError, UnknownLocaleError) as error:
        raise place.broken("a language in the name of the file, such as labels.de.toml", locale) from error
    for key in tongue.labels:
        if key not in wizard.labels:
            raise place.key("labels").key(key.value).broken("a key that wizard.toml has in [labels]", "nothing")
    fragments = "".join(file.read_text(encoding="utf-8") for file in wizard.folder.glob("*/*.html"))
    known = {text.removesuffix("*").rstrip() for text in _texts(table)}
    for label in tongue.console:
        if label not in known and f'"{label}"' not in fragments:
            raise place.key("console").broken("a label that wizard.toml or a fragment shows", label)


def _texts(found: object) -> Iterator[str]:
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict | list):
        for inner in found.values() if isinstance(found, dict) else found:
            yield from _texts(inner)


def _check_source(wizard: Wizard, place: Place) -> None:
    """One way only, and a pull says which directory it knows how to read."""
    if wizard.scim and wizard.pull:
        raise place.key("pull").broken("scim or pull, not both", "both")
    for name, flow, pulled in (("scim", wizard.scim, False), ("pull", wizard.pull, True)):
        if flow and (flow.source is not Source.SCIM) is not pulled:
            raise place.key(name).key("source").broken("google in a pull, nothing elsewhere", flow.source.value)


def _check_variants(variants: tuple[Variant, ...], place: Place) -> None:
    _unique([variant.id for variant in variants], place, "id")
    if variants and [variant.default for variant in variants].count(True) != 1:
        raise place.broken("exactly one variant with default = true", [v.id for v in variants if v.default])


def _check_flow(wizard: Wizard, flow: Flow, place: Place) -> None:
    _check_facts(flow.needs, set(FACTS), place.key("needs"))
    _unique([step.id for step in flow.steps], place.key("steps"), "id")
    known = set(FACTS) | {step.field for step in flow.steps if step.field}
    for number, step in enumerate(flow.steps):
        _check_step(wizard, step, known, place.key("steps").item(number))


def _check_step(wizard: Wizard, step: Step, known: AbstractSet[str], place: Place) -> None:
    if not ID.fullmatch(step.id):
        raise place.key("id").broken("a short id such as create-app", step.id)
    _check_template(wizard, step, place.key("template"))
    _check_facts(step.when, known, place.key("when"))
    _check_facts(step.needs, known, place.key("needs"))
    for number, claim in enumerate(step.claims):
        _check_facts(claim.when, known, place.key("claims").item(number).key("when"))
    _check_values(wizard, step, place)
    _check_ids(wizard, step, place)
    _check_looks(wizard, step, place)


def _check_template(wizard: Wizard, step: Step, place: Place) -> None:
    if not TEMPLATE.fullmatch(step.template):
        raise place.broken("a fragment such as sso/create-app.html or _shared/test.html", step.template)
    if not wizard.fragment(step).is_file():
        raise place.broken("a fragment that exists", step.template)
    for trouble in words.rehearse(wizard, step):
        raise place.broken("a fragment that renders for every reader", trouble)


def _check_facts(condition: Condition, known: AbstractSet[str], place: Place) -> None:
    for term in condition.terms:
        if term.fact not in known:
            raise place.broken(f"one of the facts {', '.join(sorted(known))}", term.fact)


def _check_values(wizard: Wizard, step: Step, place: Place) -> None:
    _unique([value.ref.value for value in step.values], place.key("values"), "ref")
    for number, value in enumerate(step.values):
        here = place.key("values").item(number)
        if not value.label and LabelKey(value.ref.label_key) not in wizard.labels:
            raise here.key("ref").broken(f"a word for {value.ref.label_key} in [labels]", "nothing")
        if value.secret and value.create is None:
            raise here.key("create").broken("the name and lives of the token to make", "nothing")
    for number, setting in enumerate(step.settings):
        _known(placeholders(setting.value), FILLED, place.key("settings").item(number).key("value"))
    for form, label in step.manual_labels.items():
        if label not in wizard.labels:
            raise place.key("manual_labels").key(form).broken("a key of [labels]", label.value)


def _check_ids(wizard: Wizard, step: Step, place: Place) -> None:
    """Every check and message a step names is in the catalogue or in the facts of this IdP."""
    known_checks = checks.ids()
    own = facts.idp_errors(wizard.id, (wizard.folder.parent,))
    known_errors = {error.id for error in (*own, *facts.idp_errors(facts.UNKNOWN))}
    _known(step.require, known_checks, place.key("require"))
    _known(step.checks, known_checks, place.key("checks"))
    _known(step.idp_errors, known_errors, place.key("idp_errors"))
    _known(step.trouble, known_checks | known_errors, place.key("trouble"))
    if step.expect_idp and step.expect_idp not in facts.load((wizard.folder.parent,)):
        raise place.key("expect_idp").broken("an IdP with facts", step.expect_idp)
    if step.type is StepType.CHOOSE:
        _unique([option.id for option in step.options], place.key("options"), "id")
        if step.assumed and [option.recommended for option in step.options].count(True) != 1:
            raise place.key("assumed").broken("exactly one option with recommended = true", "none or several")
    if step.type is StepType.INPUT_CLIENT:
        for key in (LabelKey.CALLBACK_URL, LabelKey.ISSUER, LabelKey.CLIENT_ID, LabelKey.CLIENT_SECRET):
            if key not in wizard.labels:
                raise place.broken(f"a word for {key.value} in [labels]", "nothing")


def _check_looks(wizard: Wizard, step: Step, place: Place) -> None:
    _known(tuple(step.looks), {variant.id for variant in wizard.console_variants}, place.key("looks"))
    for variant, mock in {"": step.mock, **{name: look.mock for name, look in step.looks.items()}}.items():
        if mock:
            _check_mock(mock, place.key("looks").key(variant).key("mock") if variant else place.key("mock"))


def _check_mock(mock: Mock, place: Place) -> None:
    if not mock.rows:
        raise place.key("rows").broken("at least one row", "nothing")
    _known(placeholders(mock.title), FILLED, place.key("title"))
    for number, row in enumerate(mock.rows):
        here = place.key("rows").item(number)
        _known(placeholders(row.label), FILLED, here.key("label"))
        _known(placeholders(row.value), FILLED | SECRETS if row.kind is RowKind.SECRET else FILLED, here.key("value"))


def _check_every_fragment_used(wizard: Wizard, place: Place) -> None:
    used = {step.template for flow in wizard.flows.values() for step in flow.steps}
    for file in sorted(wizard.folder.glob("*/*.html")):
        name = file.relative_to(wizard.folder).as_posix()
        if name not in used:
            raise place.broken(f"a step that uses {name}", "nothing")


def _known(ids: Iterable[str], known: AbstractSet[str], place: Place) -> None:
    for number, id in enumerate(ids):
        if id not in known:
            raise place.item(number).broken(f"one of {', '.join(sorted(known)) or 'none'}", id)


def _unique(ids: list[str], place: Place, key: str) -> None:
    for number, id in enumerate(ids):
        if id in ids[:number]:
            raise place.item(number).key(key).broken("one not used before", id)
