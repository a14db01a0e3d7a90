"""Every step of every guide has a page; HTMX gets exactly the inside of it; looking changes nothing."""

import re

import pytest

from portal.extensions import db
from portal.organizations import setup_runs
from tests.clients import soup, text
from tests.setup.conftest import (
    EVERY_FLOW,
    GUIDES,
    answer_choices,
    at,
    called,
    connection_of,
    counted,
    directory_of,
    everything,
    passed,
    send_group,
    send_people,
    staged,
)

QUERIES = 14  # eight say who is here and how far they are; the rest is the step's own
HTMX = {"HX-Request": "true"}


@pytest.fixture
def run_in(begin, live):
    """run_in(idp, flow): a run whose steps can be seen, one after the other with `each`."""

    def run_in(idp, flow):
        return live(idp) if flow == "scim" else begin(idp)

    return run_in


def each(run, flow):
    """Every step of the flow with its address, after the answers that make it appear."""
    address = f"/setup/run/{run.id}/{flow}"
    for step in GUIDES[run.idp].flow(flow).steps:
        answer_choices(run, flow, step.id)
        yield step, f"{address}/{step.id}"


@EVERY_FLOW
def test_every_step_has_a_page(admin, run_in, idp, flow):
    for step, address in each(run_in(idp, flow), flow):
        page = admin.get(address)

        assert page.status_code == 200, address
        assert soup(page).h1.get_text() == step.title
        assert soup(page).find(attrs={"aria-current": "step"})["href"] == address


@EVERY_FLOW
def test_htmx_gets_exactly_the_inside_of_the_page(admin, run_in, idp, flow):
    for _, address in each(run_in(idp, flow), flow):
        whole, part = admin.get(address), admin.get(address, headers=HTMX)

        inside = soup(whole).find("main").decode_contents()
        assert plain(inside) in plain(soup(part).decode())
        assert "HX-Request" in part.headers["Vary"]
        assert part.headers["HX-Push-Url"] == address


@EVERY_FLOW
def test_every_step_has_at_most_one_primary_action(admin, run_in, idp, flow):
    for _, address in each(run_in(idp, flow), flow):
        page = soup(admin.get(address))

        assert len(page.select("main .button-primary")) <= 1, address


@EVERY_FLOW
def test_every_form_and_link_works_without_javascript(admin, run_in, idp, flow):
    for _, address in each(run_in(idp, flow), flow):
        page = soup(admin.get(address)).find("main")

        for tag in page.select("[hx-get]"):
            assert tag.name == "div" or tag["hx-get"] == tag["href"], address
        for tag in page.select("[hx-post]"):
            alone = "input changed" in tag.get("hx-trigger", "")  # looked at while somebody types
            assert alone or tag["hx-post"] == tag.get("action", tag.get("formaction")), address
        assert all(form.get("method") == "post" for form in page.find_all("form")), address


@EVERY_FLOW
def test_no_step_asks_the_database_too_much(admin, run_in, idp, flow):
    run = run_in(idp, flow)
    if flow == "scim":
        send_group(directory_of(run), "Staff", *send_people(directory_of(run), "bob", "cleo", "dan"))
        called(directory_of(run))
    else:
        staged(run)
        passed(run)

    for _, address in each(run, flow):
        with counted(QUERIES + bool(GUIDES[idp].pull)):  # how a directory is pulled is a row of its own
            admin.get(address)


@EVERY_FLOW
def test_looking_at_every_page_changes_nothing(admin, run_in, idp, flow):
    steps = GUIDES[idp].flow(flow).steps
    run = run_in(idp, flow)
    slug = run.organization.slug
    admin.get("/setup/acme/sso")
    before = everything()

    for step in steps:
        for tail in ("", "/panel"):
            admin.get(at(run, flow, step.id, tail), headers=HTMX if tail else {})
    for address in (f"/setup/{slug}/{flow}", f"/setup/{slug}/{flow}/resume"):
        admin.get(address)

    assert everything() == before


@EVERY_FLOW
def test_instructions_are_walked_by_continue_alone(admin, run_in, idp, flow):
    run = run_in(idp, flow)
    instructions = [step for step in GUIDES[idp].flow(flow).steps if step.type == "instruct" and not step.when.terms]

    for step in instructions:
        assert admin.submit(at(run, flow, step.id)).status_code == 303

    db.session.refresh(run)
    assert all(setup_runs.has_finished(run, flow, step.id) for step in instructions)


@pytest.mark.parametrize("idp", [wizard.id for wizard in GUIDES.values() if wizard.console_variants])
def test_the_console_variant_is_remembered(admin, begin, idp):
    run, wizard = begin(idp), GUIDES[idp]
    other = next(one for one in wizard.console_variants if one.id != wizard.default_variant)
    step = next(step for step in wizard.sso.steps if step.mock)

    admin.submit(at(run, "sso", step.id, "/variant"), {"variant": other.id}, page=at(run, "sso", step.id))

    page = soup(admin.get(at(run, "sso", step.id)))
    assert page.find("button", attrs={"aria-pressed": "true"}).get_text() == other.name


def test_our_values_are_on_the_page_and_in_the_drawing(admin, begin):
    run = begin("okta")

    page = admin.get(at(run, "sso", "our-values"))

    inputs = [field.get("value") for field in soup(page).select("input[readonly]")]
    assert inputs == [connection_of(run).acs_url, connection_of(run).entity_id]
    assert connection_of(run).acs_url[-20:] in soup(page).select_one("svg.mock").get_text()


def test_a_step_that_a_choice_left_out_does_not_exist(admin, live):
    run = live("okta")
    setup_runs.answer(run, "scim_app", "same")
    db.session.commit()

    assert admin.get(at(run, "scim", "add-template")).status_code == 404
    assert admin.get(at(run, "scim", "enable")).status_code == 200


def test_an_unknown_step_does_not_exist(admin, begin):
    assert admin.get(at(begin(), "sso", "nowhere")).status_code == 404


def test_a_blocked_step_says_why_and_can_be_read(admin, begin):
    page = admin.get(at(begin(), "sso", "test"))

    assert "Not possible yet. Bring back the details of your identity provider first." in text(page)


def plain(html):
    """Without what differs from one answer to the next: CSRF tokens, nonces, the moment of asking."""
    return re.sub(r'(value="[^"]*"|since=\d+|v=[0-9a-f]{16}|\s+)', "", html)
