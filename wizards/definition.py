"""What a wizard is: its steps, and what each kind of step carries. `loading` fills these from wizard.toml."""

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from wizards.choices import (
    Action,
    Awaited,
    Change,
    Counter,
    Effect,
    InputField,
    LabelKey,
    MapKind,
    MetadataForm,
    Mishap,
    Ref,
    RowKind,
    Source,
    StepType,
    Undo,
)
from wizards.conditions import ALWAYS, Condition, Facts
from wizards.saying import Said, Tongue, reading, said

COMPUTED: Mapping[str, bool] = {"computed": True}  # a field `loading` works out; wizard.toml may not set it


@dataclass(frozen=True)
class MockRow:
    kind: RowKind
    label: str
    value: str = ""
    mark: int | None = None
    on: bool = False


@dataclass(frozen=True)
class Mock:
    """A screen of the console, to be drawn. A `*` behind a nav, tab or button entry: you are here, press this."""

    title: str
    rows: tuple[MockRow, ...]
    nav: tuple[str, ...] = ()
    tabs: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()
    console: str = ""  # where it is another one than the guide's

    def read_by(self, said: Callable[[str], str]) -> "Mock":
        """With every label as `said` has it."""

        def entries(found: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(said(one.removesuffix("*")) + one[len(one.removesuffix("*")) :] for one in found)

        rows = tuple(replace(row, label=said(row.label), value=row.value and said(row.value)) for row in self.rows)
        return replace(
            self, title=said(self.title), rows=rows, nav=entries(self.nav), tabs=entries(self.tabs),
            buttons=entries(self.buttons),
        )  # fmt: skip


@dataclass(frozen=True)
class TokenOffer:
    """How a token is made on the page itself: its name, and the lives to choose from (0 = none)."""

    name: str
    expires_days: tuple[int, ...]


@dataclass(frozen=True)
class Value:
    """One of our values to copy; `Wizard.label_of` gives the console's word for it."""

    ref: Ref
    label: str = ""
    suffix: str = ""
    hint: str = ""
    optional: bool = False
    secret: bool = False
    create: TokenOffer | None = None


@dataclass(frozen=True)
class Setting:
    label: str
    value: str
    copy: bool = False


@dataclass(frozen=True)
class Claim:
    """A row of the console's attribute table."""

    name: str
    source: str
    was: str = ""
    required: bool = False
    group: bool = False
    present_by_default: bool = False
    when: Condition = ALWAYS


@dataclass(frozen=True)
class Option:
    id: str
    label: str
    recommended: bool = False


@dataclass(frozen=True)
class Variant:
    """A generation of the console's menus; the reader picks theirs once."""

    id: str
    name: str
    default: bool = False


@dataclass(frozen=True)
class Look:
    """Where a step is and how it looks in one console variant, where that differs."""

    where: tuple[str, ...] = ()
    mock: Mock | None = None


@dataclass(frozen=True)
class Expected:
    """How the awaited request looks, for recognising and explaining it."""

    user_agent: re.Pattern[str] | None = None
    first: str = ""
    filter: str = ""


@dataclass(frozen=True)
class Step:
    id: str
    type: StepType
    title: str
    template: str
    where: tuple[str, ...] = ()
    minutes: int = 0
    optional: bool = False
    when: Condition = ALWAYS
    needs: Condition = ALWAYS
    trouble: tuple[str, ...] = ()
    mock: Mock | None = None
    looks: Mapping[str, Look] = dataclasses.field(default_factory=dict)
    # copy-values, instruct
    values: tuple[Value, ...] = ()
    settings: tuple[Setting, ...] = ()
    claims: tuple[Claim, ...] = ()
    offer_metadata_file: bool = False
    # input
    fields: tuple[InputField, ...] = ()
    # choose
    field: str = ""
    options: tuple[Option, ...] = ()
    assumed: bool = False  # the recommended answer counts until another one is given
    # input-metadata
    accept: tuple[MetadataForm, ...] = ()
    prefer: MetadataForm | None = None
    url_hint: str = ""
    expect_idp: str = ""
    require_query: tuple[str, ...] = ()
    manual_labels: Mapping[str, LabelKey] = dataclasses.field(default_factory=dict)
    # input-client
    issuer_hint: str = ""
    # test
    checks: tuple[str, ...] = ()
    require: tuple[str, ...] = ()
    idp_errors: tuple[str, ...] = ()
    # map
    kind: MapKind | None = None
    prefer_stable_id: str = ""
    # confirm
    action: Action | None = None
    effects: tuple[Effect, ...] = ()
    undo: Undo | None = None
    # wait-for-request
    event: Awaited | None = None
    expect: Expected = Expected()
    slow_after_s: int = 0
    leave_ok: bool = False
    also_show: tuple[Mishap, ...] = ()
    # watch, preview
    counters: tuple[Counter, ...] = ()
    show: tuple[Change, ...] = ()

    def where_in(self, variant: str) -> tuple[str, ...]:
        look = self.looks.get(variant)
        return look.where if look and look.where else self.where

    def mock_in(self, variant: str) -> Mock | None:
        look = self.looks.get(variant)
        return look.mock if look and look.mock else self.mock


@dataclass(frozen=True)
class Flow:
    steps: tuple[Step, ...]
    needs: Condition = ALWAYS
    source: Source = Source.SCIM

    def step(self, id: str) -> Step | None:
        return next((step for step in self.steps if step.id == id), None)

    def shown(self, facts: Facts) -> tuple[Step, ...]:
        """The steps of this reader: a choice made earlier leaves some out."""
        return tuple(step for step in self.steps if step.when.holds(facts))


@dataclass(frozen=True)
class Minutes:
    sso: int = 0
    scim: int = 0


@dataclass(frozen=True)
class Wizard:
    id: str
    name: str
    console: str
    roles: tuple[str, ...]
    minutes: Minutes
    reviewed: date
    sources: tuple[str, ...]
    labels: Mapping[LabelKey, str]
    spoken: str = ""  # the name inside a sentence, where it differs
    open_url: str = ""
    common: bool = False  # among the first in the picker
    console_variants: tuple[Variant, ...] = ()
    sso: Flow | None = None
    scim: Flow | None = None
    pull: Flow | None = None  # in place of `scim` where the provider does not push
    folder: Path = dataclasses.field(default=Path(), metadata=COMPUTED)
    tongues: Mapping[str, Tongue] = dataclasses.field(default_factory=dict, metadata=COMPUTED)

    def said(self, label: str) -> Said:
        """A label of the console for whoever reads now."""
        return said(label, self.tongues)

    @property
    def labels_here(self) -> Mapping[LabelKey, Said]:
        """`labels` for whoever reads now."""
        code, tongue = reading(self.tongues)
        own = {key: Said(words, code) for key, words in tongue.labels.items()}
        return {key: own.get(key) or self.said(label) for key, label in self.labels.items()}

    def label_of(self, value: Value) -> Said:
        """The console's name of the field that `value` belongs in."""
        return self.said(value.label) if value.label else self.labels_here[LabelKey(value.ref.label_key)]

    def fragment(self, step: Step) -> Path:
        """The file with the words of `step`; those shared by all IdPs are shipped beside this module."""
        if step.template.startswith("_shared/"):
            return Path(__file__).parent / step.template
        return self.folder / step.template

    @property
    def provisioning(self) -> Flow | None:
        """The second half, whichever way people come over."""
        return self.scim or self.pull

    def flow(self, name: str) -> Flow | None:
        """`scim` is the second half's name everywhere outside wizard.toml, also where it pulls."""
        return {"sso": self.sso, "scim": self.provisioning}.get(name)

    @property
    def flows(self) -> Mapping[str, Flow]:
        return {name: flow for name in ("sso", "scim") if (flow := self.flow(name))}

    @property
    def assumed(self) -> Mapping[str, str]:
        """The answers taken for granted until somebody gives another, by their field."""
        steps = (step for flow in self.flows.values() for step in flow.steps if step.assumed)
        return {step.field: option.id for step in steps for option in step.options if option.recommended}

    @property
    def default_variant(self) -> str:
        """The id of the console variant to start with; empty where the console has one only."""
        return next((variant.id for variant in self.console_variants if variant.default), "")
