"""A SCIM server that writes down every request, byte for byte, and keeps just enough to answer an IdP's next one."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote_plus, urlsplit


class Recorder:
    def __init__(self):
        self.requests, self.resources, self.refuse = [], {}, {}
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do(self):
                recorder.answer(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do  # noqa: N815

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/scim/v2/d1"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def answer(self, handler):
        length = int(handler.headers.get("Content-Length") or 0)
        body = json.loads(handler.rfile.read(length)) if length else None
        parts = urlsplit(handler.path)
        path = parts.path.removeprefix("/scim/v2/d1")
        self.requests.append((handler.command, path, parts.query, body, dict(handler.headers)))
        status, content = self.refuse.get((handler.command, path)) or self.reply(
            handler.command, path, parts.query, body
        )
        handler.send_response(status)
        handler.send_header("Content-Type", "application/scim+json")
        handler.end_headers()
        if content is not None:
            handler.wfile.write(json.dumps(content).encode())

    def reply(self, method, path, query, body):
        if method == "POST":
            id = f"r{len(self.resources) + 1}"
            self.resources[f"{path}/{id}"] = body | {"id": id}
            return 201, self.resources[f"{path}/{id}"]
        if path in ("/Users", "/Groups"):
            found = [one for key, one in self.resources.items() if key.startswith(path) and self.matches(one, query)]
            return 200, {"totalResults": len(found), "Resources": found}
        if path not in self.resources:
            return 404, {"detail": "there is no such resource", "status": "404"}
        if method == "PUT":
            self.resources[path] = body
        if method == "DELETE":
            del self.resources[path]
        return (204, None) if method in ("PATCH", "DELETE") else (200, self.resources[path])

    def matches(self, one, query):
        words = unquote_plus(query)
        if "filter=" not in words:
            return True
        attribute, value = words.partition("filter=")[2].partition("&")[0].split(" eq ", 1)
        return one.get(attribute) == json.loads(value)

    def sent(self):
        """Method, path and query, and body of each request."""
        return [(method, f"{path}?{query}" if query else path, body) for method, path, query, body, _ in self.requests]

    def agents(self):
        return {headers["User-Agent"] for *_, headers in self.requests}
