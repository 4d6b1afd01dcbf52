"""Tasks for the tests of what is shown, and the strategies that make any."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from tasks.model import (
    Actor,
    Change,
    Due,
    Field,
    FieldChange,
    Priority,
    Source,
    Status,
    Sync,
    SyncState,
    Task,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MARIA = Actor(person="U1", source=Source.SLACK)


def task(**given: object) -> Task:
    """Return a task of T1 by maria, made now."""
    values: dict[str, object] = {
        "id": "task-1",
        "team": "T1",
        "number": 12,
        "title": "Book the venue",
        "creator": "U1",
        "created_at": NOW,
        "updated_at": NOW,
        "changes": (Change(rev=1, by=MARIA, at=NOW),),
    }
    return Task(**{**values, **given})  # type: ignore[arg-type]  # names of Task


texts = st.text(max_size=60) | st.sampled_from(
    [
        "<!channel>",
        "<@U1>",
        "<https://evil.example|good>",
        "*bold* _it_ ~no~ `code`",
        "&amp; & &lt;",
        "\u202eright to left",
        "👩‍👩‍👧‍👦" * 60,
        "é" * 250,
        " ",
        "",
        "\u200b",
    ]
)
long_texts = st.integers(2990, 3210).flatmap(
    lambda size: st.sampled_from(["x", "é", "👩‍👩‍👧‍👦", "& ", "<>"]).map(
        lambda c: (c * size)[:size]
    )
)
titles = texts | long_texts
persons = st.from_regex(r"U[A-Z0-9]{1,10}", fullmatch=True)
instants = st.integers(0, 2**32).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
dues = st.builds(Due.on, st.dates(min_value=date(2000, 1, 1))) | st.builds(
    Due.local, instants, st.sampled_from(["Europe/Berlin", "America/St_Johns", "Asia/Kathmandu"])
)
tags = st.text(min_size=1, max_size=20) | st.just("t" * 60)
FIFTY = [f"{number:02}" + "s" * 73 for number in range(50)]
one_step = (
    st.text(min_size=1, max_size=75)
    | st.sampled_from(["<!channel>", "a & b", "é" * 75, "👩‍👩‍👧‍👦" * 10])
).map(lambda text: text.strip() or "-")
syncs = st.builds(
    Sync,
    state=st.sampled_from(SyncState),
    rev=st.integers(0, 9),
    at=st.none() | st.just(NOW - timedelta(seconds=12)),
    url=st.none() | st.just("https://www.notion.so/page"),
    reason=st.none() | texts,
)
values = st.one_of(
    st.none(), texts, dues, st.sampled_from(Status), st.sampled_from(Priority), st.booleans()
)
steps = st.builds(FieldChange, field=st.sampled_from(Field), before=values, after=values)
actors = st.builds(Actor, person=st.none() | persons, source=st.sampled_from(Source))
changes = st.builds(
    Change,
    rev=st.integers(1, 99),
    by=actors,
    at=instants,
    fields=st.lists(steps, max_size=3).map(tuple),
    undoes=st.none() | st.integers(1, 9),
)
tasks = st.builds(
    task,
    number=st.integers(1, 10**9),
    title=titles,
    notes=texts | long_texts,
    status=st.sampled_from(Status),
    assignees=(
        st.lists(persons, max_size=3, unique=True) | st.just([f"U{n}" for n in range(20)])
    ).map(tuple),
    due=st.none() | dues,
    priority=st.none() | st.sampled_from(Priority),
    tags=(st.lists(tags, max_size=4) | st.just(["t" * 60] * 20)).map(tuple),
    repeat=st.none() | st.text(min_size=1, max_size=60),
    deleted=st.booleans(),
    checklist=(st.lists(one_step, max_size=4, unique=True) | st.just(FIFTY)).map(tuple),
    ticked=(st.lists(one_step, max_size=2, unique=True) | st.just(FIFTY[::2])).map(tuple),
    accepted=st.lists(persons | st.just("U3"), max_size=2, unique=True).map(tuple),
    snoozed=st.none() | st.builds(Due.local, instants, st.just("Europe/Berlin")),
    creator=st.none() | persons,
    completed_by=st.none() | persons,
    sync=syncs,
    changes=st.lists(changes, max_size=2).map(tuple),
)
