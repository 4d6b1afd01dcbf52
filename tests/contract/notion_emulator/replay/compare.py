"""Comparing recorded and emulated answers: the first difference, ids learned by the way."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.contract.notion_emulator.replay.idmap import IdMap
from tests.contract.notion_emulator.replay.recordings import UUID, dashed

_TIMES = frozenset({"created_time", "last_edited_time", "expiry_time"})
_IGNORED = frozenset({"request_id", "next_cursor", "next_url", "avatar_url", "message"})
_COLORS = frozenset(
    {"default", "gray", "brown", "orange", "yellow", "green", "blue", "purple", "pink", "red"}
)
_REFERENCE = re.compile(r"block_property:([^:}]+):")


@dataclass(slots=True, kw_only=True)
class Comparison:
    """Compares within one file; `chosen_colors` are the options whose colour a request gave.

    `lenient`: the recording is of an age whose answers had fewer keys, in another order.
    """

    ids: IdMap
    lenient: bool = False
    chosen_colors: set[tuple[str, str]] = field(default_factory=set)
    ignored_results: set[str] = field(default_factory=set)
    made: set[str] = field(default_factory=set)

    late: dict[str, set[str]] = field(default_factory=dict)

    def leave_out_of_search(
        self, recorded: dict[str, Any], emulated: dict[str, Any], asked: str
    ) -> None:
        """Search is not immediate: what was just made may be missing in the recording."""
        found = {result["id"] for result in recorded["results"]}
        late = {self.ids.emulated(one) for one in (self.made | self.late[asked]) - found}
        emulated["results"] = [one for one in emulated["results"] if one["id"] not in late]

    def difference(self, recorded: object, emulated: object, path: str = "") -> str | None:
        """Return the path and kind of the first difference, None if they agree."""
        if isinstance(recorded, dict) and isinstance(emulated, dict):
            return self._objects(recorded, emulated, path)
        if isinstance(recorded, list) and isinstance(emulated, list):
            return self._lists(recorded, emulated, path)
        if isinstance(recorded, str) and isinstance(emulated, str):
            return self._texts(recorded, emulated, path)
        if type(recorded) is not type(emulated) and not _both_numbers(recorded, emulated):
            return f"{path}: {_short(recorded)} != {_short(emulated)}"
        return None if recorded == emulated else f"{path}: {_short(recorded)} != {_short(emulated)}"

    def _objects(self, recorded: dict[str, Any], emulated: dict[str, Any], path: str) -> str | None:
        keys, found = list(recorded), list(emulated)
        if self.lenient:
            keys, found = sorted(keys), sorted(set(found) & set(keys))
        if path.endswith(".properties"):
            keys, found = sorted(keys), sorted(found)
        if keys != found:
            return f"{path}: keys {_key_difference(keys, found)}"
        for key in keys:
            inside = f"{path}.{key}"
            different = self._member(key, recorded, emulated, inside)
            if different is not None:
                return different
        return None

    def _member(
        self, key: str, recorded: dict[str, Any], emulated: dict[str, Any], path: str
    ) -> str | None:
        one, other = recorded[key], emulated[key]
        if key == "color" and "name" in recorded:
            asked = (recorded["name"], one) in self.chosen_colors
            same = one == other if asked else other in _COLORS
            return None if same else f"{path}: {one!r} != {other!r}"
        if self._is_ignored(key, one, other):
            return None
        if isinstance(one, str) and isinstance(other, str):
            return self._text_of(key, one, other, path)
        return self.difference(one, other, path)

    def _is_ignored(self, key: str, one: object, other: object) -> bool:
        if key == "avatar_url" or (self.lenient and key in ("public_url", "workspace_limits")):
            return True
        return key in _IGNORED and (one is None) == (other is None)

    def _text_of(self, key: str, one: str, other: str, path: str) -> str | None:
        if key in _TIMES:
            return None if _form(one) == _form(other) else f"{path}: {one!r} != {other!r}"
        if key == "url":
            return self._urls(one, other, path)
        if key == "id" or key.endswith("_id"):
            return self._ids(one, other, path)
        return self._texts(one, other, path)

    def _ids(self, recorded: str, emulated: str, path: str) -> str | None:
        if UUID.fullmatch(recorded) and not UUID.fullmatch(emulated):
            return f"{path}: the form of {emulated!r}"
        agreed = self.ids.pair(unquote(recorded), unquote(emulated))
        return None if agreed else f"{path}: the id {recorded!r} is not {emulated!r}"

    def _urls(self, recorded: str, emulated: str, path: str) -> str | None:
        if "X-Amz-REDACTED" in recorded:
            return None
        if "notion." not in urlsplit(recorded).netloc or not UUID.search(recorded):
            return self._texts(recorded, emulated, path)
        return self._texts(recorded.rsplit("/", 1)[1], emulated.rsplit("/", 1)[1], path)

    def _texts(self, recorded: str, emulated: str, path: str) -> str | None:
        if UUID.sub("#", _REFERENCE.sub("#", recorded)) != UUID.sub(
            "#", _REFERENCE.sub("#", emulated)
        ):
            return f"{path}: {_short(recorded)} != {_short(emulated)}"
        pairs = [
            *zip(
                map(dashed, UUID.findall(recorded)),
                map(dashed, UUID.findall(emulated)),
                strict=True,
            ),
            *zip(
                map(unquote, _REFERENCE.findall(recorded)),
                map(unquote, _REFERENCE.findall(emulated)),
                strict=True,
            ),
        ]
        for one, other in pairs:
            if not self.ids.pair(one, other):
                return f"{path}: the id {one!r} is not {other!r}"
        return None

    def _lists(self, recorded: list[Any], emulated: list[Any], path: str) -> str | None:
        if path == ".results":
            emulated = [
                item
                for item in emulated
                if not (isinstance(item, dict) and item.get("id") in self.ignored_results)
            ]
        if len(recorded) != len(emulated):
            return f"{path}: {len(recorded)} elements != {len(emulated)}"
        for index, (one, other) in enumerate(zip(recorded, emulated, strict=True)):
            different = self.difference(one, other, f"{path}[{index}]")
            if different is not None:
                return different
        return None


def _form(text: object) -> str:
    return re.sub(r"\d", "9", str(text)) if not str(text).endswith(":00.000Z") else "minute"


def _both_numbers(one: object, other: object) -> bool:
    return (
        isinstance(one, int | float)
        and isinstance(other, int | float)
        and isinstance(one, bool) is isinstance(other, bool)
    )


def _key_difference(keys: list[str], found: list[str]) -> str:
    missing = [key for key in keys if key not in found]
    extra = [key for key in found if key not in keys]
    return f"missing {missing}, extra {extra}" if missing or extra else "in another order"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 160 else f"{text[:157]}…"


def wrong_property_order(answer: object) -> str | None:
    """Return the first `properties` whose order breaks the rule: id in ASCII, title, special."""
    if isinstance(answer, dict):
        properties = answer.get("properties")
        if isinstance(properties, dict) and answer.get("object") in ("page", "data_source"):
            order = [unquote(inner["id"]) for inner in properties.values()]
            expected = sorted(order, key=lambda i: (len(i) != 4, i != "title", i))
            if order != expected:
                return f"{answer['object']}.properties: {order}"
        return next(filter(None, map(wrong_property_order, answer.values())), None)
    if isinstance(answer, list):
        return next(filter(None, map(wrong_property_order, answer)), None)
    return None
