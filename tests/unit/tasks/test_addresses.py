import pytest

from tasks.addresses import is_safe


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://keys.example/x", True),
        ("http://127.0.0.1:8080/x", True),
        ("http://[::1]/x", True),
        ("http://keys.example/x", False),
        ("ftp://localhost/x", False),
        ("https://", False),
        ("https://[", False),
    ],
)
def test_keys_come_over_tls_or_from_this_machine(
    url: str,
    safe: bool,  # noqa: FBT001  # a parameter of pytest
) -> None:
    assert is_safe(url) is safe
