"""`flask demo`, as a newcomer starts it: a real process, real HTTP, and nothing left behind."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest
import requests

from portal.practice.personalities import PUSHING
from portal.settings import REPOSITORY

pytestmark = [pytest.mark.once, pytest.mark.timeout(240)]
WANTED = ("PATH", "HOME", "LANG", "TMPDIR")


def environment(folder):
    """Nothing of ours is set, as on a newcomer's machine."""
    return {name: os.environ[name] for name in WANTED if name in os.environ} | {"INSTANCE_PATH": str(folder)}


def command(*words):
    return [sys.executable, "-m", "flask", "--app", "wsgi", "demo", *words]


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture
def start(tmp_path):
    """start(port, *words): a demo that runs, in the same folder each time; none outlives its test."""
    running = []

    def begin(port, *words):
        running.append(Demo(tmp_path, port, *words))
        return running[-1]

    yield begin
    for demo in running:
        demo.process.kill()
        demo.process.communicate()


class Demo:
    """A demo that is running."""

    def __init__(self, folder, port, *words):
        self.url = f"http://localhost:{port}"
        self.process = subprocess.Popen(
            command("--port", str(port), *words),
            cwd=REPOSITORY, env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                requests.get(f"{self.url}/readyz", timeout=2).raise_for_status()
                return
            except requests.RequestException:
                time.sleep(0.1)
        self.process.kill()
        pytest.fail(self.process.communicate()[0])

    def stop(self, number=signal.SIGINT):
        """Status and everything it said."""
        self.process.send_signal(number)
        said, _ = self.process.communicate(timeout=20)
        return self.process.returncode, said


@pytest.mark.parametrize("idp", PUSHING)
def test_the_story_holds_from_the_password_to_the_cut_off(tmp_path, idp):
    played = subprocess.run(
        command("--story", "--idp", idp),
        cwd=REPOSITORY, env=environment(tmp_path), capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert played.returncode == 0, played.stdout + played.stderr
    assert "Every step held" in played.stdout
    assert "201 POST /Users" in played.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_to_go_and_ends_without_a_trace(start, number):
    port = free_port()

    status, said = start(port).stop(number)

    assert status == 0, said
    assert f"Sign in          http://localhost:{port}/login" in said
    assert "Traceback" not in said
    with socket.socket() as again:
        again.bind(("127.0.0.1", port))


def consoles(demo):
    """The addresses of the practice IdPs there are; the demo is stopped after."""
    page = requests.get(f"{demo.url}/practice", timeout=10).text
    assert demo.stop()[0] == 0
    return {word for word in page.split('"') if word.startswith("/practice/")}


def test_starting_it_again_keeps_what_was_there(start):
    port = free_port()
    first = consoles(start(port))

    again = consoles(start(port))

    assert len(first) == 3
    assert again == first


def test_a_fresh_start_forgets(start):
    port = free_port()
    before = consoles(start(port))

    fresh = consoles(start(port, "--fresh"))

    assert len(fresh) == 3
    assert not fresh & before


def test_a_taken_port_is_said_with_a_way_out(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        refused = subprocess.run(
            command("--port", str(port)),
            cwd=REPOSITORY, env=environment(tmp_path), capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    assert refused.returncode == 1
    assert f"--port {port + 1}" in refused.stderr
