"""The one-to-one map from recorded ids to the emulator's."""

import re
from urllib.parse import quote, unquote

from tests.contract.notion_emulator.replay.recordings import UUID, dashed

_REFERENCE = re.compile(r"(?<=block_property:)[^:}]+(?=:)")


class IdMap:
    """Ids of objects, options and properties, recorded to emulated."""

    def __init__(self) -> None:
        self._to: dict[str, str] = {}
        self._from: dict[str, str] = {}

    def pair(self, recorded: str, emulated: str) -> bool:
        """Learn a pair; False if it contradicts what is known."""
        known = self._to.get(recorded)
        if known is not None:
            return known == emulated
        if emulated in self._from:
            return False
        self._to[recorded], self._from[emulated] = emulated, recorded
        return True

    def emulated(self, recorded: str) -> str | None:
        return self._to.get(recorded)

    def rewritten(self, value: object) -> object:
        """Return a request's value with every recorded id replaced."""
        if isinstance(value, str):
            return self.rewritten_text(value)
        if isinstance(value, list):
            return [self.rewritten(inner) for inner in value]
        if isinstance(value, dict):
            return {self._key(key): self.rewritten(inner) for key, inner in value.items()}
        return value

    def rewritten_text(self, text: str) -> str:
        """Replace ids inside a text, and the text if it is a property id."""
        known = self._property(text)
        if known is not None:
            return known
        text = _REFERENCE.sub(lambda match: self._property(match[0]) or match[0], text)
        return UUID.sub(self._replacement, text)

    def _key(self, key: str) -> str:
        return self._property(key) or key

    def _property(self, text: str) -> str | None:
        emulated = self._to.get(unquote(text)) if len(text) <= 12 else None
        if emulated is None:
            return None
        return quote(emulated, safe="-_.!~*'()") if "%" in text else emulated

    def _replacement(self, match: re.Match[str]) -> str:
        emulated = self._to.get(dashed(match[0]))
        if emulated is None:
            return match[0]
        return emulated if "-" in match[0] else emulated.replace("-", "")
