"""An address somebody typed never leads into our own network."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from portal.web import fetch


class Answers(BaseHTTPRequestHandler):
    """A small web with good and bad addresses."""

    def do_GET(self):
        self.server.hosts.append(self.headers["Host"])
        status, headers, body = self.server.pages[self.path]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def web():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.hosts = []
    server.pages = {
        "/metadata?a=b": (200, {"Content-Type": "application/xml"}, b"<md/>"),
        "/moved": (302, {"Location": "/metadata?a=b"}, b""),
        "/round": (302, {"Location": "/round"}, b""),
        "/inside": (302, {"Location": "http://127.0.0.2/"}, b""),
        "/file": (302, {"Location": "file:///etc/passwd"}, b""),
        "/large": (200, {}, b"x" * (fetch.MAX_BYTES + 1)),
        "/login": (401, {}, b"secret words"),
    }
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def trusting(make_app, web):
    """An operator who allows this one host and port."""
    with make_app(fetch_allowed_hosts=(f"127.0.0.1:{web.server_port}",)).app_context():
        yield f"http://127.0.0.1:{web.server_port}"


def refused(url):
    with pytest.raises(fetch.NotFetched) as refusal:
        fetch.fetch(url)
    return refusal.value


def test_an_allowed_host_is_fetched(trusting, web):
    fetched = fetch.fetch(f"{trusting}/metadata?a=b")

    assert (fetched.text, fetched.content_type) == ("<md/>", "application/xml")
    assert web.hosts == [f"127.0.0.1:{web.server_port}"]


def test_a_redirect_is_followed(trusting):
    assert fetch.fetch(f"{trusting}/moved").text == "<md/>"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("round", "redirects"),
        ("inside", "not-https"),
        ("file", "not-an-address"),
        ("large", "too-large"),
        ("login", "status"),
    ],
)
def test_a_bad_answer_is_refused(trusting, path, code):
    refusal = refused(f"{trusting}/{path}")

    assert refusal.code == code
    assert "secret" not in str(refusal)


def test_without_the_operators_word_nothing_is_asked(app, web):
    assert refused(f"http://127.0.0.1:{web.server_port}/moved").code == "not-https"
    assert web.hosts == []


@pytest.mark.parametrize("host", [
    "127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]",
    "2130706433", "0x7f000001", "0.0.0.0", "[fe80::1]", "100.64.0.1",
])  # fmt: skip
def test_private_addresses_are_refused(app, host):
    assert refused(f"https://{host}/").code in ("private-address", "no-such-host")


@pytest.mark.parametrize(
    "url", ["ftp://a.example", "https://user@a.example", "https:///x", "javascript:1", "https://a:x/", ""]
)
def test_what_is_no_address_is_refused(app, url):
    assert refused(url).code == "not-an-address"


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111"])
def test_public_addresses_are_public(address):
    assert fetch.is_public(address)


@pytest.mark.parametrize(
    "address", ["192.168.1.1", "224.0.0.1", "::", "::127.0.0.1", "2002:7f00:1::", "fc00::1", "fe80::1%eth0"]
)
def test_private_addresses_are_private(address):
    assert not fetch.is_public(address)


def test_one_private_address_among_public_ones_is_enough(app, monkeypatch):
    answers = [(0, 0, 0, "", ("8.8.8.8", 443)), (0, 0, 0, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)

    assert refused("https://two-faced.example/").code == "private-address"


def test_an_answer_that_drips_is_cut_off(make_app, monkeypatch):
    monkeypatch.setattr(fetch, "SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = threading.Event()
        thread = threading.Thread(target=drip, args=(server, done))
        thread.start()
        port = server.getsockname()[1]

        with make_app(fetch_allowed_hosts=(f"127.0.0.1:{port}",)).app_context():
            assert refused(f"http://127.0.0.1:{port}/").code == "too-slow"
        done.set()
        thread.join()


def drip(server, done):
    line, _ = server.accept()
    with line:
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not done.wait(0.05):
            try:
                line.sendall(b"x")
            except OSError:
                return
