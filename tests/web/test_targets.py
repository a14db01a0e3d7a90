"""A browser is sent to a path of ours, and nowhere that only looks like one."""

import pytest

from portal.web import targets


@pytest.mark.parametrize("path", ["/", "/account", "/organizations/acme/members?page=2#top", "/a/%2F"])
def test_paths_of_ours_stay(path):
    assert targets.local(path) == path


@pytest.mark.parametrize("path", [
    None, "", "account", "//evil.example", "/\\evil.example", "///evil", "https://evil.example", "javascript:alert(1)",
    "\t//evil.example", "/\t/evil.example", "/a\r\nb", "/a b", "/" + "x" * 2_000, "/münchen",
])  # fmt: skip
def test_everything_else_goes(path):
    assert targets.local(path) == ""
