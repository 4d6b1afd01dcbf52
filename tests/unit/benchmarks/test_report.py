"""What a report says of a load, beyond its figures."""

from __future__ import annotations

from benchmarks.load import Reply, Sample
from benchmarks.report import plain, summaries
from benchmarks.stats import summarise


def test_a_report_says_when_what_was_asked_and_how_it_was_answered_wrongly() -> None:
    sample = Sample(name="mixed", seconds=20.0)
    sample.note(Reply("200"), due=0.0, latency=0.01)
    sample.note(
        Reply("200 with a wrong body", "/task add", "Not saved: try again."), due=12.3, latency=2.4
    )
    found = summarise(sample)
    expected = (
        "  mixed, second 12.3, after 2.400 s:"
        " /task add: 200 with a wrong body: Not saved: try again."
    )
    assert expected in summaries([found]).splitlines()
    assert plain(found)["wrong"] == [
        {
            "outcome": "200 with a wrong body",
            "asked": "/task add",
            "due": 12.3,
            "latency": 2.4,
            "said": "Not saved: try again.",
        }
    ]


def test_a_report_without_wrong_answers_does_not_speak_of_them() -> None:
    sample = Sample(name="mixed", seconds=1.0)
    sample.note(Reply("200"), due=0.0, latency=0.01)
    assert "Wrong" not in summaries([summarise(sample)])
