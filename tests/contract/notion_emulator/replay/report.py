"""What a replay came to: by endpoint, by file, and where it differed."""

from collections import Counter
from collections.abc import Iterable

from tests.contract.notion_emulator.replay.run import Outcome


def rates(outcomes: Iterable[Outcome]) -> dict[str, tuple[int, int, int]]:
    """Return (equal, different, skipped) by endpoint."""
    counts: dict[str, Counter[str]] = {}
    for outcome in outcomes:
        count = counts.setdefault(outcome.interaction.endpoint, Counter())
        count[_kind(outcome)] += 1
    return {
        endpoint: (count["equal"], count["different"], count["skipped"])
        for endpoint, count in sorted(counts.items())
    }


def share(equal: int, different: int) -> float:
    """Return the share of equal ones among those replayed."""
    return equal / (equal + different) if equal + different else 1.0


def summary(outcomes: list[Outcome]) -> list[str]:
    """Return the rates by endpoint, to be printed."""
    report = ["endpoint        equal  different  skipped   rate"]
    for endpoint, (equal, different, skipped) in rates(outcomes).items():
        rate = share(equal, different)
        report.append(f"{endpoint:14} {equal:6} {different:10} {skipped:8} {rate:6.1%}")
    whole = sum(not count["different"] for count in _by_file(outcomes).values())
    report.append(f"files without a difference: {whole} of {len(_by_file(outcomes))}")
    return report


def by_file(outcomes: list[Outcome]) -> list[str]:
    """Return one line per file, with the first difference where there is one."""
    first: dict[str, str] = {}
    for outcome in outcomes:
        if outcome.difference is not None:
            call = f"{outcome.interaction.method} {outcome.interaction.path}"
            first.setdefault(outcome.interaction.file, f": {call}: {outcome.difference}")
    return [
        f"{count['equal']:5} equal {count['different']:3} different {count['skipped']:3} skipped  "
        f"{file}{first.get(file, '')}"
        for file, count in _by_file(outcomes).items()
    ]


def _by_file(outcomes: list[Outcome]) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = {}
    for outcome in outcomes:
        counts.setdefault(outcome.interaction.file, Counter())[_kind(outcome)] += 1
    return counts


def _kind(outcome: Outcome) -> str:
    if outcome.skipped is not None:
        return "skipped"
    return "equal" if outcome.difference is None else "different"
