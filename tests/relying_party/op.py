"""An OpenID provider of our own, over real HTTP, that can be told to lie in one thing at a time."""

import base64
import hashlib
import json
import secrets
import threading
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey

CLIENT_ID, SECRET = "vestibule-client", "s3cr3t~with.odd+characters"
ADA = {
    "sub": "00u-ada", "email": "ada@acme.example", "email_verified": True, "name": "Ada Lovelace", "given_name": "Ada",
    "family_name": "Lovelace", "groups": ["Engineering", "Staff"], "sid": "session-1",
}  # fmt: skip


@cache
def key(kid="k1", kind="RSA"):
    made = RSAKey.generate_key(2048) if kind == "RSA" else ECKey.generate_key("P-256")
    return type(made).import_key({**made.as_dict(private=True), "kid": kid, "use": "sig"})


class Provider:
    """`lies` are merged into what it would truly say: keys of the ID token (None leaves one out), `header`, `signed_by`,
    `alg`, `userinfo`, `token_error`, `unsigned`."""

    def __init__(self, path=""):
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
        self.http.provider = self
        self.host = f"127.0.0.1:{self.http.server_port}"
        self.issuer = f"http://{self.host}{path}"
        self.codes, self.asked, self.document, self.keys = {}, [], {}, [key()]
        self.down, self.meanwhile = set(), lambda: None
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def stop(self):
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()

    @property
    def discovery(self):
        usual = {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo", "end_session_endpoint": f"{self.issuer}/logout",
            "response_types_supported": ["code"], "id_token_signing_alg_values_supported": ["RS256", "ES256", "PS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"], "scopes_supported": ["openid", "email", "profile"],
        }  # fmt: skip
        return {name: value for name, value in (usual | self.document).items() if value is not None}

    def approve(self, location, claims=ADA, **lies):
        """What its sign-in page does: the address the browser is sent back to."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        code = secrets.token_urlsafe(16)
        self.codes[code] = (query, dict(claims), lies)
        back = {"code": code, "state": query["state"]} | lies.pop("back", {})
        return f"{query['redirect_uri']}?{urlencode({name: text for name, text in back.items() if text is not None})}"

    def redeem(self, form, authorization):
        self.meanwhile()
        query, claims, lies = self.codes.pop(form.get("code"), ({}, {}, {"token_error": "invalid_grant"}))
        if error := lies.get("token_error") or self._objection(query, form, authorization):
            return 400, {"error": error, "error_description": "no"}
        access_token = secrets.token_urlsafe(16)
        self.codes[access_token] = (query, claims, lies)
        return 200, {
            "access_token": access_token, "token_type": "Bearer", "expires_in": 60,
            "id_token": lies["id_token"] if "id_token" in lies else self.id_token(query, claims, lies, access_token),
        }  # fmt: skip

    def _objection(self, query, form, authorization):
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != query["code_challenge"]:
            return "invalid_grant"
        if form.get("redirect_uri") != query["redirect_uri"]:
            return "invalid_grant"
        basic = base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
        shown = (form.get("client_id"), form.get("client_secret")) == (
            CLIENT_ID,
            SECRET,
        ) or authorization == f"Basic {basic}"
        return "" if shown else "invalid_client"

    def id_token(self, query, claims, lies, access_token):
        at = int(time.time())
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        said = claims | {
            "iss": self.issuer, "aud": CLIENT_ID, "iat": at, "exp": at + 300, "nonce": query.get("nonce"),
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
        }  # fmt: skip
        said |= {name: value for name, value in lies.items() if name not in NOT_CLAIMS}
        return sign({name: value for name, value in said.items() if value is not None}, **lies)

    def about(self, access_token):
        _, claims, lies = self.codes[access_token]
        return {"sub": claims.get("sub")} | lies.get("userinfo", {})

    def logout_token(self, **lies):
        at = int(time.time())
        said = {
            "iss": self.issuer, "aud": CLIENT_ID, "iat": at, "exp": at + 120, "jti": secrets.token_hex(8), "sub": ADA["sub"],
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        } | {name: value for name, value in lies.items() if name not in NOT_CLAIMS}  # fmt: skip
        return sign({name: value for name, value in said.items() if value is not None}, **lies)


NOT_CLAIMS = {"header", "signed_by", "alg", "userinfo", "token_error", "unsigned", "id_token"}


def sign(claims, *, signed_by=None, alg="RS256", header=None, unsigned=False, **_):
    if unsigned:
        head = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).rstrip(b"=").decode()
        body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
        return f"{head}.{body}."
    by = signed_by or key()
    kid = {} if isinstance(by, OctKey) else {"kid": by.kid}
    head = {"alg": alg, "typ": "JWT", **kid, **(header or {})}
    return jws.serialize_compact(head, json.dumps(claims), by, registry=_Careless(algorithms=[alg]))


class _Careless(jws.JWSRegistry):
    def check_header(self, header):
        """Signs whatever it is given."""


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self):
        provider, path = self.server.provider, urlsplit(self.path).path
        provider.asked.append(path)
        if path in provider.down:
            return self._answer(503, {})
        if path.endswith("/.well-known/openid-configuration"):
            return self._answer(200, provider.discovery)
        if path.endswith("/jwks"):
            return self._answer(200, {"keys": [one.as_dict(private=False) for one in provider.keys]})
        if path.endswith("/userinfo"):
            return self._answer(200, provider.about(self.headers["Authorization"].removeprefix("Bearer ")))
        return self._answer(404, {})

    def do_POST(self):
        self.server.provider.asked.append(urlsplit(self.path).path)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._answer(*self.server.provider.redeem(form, self.headers.get("Authorization")))

    def _answer(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass
