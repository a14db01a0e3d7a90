"""Rendering the words of a step and the drawing beside it.

Fragments may come from an operator, so they run in Jinja's sandbox, escape everything, and fail on a name nobody gave.
What the engine passes to `render`, and fragments may use:

    org      an `Org`
    app      an `App`                          the application people sign in to; logo_url may be ""
    idp      an `Idp`                          given by this module; .spoken is the name inside a sentence
    variant  the id of the console variant     "" where the console has one only
    values   {"sp.acs_url", "sp.entity_id", "sp.login_url", "sp.metadata_url", "rp.callback_url", "rp.signed_out_url",
              "rp.backchannel_url", "rp.initiate_url", "scim.base_url", "scim.token", "pull.client_id", "pull.scopes"} -> str
    facts    see wizards.conditions.FACTS; the answers of earlier `choose` steps under their `field`
    slot     a `Slot`                          ready-made Markup, placed by the fragment

Besides: `label_synonyms`, `{% trans %}` and `_()`, and the macros of `_shared/ui.html.jinja`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

from flask_babel import gettext, ngettext
from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from wizards import facts
from wizards.choices import Ref
from wizards.definition import Step, Wizard
from wizards.drawing import lay_out
from wizards.filling import fill
from wizards.saying import Said

SHIPPED = Path(__file__).parent


NOTHING = Markup("")


@dataclass(frozen=True)
class Org:
    name: str
    roles_from_saml: bool = False


@dataclass(frozen=True)
class App:
    name: str
    logo_url: str = ""


@dataclass(frozen=True)
class Idp:
    """The provider as the reader calls it; `said` gives a label as the reader's console shows it."""

    name: str
    spoken: str
    console: str
    said: Callable[[str], Said]


@dataclass(frozen=True)
class Slot:
    """What the engine has ready for the fragment to place."""

    values: Markup = NOTHING
    claims: Markup = NOTHING
    metadata_form: Markup = NOTHING
    client_form: Markup = NOTHING
    test_panel: Markup = NOTHING
    attribute_map: Markup = NOTHING
    wait_panel: Markup = NOTHING
    group_map: Markup = NOTHING
    preview: Markup = NOTHING
    effects: Markup = NOTHING
    confirm: Markup = NOTHING
    options: Markup = NOTHING
    watch: Markup = NOTHING
    input_form: Markup = NOTHING
    group_choice: Markup = NOTHING
    pull_panel: Markup = NOTHING


def render(wizard: Wizard, step: Step, **context: object) -> Markup:
    """The words of `step`; `context` as the head of this module says."""
    fragment = wizard.fragment(step)
    root = fragment.parent.parent if step.template.startswith("_shared/") else wizard.folder.parent
    template = environment(root).get_template(fragment.relative_to(root).as_posix())
    return Markup(template.render(context | {"idp": _idp(wizard)}))


def _idp(wizard: Wizard) -> Idp:
    return Idp(gettext(wizard.name), gettext(wizard.spoken), str(wizard.said(wizard.console)), wizard.said)


def draw(wizard: Wizard, step: Step, *, variant: str, values: Mapping[str, str], app: App, org: Org) -> Markup:
    """The drawing of where `step` happens, with real values in it; empty where a step is on our side only."""
    mock = step.mock_in(variant)
    if mock is None:
        return Markup("")
    known = {**values, "app.name": app.name, "org.name": org.name}
    console = str(wizard.said(mock.console or wizard.console))
    drawing = lay_out(console, mock.read_by(lambda label: str(wizard.said(label))), known)
    template = environment(SHIPPED).get_template("_shared/console.svg.jinja")
    return Markup(template.module.console(drawing, f"mock-{step.id}"))  # type: ignore[attr-defined]


def rehearse(wizard: Wizard, step: Step) -> Iterator[str]:
    """Render `step` as each reader would see it; what went wrong, if anything."""
    values = {ref.value: "…" for ref in Ref}
    variants = [variant.id for variant in wizard.console_variants] or [""]
    for variant, roles, logo in product(variants, (True, False), ("/logo.svg", "")):
        org, app, known = Org("Acme", roles), App("App", logo), {"variant": variant, "org.roles_from_saml": roles}
        try:
            render(wizard, step, org=org, app=app, variant=variant, values=values, facts=known, slot=Slot())
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            yield f"{type(error).__name__}: {error}"


@cache
def environment(root: Path) -> ImmutableSandboxedEnvironment:
    """The sandbox for the fragments below `root`; the shared macros are always at hand."""
    made = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([root, SHIPPED]),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.filters["fill"] = fill
    made.globals["label_synonyms"] = dict(facts.label_synonyms())
    return made
