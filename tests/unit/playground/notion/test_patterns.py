import pytest

from playground.notion.patterns import matches


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("PATCH /v1/pages/*", True),
        ("* /v1/pages/1", True),
        ("*", True),
        ("PATCH", True),
        ("GET /v1/pages/*", False),
        ("PATCH /v1/pages", False),
        ("PATCH /v1/*", False),
    ],
)
def test_a_pattern_names_method_and_segments(pattern: str, *, fits: bool) -> None:
    assert matches(pattern, "PATCH", "/v1/pages/1") is fits
