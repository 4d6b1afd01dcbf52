"""Takes secrets out of whatever is about to be logged, wherever they hide."""

import re
from collections.abc import Iterable, Mapping

REDACTED = "[redacted]"
_SHORTEST_KNOWN = 6  # a shorter "secret" would blank out ordinary words

_SECRET_KEYS = re.compile(
    r"authorization|cookie|x-slack-signature|response_url|password|passwd|secret|_?token$|^token$"
    r"|api_?key|encryption_keys",
    re.IGNORECASE,
)
_TOKENS = re.compile(
    r"xox[abeprs][-.][\w.%-]+"
    r"|xapp-[\w-]+"
    r"|\b(?:ntn|nrt|secret)_\w+"
    r"|\btb_[0-9a-f]{12}_[\w-]+"  # our own API keys
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]*"  # a JSON Web Token
    r"|\bv0=[0-9a-fA-F]{16,}"
    r"|\bsha256=[0-9a-fA-F]{16,}"
    r"|https?://hooks\.slack\.com/[^\s'\"<>\\]*"
)
_NAMED = re.compile(
    r"(?P<name>\b(?:proxy-)?authorization|\b(?:set-)?cookie|\bx-slack-signature|\bresponse_url"
    r"|\b(?:client|signing)_secret|\b(?:access_|refresh_|bot_)?token)"
    r"(?P<sep>['\"]?\s*[:=,]\s*(?:b(?=['\"]))?)"
    r"(?P<value>\"[^\"]*\"|'[^']*'|(?:bearer|basic)\s+\S+|[^\s'\"]\S*)",
    re.IGNORECASE,
)
_BEARER = re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE)
_MONGODB = re.compile(r"(mongodb(?:\+srv)?://[^:/\s]*:)\S*@")


class Redactor:
    """Redacts by the shape of tokens, by the name of a value, and by the secrets we know of."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        """Take the process's own secrets: most have no shape to know them by."""
        longest_first = sorted({s for s in known if len(s) >= _SHORTEST_KNOWN}, key=len)[::-1]
        self._known = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def text(self, text: str) -> str:
        """Return `text` without secrets."""
        text = self._known.sub(REDACTED, text)
        text = _MONGODB.sub(rf"\1{REDACTED}@", text)
        text = _TOKENS.sub(REDACTED, text)
        text = _NAMED.sub(rf"\g<name>\g<sep>{REDACTED}", text)
        return _BEARER.sub(rf"\1 {REDACTED}", text)

    def value(self, value: object, *, name: str = "") -> object:
        """Return a plain copy of `value` (texts, numbers, lists, mappings) without secrets."""
        if _SECRET_KEYS.search(name) and value not in (None, ""):
            return REDACTED
        match value:
            case None | bool() | int() | float():
                return value
            case str():
                return self.text(value)
            case Mapping():
                return {
                    self.text(str(key)): self.value(inner, name=str(key))
                    for key, inner in value.items()
                }
            case list() | tuple() | set() | frozenset():
                return [self.value(inner) for inner in value]
            case _:
                return self.text(_shown(value))


def _shown(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    try:
        return str(value)
    except Exception:  # noqa: BLE001  # a log line must come out whatever a stranger's __str__ does
        return f"<{type(value).__name__}>"
