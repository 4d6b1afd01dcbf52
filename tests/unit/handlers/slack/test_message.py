"""The JSON of an answer: the same whichever library writes it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.slack.blocks.message import as_json
from handlers.slack.ids import Act

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=8)
BODIES = st.dictionaries(
    ANY_TEXT,
    st.recursive(
        st.none() | st.booleans() | st.integers() | ANY_TEXT,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=3,
)


@given(BODIES)
def test_an_answer_means_what_the_standard_library_would_write(body: dict[str, Any]) -> None:
    assert json.loads(as_json(body)) == json.loads(json.dumps(body))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Äpfel & <b> 🍏", '{"text":"Äpfel & <b> 🍏"}'),
        ("half \ud83d of it", '{"text":"half \\ud83d of it"}'),
        (Act.DONE, '{"text":"done"}'),
    ],
)
def test_an_answer_has_no_spaces_and_can_always_be_sent(text: str, written: str) -> None:
    assert as_json({"text": text}) == written
    assert as_json({"text": text}).encode()


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError):
        as_json({"text": object()})
