"""Every step of every guide on the narrowest screen, read either way: nothing sticks out, and axe finds nothing."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from portal.cli.demo_world import COMPANY, OWNER_EMAIL
from portal.extensions import db
from portal.models import DirectoryKind
from portal.organizations import organizations, setup_runs
from portal.organizations.actors import OPERATOR
from tests.end_to_end.test_the_whole_story import sign_in
from wizards import loading

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
GUIDES = loading.load_all()
NARROW = 320


@pytest.fixture
def steps(world):
    """steps(idp): the address of each step of a guide's own, in both halves."""

    def steps(idp):
        guide = GUIDES[idp]
        with world.app_context():
            company = organizations.find(COMPANY.lower())
            for flow in guide.flows:
                kind = {} if flow == "sso" else {"kind": DirectoryKind(guide.provisioning.source)}
                begin = setup_runs.for_sign_in if flow == "sso" else setup_runs.for_provisioning
                run = begin(company, idp, by=OPERATOR, name=guide.name, **kind)
                db.session.commit()
                own = [step for step in guide.flow(flow).steps if not step.template.startswith("_shared/")]
                yield from (f"/setup/run/{run.id}/{flow}/{step.id}" for step in own)

    return steps


@pytest.mark.parametrize("idp", sorted(GUIDES))
def test_every_step_is_fit_for_the_narrowest_screen(visit, steps, idp):
    ada, addresses = visit(), list(steps(idp))
    sign_in(ada, OWNER_EMAIL)
    ada.page.set_viewport_size({"width": NARROW, "height": 800})

    for address in addresses:
        ada.open(address)
        found = Axe().run(ada.page)
        assert found.violations_count == 0, f"{address}: {found.generate_report()}"
        for direction in ("ltr", "rtl"):
            width = ada.page.evaluate(
                "dir => { document.dir = dir; return document.documentElement.scrollWidth; }", direction
            )
            assert width <= NARROW, f"{address} ({direction}) is {width} px wide"
