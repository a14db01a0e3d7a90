"""The ways an organization manages its members; each can do the same: somebody joins, changes, leaves, and comes back."""

import time

from vestibule.testing.company import Company

PASSWORD = "correct horse battery"


class ByHand:
    """The organization's admin keeps the list, and people have passwords."""

    name, domain = "Hand", "hand.example"

    def __init__(self, vestibule):
        self.api = vestibule.api
        self.company: Company = vestibule.company(self.name, self.domain)
        self.company.hire("Ada", role="owner")
        self.prepare()

    def prepare(self):
        pass

    def join(self):
        self.company.hire("Grace", password=PASSWORD)

    @property
    def email(self):
        return self.company.email("Grace")

    @property
    def called(self):
        """What others read of her: her address, until she gives her name."""
        return self.email

    def enter(self, browser, address, person="Grace Hopper"):
        """The person opens the application, and says who they are where they are asked."""
        page = browser.open(address)
        if page.url.path == "/login":
            page = browser.send_form(page, "/login", email=self.company.email(person.split()[0]))
        return self.prove(browser, page, person)

    def prove(self, browser, page, person):
        if page.url.path.startswith("/login"):
            return browser.send_form(page, "/password", password=PASSWORD)
        return page

    def promote(self):
        self._patch(role="admin")

    def rename(self):
        """By hand, a person's own name is theirs to change."""

    def leave(self):
        self.api.put(*self._membership(), "suspension")

    def come_back(self):
        self.api.delete(*self._membership(), "suspension")

    def _patch(self, **change):
        self.api.update(*self._membership(), **change)

    def _membership(self):
        rows = self.api.list("organizations", self.company.slug, "memberships", email=self.email)
        return ("organizations", self.company.slug, "memberships", next(rows)["id"])


class ByInvitation(ByHand):
    name, domain = "Invitation", "invitation.example"
    called = "Grace Hopper"

    def join(self):
        self.invitation = self.api.create(
            "organizations", self.company.slug, "invitations", email=self.email, role="member"
        )["url"]

    def enter(self, browser, address, person="Grace Hopper"):
        if person == "Grace Hopper" and self.invitation:
            page = browser.open(self.invitation)
            browser.send_form(page, "/invitations/", name="Grace Hopper", password=PASSWORD)
            self.invitation = ""
        return super().enter(browser, address, person)


class JustInTime(ByHand):
    """Whoever the identity provider lets in is a member from then on."""

    name, domain = "Saml", "saml.example"
    called = "Grace Hopper"

    def prepare(self):
        self.idp = self.company.connect_sign_on("okta")

    def join(self):
        """The identity provider knows her; nothing is said to us before she comes."""

    def prove(self, browser, page, person):
        return self.idp.vouch(page, browser, person) if "/practice/idp/" in page.url.path else page


class Pushed(JustInTime):
    """The identity provider pushes people as Okta does."""

    name, domain = "Scim", "scim.example"

    def prepare(self):
        self.idp = self.company.connect_directory("okta")

    def join(self):
        self.idp.push_people()

    def rename(self):
        self.idp.change("Grace Hopper", family_name="Murray")
        self.idp.change("Grace Murray", family_name="Hopper")

    def leave(self):
        self.idp.deactivate("Grace Hopper")

    def come_back(self):
        self.idp.activate("Grace Hopper")


class Pulled(JustInTime):
    """A Google Workspace that we read."""

    name, domain = "Google", "google.example"

    def prepare(self):
        self.idp = self.company.connect_read_directory()

    def join(self):
        self._read_until(status="active")

    def leave(self):
        self.idp.deactivate("Grace Hopper")
        self._read_until(status="suspended")

    def come_back(self):
        self.idp.activate("Grace Hopper")
        self._read_until(status="active")

    def rename(self):
        self.idp.change("Grace Hopper", family_name="Murray")
        self._read_until(name="Grace Murray")
        self.idp.change("Grace Murray", family_name="Hopper")
        self._read_until(name="Grace Hopper")

    def _read_until(self, **expected):
        """The worker reads it in a moment."""
        self.company.read_directory()
        deadline = time.monotonic() + 30
        while not expected.items() <= self._grace().items():
            assert time.monotonic() < deadline, "the directory was never read"
            time.sleep(0.1)

    def _grace(self):
        rows = self.api.list("organizations", self.company.slug, "memberships", email=self.email)
        return next(rows, {})


LIVES = (ByHand, ByInvitation, JustInTime, Pushed, Pulled)
