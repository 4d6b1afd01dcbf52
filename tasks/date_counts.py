"""How many of what: in digits or in words."""

_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
COUNT = f"[0-9]{{1,6}}|an?|{'|'.join(_WORDS)}"
"""Pattern of what `count` takes."""
DAYS = "d(?:ays?)?|w(?:eeks?|ks?)?|fortnights?|months?|y(?:ears?|rs?)?"
HOURS = "h(?:rs?|ours?)?"
MINUTES = "m(?:ins?|inutes?)?"


def count(word: str) -> int:
    """Return the number that digits or a word stand for."""
    if word in _WORDS:
        return _WORDS.index(word) + 1
    return int(word) if word.isdecimal() else 1
