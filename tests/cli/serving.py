"""`flask serve`, as an operator runs it."""

import os
import socket
import subprocess
import sys
import time

import requests

from portal.settings import REPOSITORY
from tests.conftest import FERNET


def serve(database_url, folder, **settings):
    """(its address, its process), once it answers."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    env = os.environ | {
        "DATABASE_URL": database_url, "SECRET_KEY": "test " * 8, "ENCRYPTION_KEYS": FERNET,
        "INSTANCE_PATH": str(folder), "LOG_LEVEL": "ERROR",
    } | settings  # fmt: skip
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=env, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True)
    address = f"http://localhost:{port}"
    for _ in range(300):
        try:
            requests.get(f"{address}/readyz", timeout=2).raise_for_status()
            break
        except requests.RequestException:
            time.sleep(0.1)
    return address, process
