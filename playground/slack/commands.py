"""Slash commands: typed, escaped, delivered, and what Slack makes of the answer."""

from playground.slack import payloads, posting
from playground.slack.answers import Answer
from playground.slack.core import Core
from playground.slack.delivery import Ack, Parcel
from playground.slack.errors import Impossible
from playground.slack.escape import for_command
from playground.slack.post import Post
from playground.slack.state import Message
from playground.slack.validate.messages import problems_of_message
from playground.slack.who import Who
from playground.slack.wire import Json

_TROUBLES = {"timeout": "operation_timeout", "unreachable": "dispatch_failed"}


class Commands:
    """Types slash commands for people."""

    def __init__(self, *, core: Core, post: Post) -> None:
        self._core = core
        self._post = post

    async def run(self, typed: str, who: Who, *, deliveries: int) -> list[Answer]:
        """Send the very same command so many times at once."""
        name, _, rest = typed.partition(" ")
        if not name.startswith("/"):
            raise Impossible(f"{typed!r} is not a slash command")
        if who.user.is_stranger:
            raise Impossible(f"{who.user.id} is of another workspace: it has no such command")
        if who.channel.kind != "public" and who.user.id not in who.channel.members:
            raise Impossible(f"{who.user.id} is not in {who.channel.id}")
        manifest = self._core.manifest
        escapes = manifest.escapes(name) if manifest is not None else True
        text = for_command(rest.strip(), who.team) if escapes else rest.strip()
        body = self._body(name, text, who)
        parcel = Parcel(kind="slash_commands", name="command", body=body)
        acks = await self._post.send(parcel, times=deliveries)
        return [self._shown(ack, typed, name, who) for ack in acks]

    def _body(self, name: str, text: str, who: Who) -> Json:
        core = self._core
        path = core.response_urls.issue(
            "commands",
            team=who.team,
            channel_id=who.channel.id,
            user_id=who.user.id,
            message=None,
        )
        return dict(
            payloads.command(
                core,
                team=who.team,
                user=who.user,
                channel=who.channel,
                name=name,
                text=text,
                trigger_id=core.triggers.issue(team_id=who.team.id, user_id=who.user.id),
                response_url=core.base_url + path,
            )
        )

    def _shown(self, ack: Ack, typed: str, name: str, who: Who) -> Answer:
        stack = self._core.views.stack(who.team.id, who.user.id)
        modal = stack[-1] if stack else None
        failure, given = self._judged(ack)
        if failure:
            self._core.journal.blame(failure, f"{typed!r} was answered with {ack}", ack.text)
            sentence = f'{name} failed with the error "{failure}"'
            return Answer(ack=ack, failure=failure, text=sentence, plain=sentence, modal=modal)
        if posting.empty(given):
            return Answer(ack=ack, modal=modal)
        message = self._message(given, typed, who)
        return Answer(
            ack=ack,
            text=message.text,
            blocks=tuple(message.blocks),
            plain=message.plain,
            shown=message,
            modal=modal,
        )

    def _judged(self, ack: Ack) -> tuple[str, Json]:
        """Return the error Slack would show, or the message to show."""
        if ack.trouble:
            return _TROUBLES[ack.trouble], {}
        if not ack.ok:
            return "dispatch_failed", {}
        if not ack.text.strip():
            return "", {}
        if ack.content_type != "application/json":
            return "", {"text": ack.text}
        given = ack.json
        if not isinstance(given, dict):
            return "invalid_command_response", {}
        return self._judged_message(given), given

    def _judged_message(self, given: Json) -> str:
        if given.get("response_type", "ephemeral") not in {"ephemeral", "in_channel"}:
            return "invalid_command_response"
        if problems := problems_of_message(given):
            self._core.journal.blame("invalid_blocks", "; ".join(problems), given)
            return "invalid_blocks"
        if given.get("blocks") and not given.get("text"):
            self._core.journal.blame("no_text", "an answer without text beside its blocks", given)
        return ""

    def _message(self, given: Json, typed: str, who: Who) -> Message:
        in_channel = given.get("response_type") == "in_channel"
        message = posting.from_bot(
            self._core,
            who.team,
            who.channel,
            given,
            ephemeral_to=None if in_channel else who.user.id,
        )
        message.typed_command = typed if in_channel else None
        return message
