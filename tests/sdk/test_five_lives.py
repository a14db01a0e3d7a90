"""The promise: an application whose code never changes is right, whatever way an organization manages its members."""

import re
import time

import pytest

from tests.sdk.conftest import NOTES
from tests.sdk.lives import LIVES

pytestmark = [pytest.mark.once, pytest.mark.xdist_group("sdk"), pytest.mark.timeout(300)]


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.name.lower())
def test_one_organization_joins_changes_leaves_and_returns(vestibule, notes, browse, life):
    ours, ada, grace = life(vestibule), browse(), browse()

    ours.join()
    page = ours.enter(grace, f"{notes}/")
    assert heading(page) == f"Notes of {ours.name}", page.text
    assert "member" in roles(page)
    page = grace.send_form(page, "/notes", text="Ship the compiler")
    assert f"Ship the compiler held by {ours.called}" in words(page)

    page = ours.enter(ada, f"{notes}/", "Ada Lovelace")
    assert f"Ship the compiler held by {ours.called}" in words(page)

    ours.promote()
    ours.rename()
    again = browse()
    assert "admin" in roles(ours.enter(again, f"{notes}/"))

    ours.leave()
    until(lambda: heading(again.open(f"{notes}/")) != f"Notes of {ours.name}")
    assert heading(ours.enter(browse(), f"{notes}/")) != f"Notes of {ours.name}"
    until(lambda: "Ship the compiler held by nobody" in words(ada.open(f"{notes}/")))
    assert ours.called not in choices(ada.open(f"{notes}/"))

    ours.come_back()
    page = ours.enter(browse(), f"{notes}/")
    assert heading(page) == f"Notes of {ours.name}"
    assert "Ship the compiler" in words(page)
    assert ours.called in choices(page)


def test_its_source_says_nothing_of_how_members_are_managed():
    source = " ".join(path.read_text() for path in NOTES.parent.rglob("*") if path.suffix in (".py", ".html")).lower()

    for word in ("saml", "scim", "okta", "entra", "google", "directory", "invitation", "sso"):
        assert word not in source
    assert len(NOTES.read_text().splitlines()) <= 160


def test_one_company_sees_nothing_of_another(vestibule, notes, browse):
    one, other = (vestibule.company(name, f"{name.lower()}.example") for name in ("North", "South"))
    pages = {}
    for company in (one, other):
        email, browser = company.hire("Ada"), browse()
        page = browser.send_form(browser.open(f"{notes}/"), "/login", email=email)
        pages[company] = browser.send_form(page, "/password", password="correct horse battery")
        pages[company] = browser.send_form(pages[company], "/notes", text=f"Secret of {company.name}")

    assert "Secret of South" in words(pages[other])
    assert "Secret of North" not in words(pages[other])


def until(happened, seconds=20):
    """The Vestibule tells the application in a moment: by a logout token, and by a webhook."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.1)


def heading(page):
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page.text, re.DOTALL)
    return found[1].strip() if found else ""


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def roles(page):
    return words(page).partition("Sign out")[0]


def choices(page):
    return " ".join(re.findall(r"<option[^>]*>(.*?)</option>", page.text))
