"""What a button carries comes back as it was, or does not fit and says so."""

from hypothesis import given
from hypothesis import strategies as st

from handlers.slack.again import AgainPressed, AgainTyped, Leave, pack, unpack
from handlers.slack.blocks.parts import VALUE_MAX

leaves = st.builds(
    Leave,
    due=st.none() | st.text(min_size=1),
    past=st.booleans(),
    strangers=st.booleans(),
    verbatim=st.booleans(),
)
agains = st.builds(AgainTyped, text=st.text(), key=st.text(), leave=leaves) | st.builds(
    AgainPressed, action=st.text(min_size=1), value=st.text(), key=st.text()
)


@given(agains)
def test_a_button_carries_the_whole_request(again: AgainTyped | AgainPressed) -> None:
    value = pack(again)
    assert value is not None
    assert len(value) <= VALUE_MAX
    assert unpack(value) == again


def test_what_does_not_fit_is_not_cut() -> None:
    assert pack(AgainTyped(text="x" * VALUE_MAX, key="k")) is None


@given(st.text())
def test_a_strangers_value_is_nothing(value: str) -> None:
    assert unpack(value) is None


def test_other_json_is_nothing() -> None:
    for value in ("[]", "1", "null", "{}", '{"t": 1}', '"text"'):
        assert unpack(value) is None
