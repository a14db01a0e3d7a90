"""Every step of every shipped wizard, as every reader may see it, and what the engine would pass to it."""

from dataclasses import fields

import pytest
from markupsafe import Markup

from wizards import loading, words

BASE = "https://people.acme-portal.example/saml/0199f3c2-7b1a-7c3e-9f00-0123456789ab"
VALUES = {
    "sp.acs_url": f"{BASE}/acs",
    "sp.entity_id": BASE,
    "sp.login_url": f"{BASE}/login",
    "sp.metadata_url": f"{BASE}/metadata",
    "rp.callback_url": f"{BASE.replace('/saml/', '/oidc/')}/callback",
    "rp.signed_out_url": f"{BASE.replace('/saml/', '/oidc/')}/signed-out",
    "rp.backchannel_url": f"{BASE.replace('/saml/', '/oidc/')}/logout",
    "rp.initiate_url": f"{BASE.replace('/saml/', '/oidc/')}/login",
    "scim.base_url": "https://people.acme-portal.example/scim/v2/0199f3c2-7b1a-7c3e-9f00-ba9876543210",
    "scim.token": "scim_never_to_be_drawn",
    "pull.client_id": "109912345678901234567",
    "pull.scopes": "https://www.googleapis.com/auth/admin.directory.user.readonly",
}
SLOTS = [field.name for field in fields(words.Slot)]
APP = words.App("Acme Portal", "/logo.svg")
WIZARDS = loading.load_all().values()


def _all_steps(drawn=False):
    for wizard in WIZARDS:
        for variant in [variant.id for variant in wizard.console_variants] or [""]:
            for name, flow in wizard.flows.items():
                for step in (step for step in flow.steps if step.mock_in(variant) or not drawn):
                    yield pytest.param(wizard, variant, step, id=f"{wizard.id}-{variant}-{name}-{step.id}")


EVERY_WIZARD = pytest.mark.parametrize("wizard", WIZARDS, ids=lambda wizard: wizard.id)
EVERY_STEP = pytest.mark.parametrize(("wizard", "variant", "step"), list(_all_steps()))
EVERY_DRAWN_STEP = pytest.mark.parametrize(("wizard", "variant", "step"), list(_all_steps(drawn=True)))


def render(wizard, variant, step, *, roles=True, logo=True, **slots):
    slot = words.Slot(**{name: Markup(f"<p>[{name}]</p>") for name in SLOTS} | slots)
    return words.render(
        wizard,
        step,
        variant=variant,
        values=VALUES,
        slot=slot,
        facts={"org.roles_from_saml": roles, "variant": variant},
        org=words.Org("Acme <Ltd>", roles_from_saml=roles),
        app=APP if logo else words.App("Acme Portal"),
    )


def draw(wizard, variant, step):
    return words.draw(wizard, step, variant=variant, values=VALUES, app=APP, org=words.Org("Acme"))
