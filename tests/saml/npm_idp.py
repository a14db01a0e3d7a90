"""The IdP of npm (`saml-idp`, Node): installed once from its lock file beside the virtual environment."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.saml.idp import pair
from tests.saml.real_idps import free_port, need, until_up

HERE = Path(__file__).parent / "npm"
CACHE = Path(sys.prefix) / "idps"


def installed():
    """The folder it is in. Two runs that install at once do not disturb each other; without a network there is none."""
    need("nodejs npm", shutil.which("node") and shutil.which("npm"))
    folder = CACHE / hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:16]
    if not folder.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=CACHE))
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, draft / name)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(command, cwd=draft, capture_output=True, text=True, timeout=120, check=False)
        need(f"saml-idp of npm ({done.stderr.strip()[-200:]})", done.returncode == 0)
        try:
            draft.rename(folder)
        except OSError:
            shutil.rmtree(draft)
    return folder


class NpmIdp:
    """It is told at its start whom it serves, asks for no password, and asserts whatever is typed."""

    def __init__(self, root, connection, *, encrypt_for=None):
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.key = pair("npm")
        options = {
            "host": "127.0.0.1", "port": self.port, "cert": _file(root, "idp.crt", self.key.certificate),
            "key": _file(root, "idp.key", self.key.private), "acsUrl": connection.acs_url,
            "sloUrl": f"{connection.entity_id}/logout", "audience": connection.entity_id,
            "serviceProviderId": connection.entity_id,
        }  # fmt: skip
        if encrypt_for:
            options["encryptionCert"] = _file(root, "sp.crt", encrypt_for)
            options["encryptionPublicKey"] = _file(root, "sp.pub", _public(encrypt_for))
        flags = ["--encryptAssertion"] if encrypt_for else []
        program = installed() / "node_modules/saml-idp/bin/run.js"
        self.process = subprocess.Popen(
            ["node", program, *(f"--{name}={value}" for name, value in options.items()), *flags],
            env={**os.environ, "NODE_NO_WARNINGS": "1"}, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until_up(f"{self.base}/metadata")

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


def _file(root, name, text):
    path = Path(root, name)
    path.write_text(text)
    return path


def _public(certificate):
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
