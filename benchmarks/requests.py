"""Requests as bytes: signed ones as Slack sends them, and those of the REST API; pure."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import urlencode

from benchmarks.population import Member
from handlers.slack.blocks import form
from handlers.slack.ids import Command, Input

Json: TypeAlias = dict[str, Any]

SLACK_PATH = "/slack/events"
TASKS_PATH = "/api/v1/tasks"
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSigner:
    """Slack's side of the wire; `run` keeps the action ids of two runs apart."""

    secret: bytes
    slack_url: str
    """Where answers after the acknowledgement go to."""
    run: str

    def command(self, text: str, *, by: Member, number: int, now: float) -> bytes:
        """Return `/task text`, typed for the `number`-th time."""
        fields = {
            "token": "verification-token",
            "team_id": by.team,
            "team_domain": by.team.lower(),
            "channel_id": by.channel,
            "channel_name": "general",
            "user_id": by.user,
            "user_name": by.user.lower(),
            "command": Command.TASK.value,
            "text": text,
            "api_app_id": "A0TASKBRIDGE",
            "is_enterprise_install": "false",
            "response_url": self._response_url(by, number),
            "trigger_id": f"{number}.{by.team}.{self.run}",
        }
        return self._signed(urlencode(fields).encode(), now)

    def submission(self, title: str, *, by: Member, number: int, now: float) -> bytes:
        """Return the form of a new task, filled in and sent."""
        meta = form.Meta(channel=by.channel, response_url=self._response_url(by, number))
        shown = form.new(meta)
        view = shown | {
            "id": f"V{number}{self.run.upper()}",
            "team_id": by.team,
            "hash": "1700000000.abcdef",
            "state": {"values": _filled(shown["blocks"], title, by)},
            "app_id": "A0TASKBRIDGE",
            "bot_id": "B0",
        }
        payload = {
            "type": "view_submission",
            "team": {"id": by.team, "domain": by.team.lower()},
            "user": {"id": by.user, "username": by.user.lower(), "team_id": by.team},
            "api_app_id": "A0TASKBRIDGE",
            "token": "verification-token",
            "trigger_id": f"{number}.{by.team}.{self.run}",
            "view": view,
            "response_urls": [],
            "is_enterprise_install": False,
        }
        return self._signed(urlencode({"payload": json.dumps(payload)}).encode(), now)

    def _response_url(self, by: Member, number: int) -> str:
        return f"{self.slack_url}/commands/{by.team}/{number}/secret"

    def _signed(self, body: bytes, now: float) -> bytes:
        stamp = str(int(now))
        base = b"v0:%b:%b" % (stamp.encode(), body)
        headers = {
            "Content-Type": _FORM,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": "v0=" + hmac.new(self.secret, base, hashlib.sha256).hexdigest(),
        }
        return request("POST", SLACK_PATH, headers, body)


def _filled(blocks: list[Json], title: str, by: Member) -> Json:
    """Return the state of a form: a title, an assignee, a priority, tags; the rest left empty."""
    typed: Mapping[str, Json] = {
        Input.TITLE: {"value": title},
        Input.ASSIGNEES: {"selected_users": [by.user]},
        Input.PRIORITY: {"selected_option": {"value": "high"}},
        Input.TAGS: {"value": "offsite, launch"},
    }
    values: Json = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element, name = block["element"], block["block_id"].rpartition("/")[0]
        empty: Json = {"type": element["type"]}
        if element["type"] == "plain_text_input":
            empty["value"] = None
        values[block["block_id"]] = {element["action_id"]: empty | typed.get(name, {})}
    return values


def rest_list(token: str, query: str = "") -> bytes:
    """Return a question for a list of tasks."""
    path = f"{TASKS_PATH}?{query}" if query else TASKS_PATH
    return request("GET", path, _bearer(token), b"")


def rest_get(token: str, number: int) -> bytes:
    """Return a question for one task."""
    return request("GET", f"{TASKS_PATH}/{number}", _bearer(token), b"")


def rest_create(token: str, title: str, *, key: str) -> bytes:
    """Return the creation of a task."""
    body = json.dumps({"title": title, "priority": "high", "tags": ["offsite", "launch"]})
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    return request("POST", TASKS_PATH, _bearer(token) | headers, body.encode())


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def request(method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """Return a request of HTTP/1.1 on a connection that is kept."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body or method != "GET":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join((*lines, "", "")).encode() + body
