"""From `/task add` in Slack to a row in Notion: signed requests in, answers and rows out."""

from tests.acceptance.world import World

ROW_SECONDS = 2.0


async def test_an_added_task_is_answered_in_the_response_and_is_a_row_soon_after(
    acme: World,
) -> None:
    answer = await acme.slack.command(
        "/task add Book the venue @sam due 2030-11-29 17:00 !high #offsite", user="U1"
    )

    assert answer.status == 200
    assert answer.message.ephemeral_to == "U1"
    assert "Book the venue" in answer.plain
    assert "T-1" in answer.plain
    assert "Fri 29 Nov 2030, 17:00 Europe/Berlin" in answer.plain
    assert "T-1" in answer.text
    row = await acme.row("Book the venue", seconds=ROW_SECONDS)
    assert row.properties["Priority"] == "High"
    assert row.properties["Tags"] == ["offsite"]
    assert row.properties["Due"] == "2030-11-29T17:00:00.000+01:00"


async def test_an_edit_in_the_modal_reaches_the_row(acme: World) -> None:
    added = await acme.slack.command("/task add Book the venue", user="U1")
    await acme.row("Book the venue")

    opened = await acme.slack.click(added.message, "Edit", user="U1")
    assert opened.modal is not None
    saved = await acme.slack.submit(
        opened.modal, {"Title": "Book the big venue", "Notes": "Ask for the terrace."}
    )

    assert saved.closed
    row = await acme.row("Book the big venue", seconds=ROW_SECONDS)
    assert row.properties["Notes"] == "Ask for the terrace."
    assert acme.titles() == ["Book the big venue"]


async def test_done_by_button_replaces_the_card_and_ticks_the_row(acme: World) -> None:
    added = await acme.slack.command("/task add Book the venue", user="U1")
    await acme.row("Book the venue")

    await acme.slack.click(added.message, "Done", user="U1")

    await acme.slack.until(lambda: "Reopen" in added.message.plain)
    await acme.row("Book the venue", seconds=ROW_SECONDS, Status="Done")


async def test_undo_takes_done_back_on_both_sides(acme: World) -> None:
    added = await acme.slack.command("/task add Book the venue", user="U1")
    await acme.slack.click(added.message, "Done", user="U1")
    await acme.row("Book the venue", Status="Done")
    await acme.slack.until(lambda: "Undo" in added.message.plain)

    await acme.slack.click(added.message, "Undo", user="U1")

    await acme.slack.until(lambda: "Reopen" not in added.message.plain)
    await acme.row("Book the venue", seconds=ROW_SECONDS, Status="Not started")


async def test_a_task_made_in_the_form_has_all_its_fields_in_the_row(acme: World) -> None:
    asked = await acme.slack.command("/task add", user="U1")
    assert asked.modal is not None
    tags = [await acme.slack.suggest(asked.modal, "Tags", typed) for typed in ("party", "food")]

    made = await acme.slack.submit(
        asked.modal,
        {
            "Title": "Order the cake",
            "Notes": "No nuts.",
            "due_day": "2030-11-28",
            "priority": "Low",
            "Tags": [found.options[0] for found in tags],
        },
    )

    assert made.closed
    row = await acme.row("Order the cake", Notes="No nuts.", Due="2030-11-28", Priority="Low")
    assert row.properties["Tags"] == ["party", "food"]
    await acme.slack.until(
        lambda: "Order the cake" in acme.slack.messages("C1", user="U1")[-1].plain
    )


async def test_deleted_and_restored_a_task_leaves_notion_and_comes_back(acme: World) -> None:
    await acme.slack.command("/task add Book the venue", user="U1")
    await acme.row("Book the venue")

    gone = await acme.slack.command("/task delete T-1", user="U1")
    await acme.until(lambda: not acme.rows())
    back = await acme.slack.command("/task restore T-1", user="U1")

    assert "T-1" in gone.plain
    assert "Book the venue" in back.plain
    await acme.row("Book the venue")
    assert len(acme.bench.rows(acme.database.data_source_id)) == 1


async def test_health_says_that_all_is_well(acme: World) -> None:
    await acme.slack.command("/task add Book the venue", user="U1")
    await acme.row("Book the venue")

    status, health = await acme.get("/health")

    assert (status, health["status"]) == (200, "ok")
    assert health["checks"]["mongodb"]["status"] == "ok"
    assert health["checks"]["notion"]["status"] == "ok"
    assert (await acme.get("/livez"))[0] == 200
    assert (await acme.get("/readyz"))[0] == 200


async def test_the_kept_metrics_are_exported(acme: World) -> None:
    await acme.slack.command("/task add Book the venue", user="U1")
    await acme.row("Book the venue")

    _, metrics = await acme.get("/metrics")

    for name in (
        "http_request_duration_seconds_bucket",
        "http_requests_total",
        "notion_api_calls_total",
        "rate_limit_hits_total",
    ):
        assert name in metrics
    assert 'notion_api_calls_total{operation="create_page",status="200"} 1.0' in metrics
