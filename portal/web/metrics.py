"""/metrics: numbers for Prometheus, for whoever has the token, or for this machine itself."""

import hmac
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address
from time import perf_counter

from flask import Blueprint, Flask, Response, abort, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from portal.organizations import measures
from portal.settings import current
from portal.web.access import access, guard

bp = Blueprint("metrics", __name__)
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Kept:
    """What one process has counted since it started."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("door", "method", "status")
        self.requests = Counter("vestibule_requests", "Requests answered.", labels, registry=self.registry)
        self.seconds = Histogram(
            "vestibule_request_seconds", "Time until the answer.", ("door",), buckets=BUCKETS, registry=self.registry
        )
        self.registry.register(FromDatabase())


class FromDatabase:
    """The same in every process."""

    def describe(self) -> Iterable[Metric]:
        return ()  # nothing is asked of the database before somebody asks us

    def collect(self) -> Iterator[Metric]:
        taken = measures.take()
        yield _gauge("organizations", "Organizations.", taken.organizations)
        yield _gauges("members", "Members, by status.", "status", taken.members)
        yield _gauge("sessions", "Browsers signed in.", taken.sessions)
        yield _gauges("directories", "Directories, by mode.", "mode", taken.directories)
        yield _gauges("deliveries", "Webhook deliveries not heard, by status.", "status", taken.deliveries)
        yield _gauges("waiting", "What waits for the worker, by kind.", "kind", taken.waiting)
        yield _gauge("deprovisionings_unacknowledged", "Deprovisionings not acknowledged in time.", taken.overdue)
        name, words = "vestibule_time_to_no_access_seconds", "From request to no access, of the last seven days."
        yield _gauge("deprovisionings", "Deprovisionings of the last seven days.", taken.receipts)
        quantiles = GaugeMetricFamily(name, words, labels=("quantile",))
        for quantile, seconds in taken.seconds_to_no_access.items():
            quantiles.add_metric((quantile,), seconds)
        yield quantiles


def bind(app: Flask) -> None:
    app.extensions["vestibule-metrics"] = Kept()
    app.after_request(_count)


@bp.get("/metrics")
@access("metrics")
def show_metrics() -> Response:
    return Response(generate_latest(_kept().registry), content_type=CONTENT_TYPE_LATEST)


@guard("metrics")
def _may_read() -> None:
    """What is not for you does not exist."""
    token = current().metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not (hmac.compare_digest(given.encode(), token.encode()) if token else _is_this_machine()):
        abort(404)


def _is_this_machine() -> bool:
    """A proxy on this machine that nobody told us of speaks for others."""
    forwarded = {"X-Forwarded-For", "Forwarded"} & set(request.headers.keys())
    if forwarded and not current().trusted_proxies:
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _count(response: Response) -> Response:
    door = (request.blueprint or "none") if request.endpoint != "static" else "static"
    kept = _kept()
    kept.requests.labels(door, request.method, f"{response.status_code // 100}xx").inc()
    kept.seconds.labels(door).observe(perf_counter() - g.began)
    return response


def _kept() -> Kept:
    kept: Kept = current_app.extensions["vestibule-metrics"]
    return kept


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"vestibule_{name}", words, value=value)


def _gauges(name: str, words: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"vestibule_{name}", words, labels=(label,))
    for value, number in values.items():
        family.add_metric((value,), number)
    return family
