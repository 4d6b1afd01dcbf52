from tests.contract.handlers_slack.world import World


async def test_a_line_becomes_a_task_and_its_card(world: World) -> None:
    answer = await world.slack.command(
        "/task add Book the venue @sam due friday 5pm !high #offsite every month"
    )
    print("---")
    task = await world.task()
    assert task.title == "Book the venue"
    assert task.assignees == ("U2",)
    assert "Book the venue" in answer.plain
    assert "Fri 27 Nov 2026, 17:00 Europe/Berlin" in answer.plain
