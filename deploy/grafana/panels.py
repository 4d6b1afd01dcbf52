"""What the dashboard shows, in the order in which somebody woken up asks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One line or group of lines."""

    expr: str
    legend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One picture; what lies beyond the objective is coloured, and the objective is a line."""

    title: str
    says: str
    """How to read it, for the (i) in the corner."""
    queries: tuple[Query, ...]
    unit: str = "short"
    objective: float | None = None
    good_above: bool = False
    """Whether the objective is a floor rather than a ceiling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A row of panels."""

    title: str
    panels: tuple[Panel, ...]


def _one(expr: str, legend: str) -> tuple[Query, ...]:
    return (Query(expr=expr, legend=legend),)


def _quantiles(metric: str, label: str) -> tuple[Query, ...]:
    return tuple(
        Query(expr=f"taskbridge:{metric}:{p}_5m >= 0", legend=f"{{{{{label}}}}} {p}")
        for p in ("p50", "p95", "p99")
    )


SERVED = Question(
    title="Are people served?",
    panels=(
        Panel(
            title="Alerts firing",
            says="Each has a runbook of the same name. None is best.",
            queries=_one(
                'count by (alertname) (ALERTS{alertname=~"Taskbridge.*", alertstate="firing"})'
                ' or on () label_replace(vector(0), "alertname", "none", "", "")',
                "{{alertname}}",
            ),
            objective=1,
        ),
        Panel(
            title="Answers to Slack: p50, p95, p99",
            says="Slack gives up at 3 s; the objective is 2.5 s. At 2.4 s: the database is gone.",
            queries=_quantiles("slack_ack_duration_seconds", "kind"),
            unit="s",
            objective=2.5,
        ),
        Panel(
            title="Slow answers, of the last hour",
            says="S1: 99.9 % within 2.5 s. A page at 1.44 %.",
            queries=_one("taskbridge:ack_slow:ratio_rate1h", "slower than 2.5 s"),
            unit="percentunit",
            objective=0.001,
        ),
        Panel(
            title="Requests from Slack, by how they ended",
            says="late: the answer came afterwards. failed: an apology with a request id.",
            queries=_one(
                "sum by (outcome) (rate(taskbridge_slack_requests_total[5m]))", "{{outcome}}"
            ),
            unit="reqps",
        ),
        Panel(
            title="Requests turned away",
            says="More comes in than is done: they were told so, and nothing was changed. Events"
            " and webhooks come again.",
            queries=_one("sum by (kind) (rate(taskbridge_requests_shed_total[5m]))", "{{kind}}"),
            unit="reqps",
        ),
        Panel(
            title="Writes, by how they ended",
            says="not_saved and not_known: people were told so, and try again. Look at MongoDB.",
            queries=_one("sum by (outcome) (rate(taskbridge_writes_total[5m]))", "{{outcome}}"),
            unit="wps",
        ),
        Panel(
            title="Writes not saved, of the last hour",
            says="S2: 99.5 % are saved. A page at 7.2 %.",
            queries=_one("taskbridge:save_failed:ratio_rate1h", "not saved or not known"),
            unit="percentunit",
            objective=0.005,
        ),
        Panel(
            title="HTTP, p95 by endpoint",
            says="The REST API and everything else on the same port.",
            queries=_one("taskbridge:http_request_duration_seconds:p95_5m >= 0", "{{endpoint}}"),
            unit="s",
            objective=0.5,
        ),
        Panel(
            title="HTTP, by status",
            says="503 of /health and /readyz: nothing can be saved. 500: a fault of ours.",
            queries=_one("sum by (status) (rate(http_requests_total[5m]))", "{{status}}"),
            unit="reqps",
        ),
    ),
)

SYNC = Question(
    title="Does sync keep up?",
    panels=(
        Panel(
            title="From a change to its row in Notion: p50, p95, p99",
            says="Of changes that arrived. Nothing at all beside a growing queue: nothing arrives.",
            queries=_quantiles("sync_lag_seconds", "direction"),
            unit="s",
            objective=60,
        ),
        Panel(
            title="Changes slower than 60 s, of the last hour",
            says="S3: 99 % within 60 s, the pauses that Notion declares excluded.",
            queries=_one("taskbridge:sync_slow_unpaused:ratio_rate1h", "slower than 60 s"),
            unit="percentunit",
            objective=0.01,
        ),
        Panel(
            title="Tasks that wait",
            says="Rising: more is added than is copied; who limits us is below. Not renewed while"
            " MongoDB takes no writes.",
            queries=_one("max by (follower) (taskbridge_followers_behind)", "{{follower}}"),
            objective=100,
        ),
        Panel(
            title="Age of the oldest change that waits",
            says="Rising, no claim done: nothing moves. Rising while claims are done: more is added"
            " than is copied. Empty: nothing waits.",
            queries=_one(
                "time() - min by (follower) (taskbridge_follower_oldest_pending_timestamp_seconds)",
                "{{follower}}",
            ),
            unit="s",
            objective=900,
        ),
        Panel(
            title="Tasks set aside",
            says="Notion refuses what they hold; each card says why. A poison task ends here.",
            queries=_one("max by (follower) (taskbridge_dead_letters)", "{{follower}}"),
            objective=1,
        ),
        Panel(
            title="Attempts, by what came of them",
            says="paused: our budget is spent, or Notion has us wait. ambiguous: unclear if done.",
            queries=_one(
                "sum by (class) (rate(taskbridge_follower_attempts_total[5m]))", "{{class}}"
            ),
            unit="ops",
        ),
        Panel(
            title="Claims, by how they ended",
            says="postponed: tried again later. lease_lost: another instance took over.",
            queries=_one(
                "sum by (result) (rate(taskbridge_follower_jobs_total[5m]))", "{{result}}"
            ),
            unit="ops",
        ),
        Panel(
            title="Since the last poll of Notion",
            says="A minute is usual. Longer: edits in Notion wait, unless webhooks tell of them.",
            queries=_one(
                "time() - max("
                'taskbridge_reconcile_last_success_timestamp_seconds{work="poll"} > 0)',
                "poll",
            ),
            unit="s",
            objective=600,
        ),
        Panel(
            title="Conflicts, in a day",
            says="slack: fields that both had changed. notion: cards on which Notion's was taken.",
            queries=_one(
                "sum by (resolution) (increase(taskbridge_conflicts_total[1d]))", "{{resolution}}"
            ),
        ),
        Panel(
            title="Second pages of one task, in a day",
            says="Found and put in the trash. Should never be more than 0.",
            queries=_one(
                "sum(increase(taskbridge_notion_duplicate_pages_total[1d]))", "duplicates"
            ),
            objective=1,
        ),
    ),
)

LIMITS = Question(
    title="Who limits us?",
    panels=(
        Panel(
            title="Calls to Notion in a minute, by status",
            says="At the budget (NOTION_REQUESTS_PER_MINUTE), and no 429: we limit ourselves, and"
            " a queue grows by what is more.",
            queries=(
                Query(
                    expr="sum by (status) (rate(notion_api_calls_total[5m])) * 60 > 0",
                    legend="{{status}}",
                ),
                Query(expr="max(taskbridge_notion_budget_calls_per_minute)", legend="budget"),
            ),
        ),
        Panel(
            title="Failing calls to Notion",
            says="5xx and none: Notion is down. 401: the token. 429: the limit. 400: one task.",
            queries=_one(
                'sum by (status) (rate(notion_api_calls_total{status!="200"}[5m]))'
                " / on () group_left () sum(rate(notion_api_calls_total[5m]))",
                "{{status}}",
            ),
            unit="percentunit",
            objective=0.5,
        ),
        Panel(
            title="Calls to Notion, p95 by operation",
            says="Slow and without errors: Notion is slow. At the time limit: it hangs.",
            queries=_one("taskbridge:notion_request_duration_seconds:p95_5m >= 0", "{{operation}}"),
            unit="s",
            objective=5,
        ),
        Panel(
            title="How long Notion has us wait still",
            says="0: not at all. Sync stands still meanwhile, on purpose. Teeth: it asks often.",
            queries=_one(
                "clamp_min(max(taskbridge_notion_pause_until_timestamp_seconds) - time(), 0)",
                "pause",
            ),
            unit="s",
            objective=60,
        ),
        Panel(
            title="Refusals for asking too often, in a quarter of an hour",
            says="By whose limit it was: Notion's, Slack's, or our own for people and API keys.",
            queries=_one("sum by (source) (increase(rate_limit_hits_total[15m]))", "{{source}}"),
            objective=10,
        ),
        Panel(
            title="Connections to Notion",
            says="needs_attention: `/health` and `python -m bot doctor` say what to do.",
            queries=_one("max by (state) (taskbridge_notion_connections)", "{{state}}"),
        ),
        Panel(
            title="Calls to Slack, by how they ended",
            says="unreachable: the way to Slack. error: a scope or a token. rate_limited: we wait.",
            queries=_one(
                "sum by (status) (rate(taskbridge_slack_api_requests_total[5m]))", "{{status}}"
            ),
            unit="reqps",
        ),
        Panel(
            title="Requests refused at the door, in a quarter of an hour",
            says="signature: the signing secret, or somebody tries. stale: a clock.",
            queries=_one(
                "sum by (reason) (increase(taskbridge_slack_rejected_total[15m]))", "{{reason}}"
            ),
            objective=5,
        ),
    ),
)

PROCESS = Question(
    title="The process and MongoDB",
    panels=(
        Panel(
            title="MongoDB takes writes",
            says="0: nothing can be saved, and people are told so.",
            queries=_one("taskbridge_mongo_up", "{{instance}}"),
            objective=1,
            good_above=True,
        ),
        Panel(
            title="MongoDB, p95 by operation",
            says="All high: the database is slow. At 1 s and above: it does not answer in time.",
            queries=_one(
                "taskbridge:mongo_operation_duration_seconds:p95_5m >= 0", "{{operation}}"
            ),
            unit="s",
            objective=0.25,
        ),
        Panel(
            title="Operations on MongoDB",
            says="What people do, and what the followers claim.",
            queries=_one(
                "sum by (operation)"
                " (rate(taskbridge_mongo_operation_duration_seconds_count[5m])) > 0",
                "{{operation}}",
            ),
            unit="ops",
        ),
        Panel(
            title="Connections to MongoDB in use",
            says="At 100 others wait for one: the database is slow, or too much is asked.",
            queries=_one("taskbridge_mongo_pool_in_use", "{{instance}}"),
            objective=100,
        ),
        Panel(
            title="Lag of the event loop",
            says="The worst of the last half minute. High: something in the process blocks.",
            queries=_one("taskbridge_event_loop_lag_seconds", "{{instance}}"),
            unit="s",
            objective=1,
        ),
        Panel(
            title="Requests under way",
            says="At the line let in: others are turned away. That line low: too little CPU for"
            " what comes in. At 100: the database is slow.",
            queries=(
                Query(expr="taskbridge_requests_under_way", legend="{{instance}}"),
                Query(expr="taskbridge_requests_let_in", legend="{{instance}} let in"),
            ),
        ),
        Panel(
            title="Clock against the other side's",
            says="Slack refuses 300 s; we warn at 60 s.",
            queries=_one("abs(taskbridge_clock_skew_seconds)", "{{instance}} {{source}}"),
            unit="s",
            objective=60,
        ),
        Panel(
            title="Repeated user actions answered as the first time",
            says="Slack or a person sent it again. Many: answers are slow.",
            queries=_one("sum by (kind) (rate(taskbridge_slack_duplicates_total[5m]))", "{{kind}}"),
            unit="reqps",
        ),
        Panel(
            title="Instances that answer a scrape",
            says="None: all else here is old.",
            queries=_one('sum(up{job="taskbridge"})', "instances"),
            objective=1,
            good_above=True,
        ),
        Panel(
            title="Versions that run",
            says="Two for long: a deployment hangs.",
            queries=_one("count by (version) (taskbridge_build_info)", "{{version}}"),
        ),
    ),
)

QUESTIONS = (SERVED, SYNC, LIMITS, PROCESS)
