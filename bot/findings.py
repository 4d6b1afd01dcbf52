"""What an examination has found, as lines for people or as JSON for machines; pure."""

from __future__ import annotations

import json
from collections.abc import Iterable

from notion_sync.inspection import Finding, Level

_MARKS = {Level.OK: "ok  ", Level.WARN: "warn", Level.FAIL: "FAIL"}


def for_people(findings: Iterable[Finding]) -> str:
    """Return a line for each."""
    return "".join(f"{_MARKS[f.level]}  {f.about}: {f.sentence}\n" for f in findings)


def for_machines(findings: Iterable[Finding]) -> str:
    """Return one object; its shape is the same whatever was found."""
    found = [{"level": f.level, "about": f.about, "sentence": f.sentence} for f in findings]
    return json.dumps({"findings": found}, ensure_ascii=False, indent=2) + "\n"


def wrong_settings(sentences: Iterable[str]) -> list[Finding]:
    """Return why nothing could be examined at all."""
    return [Finding(level=Level.FAIL, about="settings", sentence=one) for one in sentences]
