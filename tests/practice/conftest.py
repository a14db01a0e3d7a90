"""What the tests of the practice IdP share."""

import pytest

from tests.practice.recorder import Recorder


@pytest.fixture
def recorder():
    server = Recorder()
    yield server
    server.stop()
