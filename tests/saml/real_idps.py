"""Identity providers nobody here wrote, started for the tests: SimpleSAMLphp (PHP) and pysaml2 (Python, xmlsec1)."""

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.saml.idp import pair
from tests.saml.php import AUTHSOURCES, CONFIG, IDP_HOSTED, sp_remote

SIMPLESAML = Path("/usr/share/simplesamlphp/www")


def need(tool, present):
    """A missing tool is skipped at a desk and a failure where `CI=true` promises that nothing is."""
    if not present:
        missing = f"{tool} is missing: apt-get install -y --no-install-recommends {tool}"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def until_up(url, seconds=20):
    for _ in range(seconds * 20):
        try:
            if httpx.get(url).status_code < 500:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"{url} does not answer")


class SimpleSamlPhp:
    """`php -S` over Debian's package, with a folder of its own; it reads who its applications are at each request."""

    def __init__(self, root):
        self.root, self.port = Path(root), free_port()
        self.base = f"http://127.0.0.1:{self.port}/simplesaml"
        self.metadata_url = f"{self.base}/saml2/idp/metadata.php"
        self._write()
        self.process = subprocess.Popen(
            ["php", "-d", "error_reporting=0", "-d", "opcache.enable=0", "-S", f"127.0.0.1:{self.port}", "-t", self.root / "www"],
            env={**os.environ, "SIMPLESAMLPHP_CONFIG_DIR": str(self.root / "config"), "PHP_CLI_SERVER_WORKERS": "3"},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip

    def _write(self):
        for folder in ("config", "metadata", "cert", "www", "log", "data", "tmp"):
            (self.root / folder).mkdir(parents=True)
        (self.root / "www/simplesaml").symlink_to(SIMPLESAML)
        (self.root / "config/config.php").write_text(CONFIG.replace("ROOT", str(self.root)))
        (self.root / "config/authsources.php").write_text(AUTHSOURCES)
        (self.root / "metadata/saml20-idp-hosted.php").write_text(IDP_HOSTED)
        (self.root / "metadata/saml20-sp-remote.php").write_text("<?php\n")
        key = pair("simplesamlphp")
        (self.root / "cert/server.pem").write_text(key.private)
        (self.root / "cert/server.crt").write_text(key.certificate)

    def trust(self, connection, **options):
        (self.root / "metadata/saml20-sp-remote.php").write_text(
            sp_remote(connection.entity_id, connection.acs_url, **options)
        )

    def metadata(self):
        return httpx.get(self.metadata_url).text

    def stop(self):
        """The workers outlive their parent unless the whole group goes."""
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(10)


ADA = {"mail": "ada@acme.example", "givenName": "Ada", "sn": "Lovelace"}


class PySaml2:
    """An IdP on `saml2.server.Server` which knows one person and asks nobody for a password."""

    def __init__(self, root):
        self.root = Path(root)
        key = pair("pysaml2")
        (self.root / "idp.pem").write_text(key.private)
        (self.root / "idp.crt").write_text(key.certificate)
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), _PySaml2Pages)
        self.http.idp = self
        self.base = f"http://127.0.0.1:{self.http.server_port}"
        self.sign_alg = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
        self.digest_alg = "http://www.w3.org/2001/04/xmlenc#sha256"
        self.thread = threading.Thread(target=self.http.serve_forever, daemon=True)
        self.thread.start()

    def trust(self, sp_metadata):
        from saml2 import BINDING_HTTP_REDIRECT
        from saml2.config import IdPConfig
        from saml2.server import Server

        settings = {
            "entityid": f"{self.base}/metadata", "xmlsec_binary": shutil.which("xmlsec1"),
            "key_file": str(self.root / "idp.pem"), "cert_file": str(self.root / "idp.crt"),
            "metadata": {"inline": [sp_metadata]},
            "service": {"idp": {
                "endpoints": {"single_sign_on_service": [(f"{self.base}/sso", BINDING_HTTP_REDIRECT)]},
                "policy": {"default": {"lifetime": {"minutes": 5}, "attribute_restrictions": None}},
            }},
        }  # fmt: skip
        self.server = Server(config=IdPConfig().load(settings))

    def metadata(self):
        from saml2.metadata import entity_descriptor

        return str(entity_descriptor(self.server.config))

    def answer(self, query):
        from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
        from saml2.saml import NAMEID_FORMAT_PERSISTENT, NameID

        request = self.server.parse_authn_request(query["SAMLRequest"][0], BINDING_HTTP_REDIRECT)
        response = self.server.create_authn_response(
            identity=ADA, userid="ada", name_id=NameID(format=NAMEID_FORMAT_PERSISTENT, text="ada-1"),
            authn={"class_ref": "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"},
            sign_response=True, sign_assertion=True, sign_alg=self.sign_alg, digest_alg=self.digest_alg,
            **self.server.response_args(request.message),
        )  # fmt: skip
        destination = request.message.assertion_consumer_service_url
        page = self.server.apply_binding(
            BINDING_HTTP_POST, str(response), destination, query["RelayState"][0], response=True
        )
        return page["data"]

    def stop(self):
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


class _PySaml2Pages(BaseHTTPRequestHandler):
    def do_GET(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = self.server.idp.answer(parse_qs(urlsplit(self.path).query)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass
