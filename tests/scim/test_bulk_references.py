"""In what order the operations of a bulk request run."""

import pytest

from portal.scim.bulk_operations import read
from portal.scim.bulk_references import units


@pytest.fixture(autouse=True)
def _settings(app):
    """How many operations there may be is a setting."""


def order(*operations):
    return units(read({"Operations": list(operations)}, "http://localhost"))


def post(bulk_id, *needed):
    data = {"members": [{"value": f"bulkId:{one}"} for one in needed]}
    return {"method": "POST", "path": "/Groups", "bulkId": bulk_id, "data": data}


def patch(target, *needed):
    return {"method": "PATCH", "path": f"/Groups/{target}", "data": post("", *needed)["data"]}


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        ([post("a"), post("b"), post("c")], [[0], [1], [2]]),
        ([post("a", "c"), post("b"), post("c"), post("d")], [[1], [2], [0], [3]]),
        ([post("a", "b"), post("b", "c"), post("c")], [[2], [1], [0]]),
        ([post("a", "a")], [[0]]),
        ([post("a", "b"), post("x"), post("b", "a"), post("y")], [[1], [0, 2], [3]]),
        ([post("a", "b"), post("b", "c"), post("c", "a"), post("d", "a")], [[0, 1, 2], [3]]),
        ([post("d", "a"), post("a", "b"), post("b", "a")], [[1, 2], [0]]),
        ([post("a", "b", "c"), post("b", "a"), post("c", "d"), post("d", "c")], [[2, 3], [0, 1]]),
        ([patch("1", "a"), patch("2"), patch("1"), post("a")], [[1], [3], [0], [2]]),
        ([patch("bulkId:a"), post("a")], [[1], [0]]),
        ([post("a", "nowhere"), post("b")], [[0], [1]]),
    ],
)
def test_nothing_runs_before_what_it_refers_to(operations, expected):
    assert order(*operations) == expected


def test_a_chain_of_a_thousand_is_sorted(app):
    chain = [post(str(one), str(one + 1)) for one in range(999)] + [post("999")]

    assert order(*chain) == [[one] for one in reversed(range(1000))]
