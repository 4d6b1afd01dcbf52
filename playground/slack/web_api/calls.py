"""One call of the Web API: its arguments, whoever made it, and the method it names."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from playground.slack.core import Core
from playground.slack.errors import Refused
from playground.slack.state import Channel, Installation, Team
from playground.slack.wire import Json

Caller = Literal["bot", "app", "none"]
_TRUE = (True, "true", "1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Arguments as they came: strings from a form, any JSON from a JSON body."""

    method: str
    args: Json
    installation: Installation | None

    @property
    def bot(self) -> Installation:
        """Return the installation whose bot token was used."""
        if self.installation is None:
            raise Refused("not_allowed_token_type")
        return self.installation

    def text(self, name: str) -> str:
        """Return a text argument; `invalid_arguments` where it is missing."""
        value = self.args.get(name)
        if value is None or value == "":
            raise missing(name)
        return str(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a boolean argument."""
        value = self.args.get(name, default)
        return isinstance(value, (bool, str, int)) and value in _TRUE

    def structure(self, name: str, *, refusal: str) -> Any:  # noqa: ANN401 - any JSON value
        """Return an argument that a form carries as JSON text; None where it is absent."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            raise Refused(refusal) from None

    def limit(self, *, default: int, most: int) -> int:
        """Return the page size."""
        try:
            limit = int(self.args.get("limit") or default)
        except (TypeError, ValueError):
            raise Refused("invalid_limit") from None
        return max(1, min(limit, most))


Handler = Callable[[Core, Call], Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A method as it is served: any one of the scopes is enough."""

    handle: Handler
    tier: str
    scopes: tuple[str, ...] = ()
    caller: Caller = "bot"


def missing(name: str) -> Refused:
    """Return the refusal of a call without a required argument."""
    return Refused(
        "invalid_arguments",
        response_metadata={"messages": [f"[ERROR] missing required field: {name}"]},
    )


def team_of(core: Core, call: Call) -> Team:
    """Return the workspace of the token."""
    return core.state.teams[call.bot.team_id]


def channel_of(core: Core, call: Call, *, refusal: str = "channel_not_found") -> Channel:
    """Return the channel the call names, if the bot can know of it."""
    team, wanted = team_of(core, call), str(call.args.get("channel") or "")
    channel = team.channels.get(wanted)
    hidden = channel is not None and channel.kind != "public"
    if channel is None or (hidden and call.bot.bot_user_id not in channel.members):
        raise Refused(refusal)
    return channel


def need(call: Call, scope: str) -> None:
    """Refuse a call whose token lacks this very scope."""
    if scope not in call.bot.scopes:
        raise missing_scope(scope, call.bot)


def missing_scope(needed: str, installation: Installation) -> Refused:
    """Return the refusal that names what is needed and what is there."""
    return Refused("missing_scope", needed=needed, provided=",".join(sorted(installation.scopes)))
