"""For pytest: a running Vestibule with practice identity providers, so that an application is tested against the real thing.

It needs the `vestibule` package in the same environment. Override `vestibule_settings` to give it settings.
"""

from collections.abc import Iterator, Mapping

import pytest

from vestibule.testing.server import Running, running


@pytest.fixture(scope="session")
def vestibule_settings() -> Mapping[str, str]:
    """Settings beyond the usual, as the environment has them, such as `{"ACCESS_TOKEN_MINUTES": "1"}`."""
    return {}


@pytest.fixture(scope="session")
def vestibule(tmp_path_factory: pytest.TempPathFactory, vestibule_settings: Mapping[str, str]) -> Iterator[Running]:
    """A Vestibule of the run's own, on a free port, with its worker; gone afterwards."""
    with running(tmp_path_factory.mktemp("vestibule"), vestibule_settings) as server:
        yield server


__all__ = ["Running", "vestibule", "vestibule_settings"]
