"""Rendering the words of a step and the drawing beside it.

Fragments may come from an operator, so they run in Jinja's sandbox, escape everything, and fail on a name nobody gave.
What the engine passes to `render`, and fragments may use:

    org      .name, .roles_from_saml
    app      .name, .logo_url                  the application people sign in to; logo_url may be ""
    idp      .name, .spoken, .console          given by this module: the wizard; .spoken is the name inside a sentence
    variant  the id of the console variant     "" where the console has one only
    values   {"sp.acs_url", "sp.entity_id", "sp.login_url", "sp.metadata_url", "scim.base_url", "scim.token"} -> str
    facts    see wizards.conditions.FACTS; the answers of earlier `choose` steps under their `field`
    slot     ready-made Markup, one attribute each, "" where a step has none: values, claims, metadata_form, test_panel,
             attribute_map, wait_panel, group_map, preview, effects, confirm, options, watch

Besides: `label_synonyms`, `{% trans %}` and `_()`, and the macros of `_shared/ui.html.jinja`.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Protocol

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from wizards import facts
from wizards.definition import Step, Wizard
from wizards.drawing import lay_out
from wizards.filling import fill

SHIPPED = Path(__file__).parent


class Named(Protocol):
    """Anything with a name: the application, the organization."""

    @property
    def name(self) -> str: ...


def render(wizard: Wizard, step: Step, **context: object) -> Markup:
    """The words of `step`; `context` as the head of this module says."""
    fragment = wizard.fragment(step)
    root = fragment.parent.parent if step.template.startswith("_shared/") else wizard.folder.parent
    template = environment(root).get_template(fragment.relative_to(root).as_posix())
    return Markup(template.render(context | {"idp": wizard}))


def draw(wizard: Wizard, step: Step, *, variant: str, values: Mapping[str, str], app: Named, org: Named) -> Markup:
    """The drawing of where `step` happens, with real values in it; empty where a step is on our side only."""
    mock = step.mock_in(variant)
    if mock is None:
        return Markup("")
    drawing = lay_out(wizard.console, mock, {**values, "app.name": app.name, "org.name": org.name})
    template = environment(SHIPPED).get_template("_shared/console.svg.jinja")
    return Markup(template.module.console(drawing, f"mock-{step.id}"))  # type: ignore[attr-defined]


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
    made.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    made.filters["fill"] = fill
    made.globals["label_synonyms"] = dict(facts.label_synonyms())
    return made
