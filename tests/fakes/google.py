"""A Google Workspace of our own: token endpoint, consent and Directory API, speaking the JSON that Google documents.

Signatures of service accounts are verified, scopes and delegation are honoured, lists come in pages; `fails` makes the next
requests for a path fail; the other switches make the mistakes an admin makes.
"""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

READ = "https://www.googleapis.com/auth/admin.directory."
USERS, GROUPS, MEMBERS = f"{READ}user.readonly", f"{READ}group.readonly", f"{READ}group.member.readonly"
PRIVATE = rsa.generate_private_key(65537, 2048)
FORBIDDEN = "Not Authorized to access this resource/api"
DISABLED = "Admin SDK API has not been used in project 100 before or it is disabled."


class Google:
    def __init__(self):
        self.people, self.named_groups, self.inside = {}, {}, {}
        self.page, self.delegated, self.admins = 500, {USERS, GROUPS, MEMBERS}, {"ada@acme.example"}
        self.key_id, self.client_id, self.api_on, self.consents = "key-1", "1099", True, {}
        self.refresh_tokens, self.granted = {"refresh-1"}, {USERS, GROUPS, MEMBERS}
        self.asked, self.fails, self.tokens, self.before = [], [], {}, None
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    # What the customer has there

    def employ(self, *names, **changes):
        for name in names:
            given = name.partition("@")[0]
            mail = name if "@" in name else f"{name}@acme.example"
            self.people[f"g-{given}"] = {
                "kind": "admin#directory#user", "id": f"g-{given}", "primaryEmail": mail, "suspended": False, "archived": False,
                "name": {"givenName": given.title(), "familyName": "Acme", "fullName": f"{given.title()} Acme"},
            } | changes  # fmt: skip

    def found_group(self, name, *members, id=None, mail=None, kind="USER"):
        id, mail = id or f"gr-{name}", mail or f"{name.lower()}@acme.example"
        self.named_groups[id] = {"kind": "admin#directory#group", "id": id, "email": mail, "name": name}
        self.inside[id] = [{"kind": "admin#directory#member", "id": f"g-{one}", "type": kind} for one in members]
        return {"id": id, "name": name, "email": mail}

    def key(self, **changes):
        """The JSON file of a service account, as the Cloud console hands it out."""
        pem = PRIVATE.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return json.dumps({
            "type": "service_account", "project_id": "acme-directory", "private_key_id": self.key_id,
            "private_key": pem.decode(), "client_email": "reader@acme-directory.iam.gserviceaccount.com",
            "client_id": self.client_id, "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": "https://oauth2.googleapis.com/token", "universe_domain": "googleapis.com",
        } | changes)  # fmt: skip

    # What it answers

    def answer(self, method, path, query, form, bearer):
        self.asked.append((method, path, query))
        if self.before:
            self.before(path)
        for number, (wanted, answer) in enumerate(self.fails):
            if wanted in path + str(query.get("pageToken", "")):
                del self.fails[number]
                return answer
        if path == "/token":
            return self._token(form)
        return self._directory(path.removeprefix("/admin/directory/v1"), query, bearer)

    def _token(self, form):
        if form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer":
            return self._by_assertion(form["assertion"])
        if (form["client_id"], form["client_secret"]) != ("operator", "shh"):
            return 401, {"error": "invalid_client", "error_description": "Unauthorized"}
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] not in self.refresh_tokens:
                return 400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
            return 200, self._grant("ada@acme.example", self.granted)
        if form["code"] not in self.consents:
            return 400, {"error": "invalid_grant", "error_description": "Malformed auth code."}
        self.consents[form["code"]] = form
        return 200, self._grant("ada@acme.example", self.granted) | {"refresh_token": "refresh-1"}

    def _by_assertion(self, assertion):
        head, body, signature = assertion.split(".")
        try:
            signed = f"{head}.{body}".encode()
            PRIVATE.public_key().verify(_bytes(signature), signed, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return 400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
        claims, scopes = json.loads(_bytes(body)), set()
        if json.loads(_bytes(head))["kid"] != self.key_id:
            return 400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
        assert claims["aud"] == "https://oauth2.googleapis.com/token"
        assert claims["exp"] > time.time()
        scopes = set(claims["scope"].split())
        if not scopes <= self.delegated:
            said = (
                "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any "
            )
            said += "of the scopes requested."
            return 401, {"error": "unauthorized_client", "error_description": said}
        if claims["sub"] not in {person["primaryEmail"] for person in self.people.values()}:
            return 400, {"error": "invalid_grant", "error_description": "Invalid email or User ID"}
        return 200, self._grant(claims["sub"], scopes)

    def _grant(self, admin, scopes):
        token = f"ya29.{len(self.tokens)}"
        self.tokens[token] = (admin, scopes)
        return {"access_token": token, "expires_in": 3599, "token_type": "Bearer", "scope": " ".join(sorted(scopes))}

    def _directory(self, path, query, bearer):
        if bearer not in self.tokens:
            return error(401, "authError", "Invalid Credentials")
        admin, scopes = self.tokens[bearer]
        if not self.api_on:
            return error(403, "accessNotConfigured", DISABLED)
        wanted = MEMBERS if path.endswith("/members") else GROUPS if path == "/groups" else USERS
        if wanted not in scopes:
            return error(403, "insufficientPermissions", "Insufficient Permission")
        if admin not in self.admins:
            return error(403, "forbidden", FORBIDDEN)
        return self._list(path, query)

    def _list(self, path, query):
        if path in ("/users", "/groups"):
            assert query["customer"] == "my_customer"
            rows = self.people if path == "/users" else self.named_groups
            return 200, self._page(path[1:], list(rows.values()), query)
        group = unquote(path.split("/")[2])
        if group not in self.named_groups:
            return error(404, "notFound", "Resource Not Found: groupKey")
        assert query["includeDerivedMembership"] == "true"
        return 200, self._page("members", self.inside[group], query)

    def _page(self, name, rows, query):
        start = int(query.get("pageToken", "p0")[1:])
        size = min(self.page, int(query["maxResults"]))
        page = {"kind": f"admin#directory#{name}", "etag": '"e"', name: rows[start : start + size]}
        return page | ({"nextPageToken": f"p{start + size}"} if start + size < len(rows) else {})


def error(status, reason, message):
    """As Google writes errors."""
    said = {"code": status, "message": message, "errors": [{"message": message, "domain": "global", "reason": reason}]}
    return status, {"error": said}


def _bytes(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _handler(google):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self._answer({})

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer({name: values[0] for name, values in parse_qs(body).items()})

        def _answer(self, form):
            target = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(target.query).items()}
            bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
            status, body = google.answer(self.command, target.path, query, form, bearer)
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=UTF-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    return Handler
