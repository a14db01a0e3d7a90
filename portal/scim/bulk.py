"""/Bulk: many operations in one request, each all or nothing, in one transaction and one exchange (RFC 7644 §3.7)."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Response, g

from portal.extensions import db
from portal.organizations.refusals import Refused
from portal.scim import at_hand, bulk_references, errors, groups, users
from portal.scim.at_hand import Document, Part
from portal.scim.bulk_operations import Operation, most_errors, read
from portal.scim.entry import body, place
from portal.scim.errors import ScimError, not_found
from portal.scim.rendering import answer
from portal.scim.resources import written

RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
MAKE: dict[str, Callable[[], Response]] = {"User": users.create_user, "Group": groups.create_group}
CHANGE: dict[tuple[str, str], Callable[[uuid.UUID], Response]] = {
    ("User", "PUT"): users.replace_user, ("User", "PATCH"): users.change_user, ("User", "DELETE"): users.delete_user,
    ("Group", "PUT"): groups.replace_group, ("Group", "PATCH"): groups.change_group, ("Group", "DELETE"): groups.delete_group,
}  # fmt: skip
Outcome = Response | ScimError


@dataclass
class _Job:
    """`ids` are those of what was made, by bulkId; `outcomes` what became of each operation, by its place."""

    operations: list[Operation]
    needs: list[set[int]]
    ids: dict[str, str] = field(default_factory=dict)
    outcomes: dict[int, Outcome] = field(default_factory=dict)

    @property
    def errors(self) -> list[ScimError]:
        return [one for one in self.outcomes.values() if isinstance(one, ScimError)]


def run() -> Response:
    message = body()
    operations = read(message, place().base_url)
    enough = most_errors(message)
    job = _Job(operations, bulk_references.needs(operations))
    for unit in bulk_references.units(operations):
        _work(job, unit)
        if enough is not None and len(job.errors) >= enough:
            break
    return _written(job)


def _work(job: _Job, unit: list[int]) -> None:
    """A savepoint around each unit: what failed leaves nothing behind, and the others go on."""
    tried = [unit[0]]
    made = dict(job.ids)
    try:
        with db.session.begin_nested():
            done = _do(job, unit, tried)
            db.session.flush()
    except (ScimError, Refused) as error:
        job.ids = made
        _fail(job, unit, tried[-1], error if isinstance(error, ScimError) else errors.of_refusal(error))
    else:
        job.outcomes |= done


def _do(job: _Job, unit: list[int], tried: list[int]) -> dict[int, Response]:
    """What refers to each other is made without the references first, then completed (RFC 7644 §3.7.2)."""
    done: dict[int, Response] = {}
    incomplete = []
    for index in unit:
        tried.append(index)
        operation = job.operations[index]
        _require_ready(job, index, unit)
        missing = {job.operations[one].bulk_id for one in job.needs[index]} - job.ids.keys()
        data = bulk_references.without(operation.data, missing) if missing else operation.data
        done[index] = _one(job, operation, data)
        if missing:
            incomplete.append(index)
    for index in incomplete:
        tried.append(index)
        done[index].headers["ETag"] = _complete(job, job.operations[index]).headers["ETag"]
    return done


def _require_ready(job: _Job, index: int, unit: list[int]) -> None:
    problem = job.operations[index].problem
    if problem is not None:
        raise problem
    for needed in sorted(job.needs[index] - set(unit)):
        if isinstance(why := job.outcomes[needed], ScimError):
            raise bulk_references.failed(job.operations[needed].bulk_id, why)


def _one(job: _Job, operation: Operation, data: object) -> Response:
    assert operation.kind is not None  # noqa: S101 (only an operation with a problem has none)
    with at_hand.one(_part(job, data, operation.version)):
        if operation.method != "POST":
            return CHANGE[operation.kind.name, operation.method](_target(job, operation))
        response = MAKE[operation.kind.name]()
    job.ids[operation.bulk_id] = response.headers["Location"].rpartition("/")[2]
    return response


def _complete(job: _Job, operation: Operation) -> Response:
    assert operation.kind is not None  # noqa: S101
    with at_hand.one(_part(job, operation.data)):
        return CHANGE[operation.kind.name, "PUT"](uuid.UUID(job.ids[operation.bulk_id]))


def _part(job: _Job, data: object, version: str = "") -> Part:
    resolved = bulk_references.resolve(data, job.ids)
    assert isinstance(resolved, dict)  # noqa: S101 (read as one, and references are not whole documents)
    return Part(resolved, version)


def _target(job: _Job, operation: Operation) -> uuid.UUID:
    assert operation.kind is not None  # noqa: S101
    try:
        return uuid.UUID(str(bulk_references.resolve(operation.target, job.ids)))
    except ValueError:
        raise not_found(operation.kind.name.lower()) from None


def _fail(job: _Job, unit: list[int], culprit: int, why: ScimError) -> None:
    for index in unit:
        job.outcomes[index] = why if index == culprit else bulk_references.failed(job.operations[culprit].bulk_id, why)


def _written(job: _Job) -> Response:
    """Recorded once, also when nothing succeeded."""
    found = [_result(job, job.operations[index], job.outcomes[index]) for index in sorted(job.outcomes)]
    response = answer({"schemas": [RESPONSE], "Operations": found})
    if job.errors:
        words = f"{len(job.errors)} of {len(job.operations)} operations failed. The first: "
        g.scim_problem = words + (job.errors[0].detail or errors.WORDS[job.errors[0].status])
    return written(response)


def _result(job: _Job, operation: Operation, outcome: Outcome) -> Document:
    """The body is told of failures only; of the others, where they are and in what version (RFC 7644 §3.7)."""
    response = outcome.answer() if isinstance(outcome, ScimError) else outcome
    known = {
        "location": response.headers.get("Location") or _place(job, operation), "method": operation.method,
        "bulkId": operation.bulk_id, "version": response.headers.get("ETag"), "status": str(response.status_code),
    }  # fmt: skip
    result: Document = {name: value for name, value in known.items() if value}
    if isinstance(outcome, ScimError):
        result["response"] = response.get_json()
    return result


def _place(job: _Job, operation: Operation) -> str:
    """Where the operation pointed; a POST that failed points nowhere."""
    if operation.kind is None or not operation.target:
        return ""
    target = job.ids.get(operation.target.partition(":")[2], operation.target)
    return f"{place().base_url}{operation.kind.endpoint}/{target}"
