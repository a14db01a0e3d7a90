"""What somebody gives us of their IdP is judged in words, at once, and never taken in doubt."""

from portal.extensions import db
from portal.models import Event, SetupRun
from portal.organizations import connections
from portal.organizations.actors import OPERATOR
from tests.clients import soup, text
from tests.saml.idp import pair
from tests.setup.conftest import at, connection_of

BODY = pair().certificate.replace("-----BEGIN CERTIFICATE-----", "").replace("-----END CERTIFICATE-----", "")


def metadata(entity_id="http://www.okta.com/exk1", address="https://acme.okta.com/app/acme/exk1/sso/saml"):
    return f"""<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{entity_id}">
<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing">
<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{BODY}</X509Certificate></X509Data></KeyInfo>
</KeyDescriptor><SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{address}"/>
</IDPSSODescriptor></EntityDescriptor>"""


ENTRA = metadata(
    "https://sts.windows.net/11111111-2222-3333-4444-555555555555/", "https://login.microsoftonline.com/1/saml2"
)


def current(run):
    db.session.expire_all()
    return connection_of(db.session.get(SetupRun, run.id))


def test_metadata_is_staged_and_leads_on(admin, begin):
    run = begin()

    answer = admin.submit(at(run, "sso", "metadata"), {"source": metadata()})

    assert (answer.status_code, answer.location) == (303, at(run, "sso", "assign"))
    assert current(run).candidate.saml.entity_id == "http://www.okta.com/exk1"


def test_bad_metadata_is_explained_and_what_was_typed_stays(admin, begin):
    run = begin()

    page = admin.submit(at(run, "sso", "metadata"), {"source": "<html>log in</html>"})

    assert page.status_code == 422
    assert "not SAML metadata" in text(page)
    assert soup(page).find("textarea", id="source").get_text() == "<html>log in</html>"
    assert current(run).candidate is None


def test_metadata_of_another_idp_asks_before_it_is_taken(admin, begin):
    run = begin("okta")

    asked = admin.submit(at(run, "sso", "metadata"), {"source": ENTRA})

    assert asked.status_code == 422
    assert "This looks like Microsoft Entra ID" in text(asked)
    assert current(run).candidate is None


def test_metadata_of_another_idp_may_be_kept_or_its_guide_taken(admin, begin):
    run = begin("okta")
    page = at(run, "sso", "metadata")

    admin.submit(page, {"source": ENTRA, "keep": "1"})
    switched = admin.submit(f"/setup/run/{run.id}/sso/guide", {"idp": "entra"}, page=page)

    assert current(run).candidate.saml.entity_id.startswith("https://sts.windows.net/")
    assert current(run).idp == "entra"
    assert switched.location == at(run, "sso", "assign")


def test_findings_come_while_typing_and_change_nothing(admin, begin):
    run = begin()

    step = at(run, "sso", "metadata")
    page = admin.submit(f"{step}/check", {"source": metadata()}, page=step, headers={"HX-Request": "true"})

    assert "We found the details of Okta" in text(page)
    assert current(run).candidate is None


def test_three_fields_by_hand_do_as_well(admin, begin):
    run = begin("google")
    values = {"entity_id": "https://accounts.google.com/o/saml2?idpid=C1", "certificate": pair().certificate}

    admin.submit(at(run, "sso", "metadata"), values | {"sso_url": "https://accounts.google.com/o/saml2/idp?idpid=C1"})

    assert current(run).candidate.saml.certificates == (pair().certificate,)


def test_the_trace_names_who_did_it(admin, begin):
    run = begin()
    admin.submit(at(run, "sso", "metadata"), {"source": metadata()})

    event = db.session.scalars(db.select(Event).where(Event.name == "connection.staged")).one()
    assert (event.door, event.actor_label) == ("setup", "Ada")


def test_an_address_that_holds_none_is_told_with_what_one_looks_like(admin, begin):
    run = begin("okta")

    page = admin.submit(at(run, "sso", "metadata"), {"source": "https://127.0.0.1/admin/apps"})

    assert "private network" in text(page)
    assert "At Okta the address looks like https://{org}.okta.com/app/" in text(page)


def test_metadata_given_anew_shows_what_would_change_against_what_is_live(admin, begin):
    run = begin()
    step = at(run, "sso", "metadata")
    admin.submit(step, {"source": metadata()})
    connections.go_live(current(run), by=OPERATOR)
    db.session.commit()

    moved = metadata(address="https://acme.okta.com/app/acme/exk2/sso/saml")
    page = admin.submit(f"{step}/check", {"source": moved}, page=step, headers={"HX-Request": "true"})

    assert [row.th.get_text() for row in soup(page).select("tbody tr")] == ["Sign-in address"]
