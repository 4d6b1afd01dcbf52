"""Every metric of the process, in one class that takes a registry.

Who feeds what: `bot.server` the `http_*` ones; `bot.slack_endpoint` and `bot.slack_dispatch`
`slack_requests`, `slack_ack_duration`, `slack_rejected` and the Slack clock skew; `handlers.slack`
`slack_duplicates`, `slack_listener_failures` and `slack_api_requests`;
`handlers.http.notion_webhook` `webhook_events`; `notion_sync` `notion_*`,
`rate_limit_hits`, `follower_*` and `sync_lag`; `observability.backlog` the backlog gauges;
`storage`, through `mongo_observed`, `mongo_operation_duration`; `observability.writes` `writes`;
`observability.checks`, through `watched`, `mongo_up`; `bot.wiring` `notion_connections`;
`observability.heartbeat` `event_loop_lag`; `observability.admission` `requests_*`;
`bot.background` `background_failures`. Nothing is
declared that nobody feeds, and no label holds a user, a team, a channel, a task or a raw path.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import product
from typing import Protocol

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

# A boundary lies exactly on each objective: 2.5 s is ours, 3 s is Slack's.
ANSWER_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 3, 5)
LAG_SECONDS = (0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900, 3600)
NOTION_SECONDS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 20)
MONGO_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1)

LAG_DIRECTIONS = ("to_notion", "from_notion")
RESOLUTIONS = ("slack", "notion")
ROUNDS = ("poll", "sweep")
SLACK_KINDS = ("command", "action", "view", "shortcut", "options", "event", "other")
LISTENER_SURFACES = ("command", "action", "view", "shortcut", "options", "event")
SLACK_OUTCOMES = ("answered", "late", "failed")
REJECTIONS = ("too_large", "headers", "stale", "signature", "body")
TURNED_AWAY = ("people", "event", "rest", "webhook")
SLACK_METHODS = (
    "chat.postEphemeral",
    "chat.postMessage",
    "chat.update",
    "response_url",
    "users.info",
    "views.open",
    "views.publish",
    "views.update",
    "other",
)
SLACK_STATUSES = ("ok", "error", "rate_limited", "unreachable")
SHARED_RESULTS = ("edited", "unchanged", "posted", "found", "forgotten", "refused")
FOLLOWERS = ("notion", "notion_in")
"""What waits to be written to Notion, and rows of Notion that wait to be looked at."""
WORKING = ("notion",)
"""Those whose claims are counted: both directions are one piece of work."""
JOB_RESULTS = ("done", "postponed", "released", "set_aside", "lease_lost", "failed")
ATTEMPT_CLASSES = ("ok", "no_effect", "ambiguous", "refused", "paused")
NOTION_OPERATIONS = (
    "create_page",
    "get_page",
    "update_page",
    "query",
    "read_schema",
    "write_schema",
    "users",
    "search",
    "other",
)
NOTION_STATUSES = ("200", "400", "401", "404", "409", "429", "4xx", "5xx", "none")
LIMIT_SOURCES = (
    "notion_connection",
    "notion_workspace",
    "notion_endpoint",
    "slack",
    "user",
    "team",
    "api_key",
)
MONGO_OPERATIONS = (  # as storage names them; the many rare ones are `other`
    "budget.take",
    "queue.claim",
    "queue.complete",
    "tasks.add",
    "tasks.change",
    "tasks.find",
    "tasks.get",
    "tasks.number",
    "other",
)
WEBHOOK_RESULTS = (
    *("accepted", "duplicate", "echo", "ignored"),
    *("handshake", "rejected", "failed"),
)
WRITE_OUTCOMES = ("saved", "not_saved", "not_known")
HTTP_STATUSES = ("200", "500", "503")
"""Of every endpoint from the start; who has others declares them, rare ones appear when met."""
UNKNOWN_STATUSES = ("404", "405")
OTHER = "other"
NOTHING_PENDING = float("nan")  # compares false, so no alert on an age can fire


class _Labelled(Protocol):
    def labels(self, *values: str) -> object: ...


class Metrics:
    """The process's metrics; every known label child exists from the start, at zero."""

    def __init__(
        self, registry: CollectorRegistry, *, version: str = "unknown", commit: str = "unknown"
    ) -> None:
        # Else each series is doubled by a `_created` gauge.
        disable_created_metrics()  # type: ignore[no-untyped-call]  # prometheus_client lacks it
        self.registry = registry
        self._http()
        self._slack()
        self._followers()
        self._notion()
        self._process()
        self.build_info.labels(version, commit).set(1)

    def render(self) -> tuple[bytes, str]:
        """Return everything in Prometheus' text format, and its content type."""
        return generate_latest(self.registry), CONTENT_TYPE_LATEST

    def declare_endpoints(self, templates: Iterable[str]) -> None:
        """Create the children of every route template, so that the first request is a step."""
        for endpoint in {*templates, OTHER}:
            self.http_duration.labels(endpoint)
            self.declare_statuses(endpoint, HTTP_STATUSES)
        self.declare_statuses(OTHER, UNKNOWN_STATUSES)

    def declare_statuses(self, endpoint: str, statuses: Iterable[str]) -> None:
        """Create the children of what an endpoint is known to answer."""
        _create(self.http_requests, (endpoint,), tuple(statuses))

    def pending(
        self, follower: str, *, behind: int, oldest: datetime | None, set_aside: int
    ) -> None:
        """Record how far a follower is behind."""
        self.followers_behind.labels(follower).set(behind)
        self.dead_letters.labels(follower).set(set_aside)
        since = oldest.timestamp() if oldest else NOTHING_PENDING
        self.follower_oldest_pending.labels(follower).set(since)

    def notion_called(self, operation: str, *, status: int | None, seconds: float) -> None:
        """Record one call to Notion; without a status no answer came."""
        operation = known(operation, NOTION_OPERATIONS)
        self.notion_api_calls.labels(operation, notion_status(status)).inc()
        self.notion_request_duration.labels(operation).observe(seconds)

    def mongo_observed(self, operation: str, seconds: float) -> None:
        """Record one try of a database operation."""
        self._mongo_operations.get(operation, self._other_mongo_operation).observe(seconds)

    def notion_connected(self, *, working: int, needs_attention: int) -> None:
        """Record how many connections to Notion work, and how many wait for their installer."""
        self.notion_connections.labels("working").set(working)
        self.notion_connections.labels("needs_attention").set(needs_attention)

    def slack_called(self, method: str, *, status: str) -> None:
        """Record one call to Slack; `status` is one of SLACK_STATUSES."""
        self.slack_api_requests.labels(known(method, SLACK_METHODS), status).inc()

    def turned_away(self, kind: str) -> None:
        """Record a request that nothing was done with; what is no other kind is people's."""
        self.requests_shed.labels(kind if kind in TURNED_AWAY else "people").inc()

    def _http(self) -> None:
        self.http_duration = self._histogram(
            "http_request_duration_seconds",
            "Time to answer an HTTP request, by route template.",
            ("endpoint",),
            ANSWER_SECONDS,
        )
        self.http_requests = self._counter(
            "http_requests_total",
            "HTTP requests answered, by route template and status.",
            ("endpoint", "status"),
        )

    def _slack(self) -> None:
        self.slack_requests = self._counter(
            "taskbridge_slack_requests_total",
            "Verified requests from Slack: answered in time, answered late, or failed.",
            ("kind", "outcome"),
            SLACK_KINDS,
            SLACK_OUTCOMES,
        )
        self.slack_ack_duration = self._histogram(
            "taskbridge_slack_ack_duration_seconds",
            "Time until Slack had its answer.",
            ("kind",),
            ANSWER_SECONDS,
            SLACK_KINDS,
        )
        self.slack_rejected = self._counter(
            "taskbridge_slack_rejected_total",
            "Requests to the Slack endpoint that were refused before anything was parsed.",
            ("reason",),
            REJECTIONS,
        )
        self.requests_shed = self._counter(
            "taskbridge_requests_shed_total",
            "Requests turned away before anything was done, because too many were under way.",
            ("kind",),
            TURNED_AWAY,
        )
        self.requests_under_way = self._gauge(
            "taskbridge_requests_under_way", "Requests that are being worked on."
        )
        self.requests_let_in = self._gauge(
            "taskbridge_requests_let_in",
            "How many are worked on at once before any is turned away.",
        )
        self.slack_listener_failures = self._counter(
            "taskbridge_slack_listener_failures_total",
            "Requests that people were answered with an apology for an error nobody foresaw.",
            ("surface",),
            LISTENER_SURFACES,
        )
        self.slack_duplicates = self._counter(
            "taskbridge_slack_duplicates_total",
            "User actions that came again and were answered as the first time.",
            ("kind",),
            SLACK_KINDS,
        )
        self.slack_api_requests = self._counter(
            "taskbridge_slack_api_requests_total",
            "Calls to Slack's Web API and response URLs.",
            ("method", "status"),
            SLACK_METHODS,
            SLACK_STATUSES,
        )

    def _followers(self) -> None:
        self.followers_behind = self._gauge(
            "taskbridge_followers_behind", "Tasks whose copy waits to be made.", ("follower",)
        )
        self.follower_oldest_pending = self._gauge(
            "taskbridge_follower_oldest_pending_timestamp_seconds",
            "Since when the task that waits longest does; NaN when none waits.",
            ("follower",),
        )
        self.dead_letters = self._gauge(
            "taskbridge_dead_letters", "Tasks set aside until a person acts.", ("follower",)
        )
        for follower in FOLLOWERS:
            self.pending(follower, behind=0, oldest=None, set_aside=0)
        self.shared_cards = self._counter(
            "taskbridge_shared_cards_total",
            "Places that a task is shown in and that were brought up to date, by how that ended.",
            ("result",),
            SHARED_RESULTS,
        )
        self.follower_jobs = self._counter(
            "taskbridge_follower_jobs_total",
            "Claims that ended, by how.",
            ("follower", "result"),
            WORKING,
            JOB_RESULTS,
        )
        self.follower_attempts = self._counter(
            "taskbridge_follower_attempts_total",
            "Attempts to copy a task, by what is known of their effect.",
            ("follower", "class"),
            WORKING,
            ATTEMPT_CLASSES,
        )
        self.sync_lag = self._histogram(
            "taskbridge_sync_lag_seconds",
            "Time from a change to its copy on the other side.",
            ("direction",),
            LAG_SECONDS,
            LAG_DIRECTIONS,
        )

    def _notion(self) -> None:
        self.notion_api_calls = self._counter(
            "notion_api_calls_total",
            "Calls to the Notion API.",
            ("operation", "status"),
            NOTION_OPERATIONS,
            NOTION_STATUSES,
        )
        self.webhook_events = self._counter(
            "taskbridge_webhook_events_total",
            "Requests to the endpoint of Notion's webhooks, by what became of them.",
            ("result",),
            WEBHOOK_RESULTS,
        )
        self.rate_limit_hits = self._counter(
            "rate_limit_hits_total",
            "Refusals for asking too often, by who refused.",
            ("source",),
            LIMIT_SOURCES,
        )
        self.notion_request_duration = self._histogram(
            "taskbridge_notion_request_duration_seconds",
            "Time of a call to the Notion API.",
            ("operation",),
            NOTION_SECONDS,
            NOTION_OPERATIONS,
        )
        self.notion_pause_until = self._gauge(
            "taskbridge_notion_pause_until_timestamp_seconds",
            "Until when Notion told us to wait, as last told; 0 before the first time.",
        )
        self.notion_budget = self._gauge(
            "taskbridge_notion_budget_calls_per_minute",
            "Calls to Notion that we allow ourselves in a minute, all together; 0: sync is off.",
        )
        self.notion_connections = self._gauge(
            "taskbridge_notion_connections",
            "Connections to Notion, by whether their installer has to see to them.",
            ("state",),
        )
        self.notion_connected(working=0, needs_attention=0)
        self.conflicts = self._counter(
            "taskbridge_conflicts_total",
            "Fields that both sides had changed (slack); cards on which Notion was taken (notion).",
            ("resolution",),
            RESOLUTIONS,
        )
        self.reconcile_last_success = self._gauge(
            "taskbridge_reconcile_last_success_timestamp_seconds",
            "When this instance last got to the end of a look through Notion, by kind; 0: never.",
            ("work",),
        )
        for work in ROUNDS:
            self.reconcile_last_success.labels(work)
        self.notion_duplicate_pages = self._counter(
            "taskbridge_notion_duplicate_pages_total",
            "Second pages of one task that were found and put in the trash.",
        )

    def _process(self) -> None:
        self.mongo_operation_duration = self._histogram(
            "taskbridge_mongo_operation_duration_seconds",
            "Time of one try of a database operation.",
            ("operation",),
            MONGO_SECONDS,
            MONGO_OPERATIONS,
        )
        # Found once: to find a label takes longer than to count, and each request does both.
        children = self.mongo_operation_duration.labels
        self._mongo_operations = {name: children(name) for name in MONGO_OPERATIONS}
        self._other_mongo_operation = children(OTHER)
        self.mongo_pool_in_use = self._gauge(
            "taskbridge_mongo_pool_in_use", "Operations that use a connection, or wait for one."
        )
        self.mongo_up = self._gauge(
            "taskbridge_mongo_up", "Whether the database took writes when last asked: 1 or 0."
        )
        self.writes = self._counter(
            "taskbridge_writes_total",
            "Tasks made and changed: saved, surely not saved, or not known.",
            ("outcome",),
            WRITE_OUTCOMES,
        )
        self.event_loop_lag = self._gauge(
            "taskbridge_event_loop_lag_seconds",
            "How late the event loop woke a sleeper, at worst, in the last half minute.",
        )
        self.background_failures = self._counter(
            "taskbridge_background_failures_total",
            "Workers that broke by an error nobody foresaw, and were begun anew.",
        )
        self.clock_skew = self._gauge(
            "taskbridge_clock_skew_seconds",
            "Our clock less the other side's, as of its last message.",
            ("source",),
        )
        self.clock_skew.labels("slack")
        self.build_info = self._gauge(
            "taskbridge_build_info", "The running version; always 1.", ("version", "commit")
        )

    def _counter(
        self, name: str, text: str, labels: tuple[str, ...] = (), *values: tuple[str, ...]
    ) -> Counter:
        counter = Counter(name, text, labels, registry=self.registry)
        _create(counter, *values)
        return counter

    def _gauge(self, name: str, text: str, labels: tuple[str, ...] = ()) -> Gauge:
        return Gauge(name, text, labels, registry=self.registry)

    def _histogram(
        self,
        name: str,
        text: str,
        labels: tuple[str, ...],
        buckets: tuple[float, ...],
        *values: tuple[str, ...],
    ) -> Histogram:
        histogram = Histogram(name, text, labels, buckets=buckets, registry=self.registry)
        _create(histogram, *values)
        return histogram


def known(value: str, values: tuple[str, ...]) -> str:
    """Return `value` where it is one of the label's values, else `other`."""
    return value if value in values else OTHER


def notion_status(status: int | None) -> str:
    """Return the label of an HTTP status: itself, its hundred, or `none`."""
    if status is None:
        return "none"
    exact = str(status)
    return exact if exact in NOTION_STATUSES else f"{max(status, 400) // 100}xx"


def _create(metric: _Labelled, *values: tuple[str, ...]) -> None:
    for child in _products(values):
        metric.labels(*child)


def _products(values: tuple[tuple[str, ...], ...]) -> Iterator[tuple[str, ...]]:
    return product(*values) if values else iter(())
