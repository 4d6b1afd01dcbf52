"""Sending a recorded request to the emulator, its ids and cursors rewritten."""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession
from yarl import URL

from tests.contract.notion_emulator.replay.idmap import IdMap
from tests.contract.notion_emulator.replay.recordings import Interaction


@dataclass(slots=True, kw_only=True)
class Sender:
    """A client of the emulator that remembers the last cursor of each list."""

    session: ClientSession
    url: str
    token: str
    ids: IdMap
    cursors: dict[str, str] = field(default_factory=dict)

    async def send(self, interaction: Interaction) -> tuple[int, dict[str, Any]]:
        """Return status and body of the emulator's answer."""
        path = "/".join(self.ids.rewritten_text(part) for part in interaction.path.split("/"))
        body = self.ids.rewritten(interaction.body)
        if isinstance(body, dict) and "start_cursor" in body:
            body["start_cursor"] = self.cursors.get(path, body["start_cursor"])
        # Tokens are not recorded: where Notion refused one, a wrong one is sent.
        token = self.token if interaction.status != 401 else "wrong"
        async with self.session.request(
            interaction.method,
            URL(f"{self.url}{path}?{self._query(interaction, path)}", encoded=True),
            data=None if body is None else json.dumps(body),
            headers={
                "Authorization": f"Bearer {token}",
                "Notion-Version": interaction.version,
                "Content-Type": "application/json",
            },
        ) as response:
            answer: dict[str, Any] = await response.json()
            if answer.get("next_cursor"):
                self.cursors[path] = answer["next_cursor"]
            return response.status, answer

    def _query(self, interaction: Interaction, path: str) -> str:
        pairs = []
        for pair in filter(None, (interaction.query or "").split("&")):
            name, _, value = pair.partition("=")
            if name == "start_cursor":
                value = self.cursors.get(path, value)
            pairs.append(f"{name}={self.ids.rewritten_text(value)}")
        return "&".join(pairs)

    def lacks_the_page_before(self, interaction: Interaction) -> bool:
        """Tell whether a request goes on with a list of which nothing was recorded."""
        asked = [interaction.query or "", *(interaction.body or {})]
        return any("start_cursor" in each for each in asked) and not self.cursors
