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


def lines(outcomes: list[Outcome]) -> list[str]:
    """Return the report, to be printed."""
    report = ["endpoint        equal  different  skipped   rate"]
    for endpoint, (equal, different, skipped) in rates(outcomes).items():
        rate = share(equal, different)
        report.append(f"{endpoint:14} {equal:6} {different:10} {skipped:8} {rate:6.1%}")
    by_file: dict[str, Counter[str]] = {}
    for outcome in outcomes:
        by_file.setdefault(outcome.interaction.file, Counter())[_kind(outcome)] += 1
    whole = sum(not count["different"] for count in by_file.values())
    report.append(f"files without a difference: {whole} of {len(by_file)}")
    for file, count in by_file.items():
        if count["different"]:
            report.append(f"  {file}: {count['equal']} equal, {count['different']} different")
    report += ["first differences:"]
    seen: set[str] = set()
    for outcome in outcomes:
        if outcome.difference is not None and outcome.interaction.file not in seen:
            seen.add(outcome.interaction.file)
            call = f"{outcome.interaction.method} {outcome.interaction.path}"
            report.append(f"  {outcome.interaction.file}: {call}: {outcome.difference}")
    return report


def _kind(outcome: Outcome) -> str:
    if outcome.skipped is not None:
        return "skipped"
    return "equal" if outcome.difference is None else "different"
