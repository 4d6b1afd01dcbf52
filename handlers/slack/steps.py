"""The step that workflows make tasks with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from handlers.slack.audiences import Audiences
from handlers.slack.blocks.words import ref
from handlers.slack.explain import sentence
from handlers.slack.filled import read_tags
from handlers.slack.ids import Step
from handlers.slack.incoming import Overheard, Sender
from handlers.slack.prefill import literal
from handlers.slack.replies import Replies
from handlers.slack.troubles import Trouble, Usage
from tasks.commands import AddTask
from tasks.errors import StoreError, TaskError
from tasks.model import Actor, Due, Priority, Source
from tasks.service import TaskService

HOME = "https://slack.com/app_redirect?app={app}&team={team}"
"""Opens the app, on every device; a task has no page of its own."""


class Steps:
    """Carries out steps and tells Slack how they ended."""

    def __init__(self, *, tasks: TaskService, audiences: Audiences, replies: Replies) -> None:
        self._tasks = tasks
        self._audiences = audiences
        self._replies = replies

    async def executed(self, heard: Overheard) -> None:
        """Make the task that a workflow asks for, once however often it is asked."""
        function = heard.event.get("function") or {}
        execution = str(heard.event.get("function_execution_id") or "")
        if function.get("callback_id") != Step.CREATE or not execution:
            return
        inputs = heard.event.get("inputs")
        given = inputs if isinstance(inputs, dict) else {}
        try:
            saved = await self._tasks.add(await self._request(heard.team, execution, given))
        except StoreError:
            raise  # Slack brings it again
        except (TaskError, Trouble) as error:
            self._replies.later(heard.web.fail_step(execution, sentence(error)))
        else:
            outputs = {
                "task": ref(saved.task),
                "url": HOME.format(app=heard.app, team=heard.team),
            }
            self._replies.later(heard.web.complete_step(execution, outputs))

    async def _request(self, team: str, execution: str, given: Mapping[str, Any]) -> AddTask:
        channel = str(given.get("channel") or "") or None
        assignee = str(given.get("assignee") or "")
        where = Sender(team=team, user="", channel=channel)
        return AddTask(
            team=team,
            by=Actor(person=None, source=Source.SLACK),
            key=f"step/{execution}",
            title=literal(_text(given, "title"), {}),
            notes=literal(_text(given, "notes"), {}),
            assignees=(assignee,) if assignee else (),
            due=_due(_text(given, "due")),
            priority=_priority(_text(given, "priority")),
            tags=read_tags(_text(given, "tags")),
            channel=channel,
            audience=(await self._audiences.of(where)).of,
        )


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    return str(value).strip() if value is not None else ""


def _due(words: str) -> Due | None:
    if not words:
        return None
    try:
        return Due.on(date.fromisoformat(words))
    except ValueError:
        raise Usage(f"Due is “{words[:60]}”: give a day like 2026-11-27.") from None


def _priority(words: str) -> Priority | None:
    name = words.casefold().removeprefix("!")
    if name in ("", "none"):
        return None
    if name not in set(Priority):
        raise Usage(f"Priority is “{words[:60]}”: give low, medium, high or urgent.")
    return Priority(name)
