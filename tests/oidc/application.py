"""An application that people sign in to, as Authlib's own client makes it; its requests go through our test client."""

from urllib.parse import parse_qs, urlsplit

from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

from portal.extensions import db
from portal.organizations import applications
from portal.organizations.actors import OPERATOR
from portal.organizations.applications import Addresses
from tests.conftest import PUBLIC_URL

CALLBACK = "https://app.example/callback"
SIGNED_OUT = "https://app.example/signed-out"
ADDRESSES = Addresses([CALLBACK], [SIGNED_OUT], "https://app.example/backchannel")
SCOPE = "openid profile email organizations"


class Application:
    """An application with a client of ours; its requests go through our test client."""

    def __init__(self, app, addresses=ADDRESSES, *, public=False):
        self.row, self.secret = applications.create("Notes", addresses, by=OPERATOR, public=public)
        db.session.commit()
        self.id, self.http, self.verifier = str(self.row.id), app.test_client(), generate_token(48)
        self.session = OAuth2Session(
            self.id, self.secret or None, scope=SCOPE, redirect_uri=CALLBACK, code_challenge_method="S256"
        )

    def address(self, **asked):
        asked = {"nonce": "n-1"} | asked
        url, self.state = self.session.create_authorization_url(
            f"{PUBLIC_URL}/oidc/authorize", code_verifier=self.verifier, **asked
        )
        return url.removeprefix(PUBLIC_URL)

    def redeem(self, code, **changes):
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK,
            "code_verifier": self.verifier, "client_id": self.id,
        }  # fmt: skip
        return self.ask(form | changes)

    def refresh(self, token):
        return self.ask({"grant_type": "refresh_token", "refresh_token": token, "client_id": self.id})

    def ask(self, form):
        if self.secret:
            form = form | {"client_secret": self.secret}
        return self.http.post("/oidc/token", data=form)

    def introspect(self, token, **more):
        return self.http.post("/oidc/introspection", data=self.proof() | {"token": token} | more)

    def revoke(self, token, **more):
        return self.http.post("/oidc/revocation", data=self.proof() | {"token": token} | more)

    def proof(self):
        return {"client_id": self.id} | ({"client_secret": self.secret} if self.secret else {})

    def userinfo(self, token):
        return self.http.get("/oidc/userinfo", headers={"Authorization": f"Bearer {token}"})

    def read(self, token):
        keys = self.http.get("/.well-known/jwks.json").get_json()
        return jwt.decode(token, KeySet.import_key_set(keys), ["RS256"])


def come_back(answer):
    """What the application is told when the browser returns."""
    assert answer.status_code == 302, answer.text
    address = answer.headers["Location"]
    assert address.startswith(CALLBACK)
    back = parameters(address)
    assert back["iss"] == PUBLIC_URL
    return back


def parameters(address):
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def sign_in_to(application, browser, **asked):
    back = come_back(browser.get(application.address(**asked)))
    assert back["state"] == application.state
    answer = application.redeem(back["code"])
    assert answer.status_code == 200, answer.text
    return answer.get_json()
