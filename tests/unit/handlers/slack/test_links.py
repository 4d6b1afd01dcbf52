"""Addresses of tasks: what is read out of a link, and what is nobody's."""

import pytest

from handlers.slack.links import NO_LINKS, Links, page_id

LINKS = Links(base="https://tasks.example.com:8443")
ID, DASHED = "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
OTHER = "ab" * 16


def test_a_link_that_was_made_is_read() -> None:
    link = LINKS.of("T1", 42)
    assert link == "https://tasks.example.com:8443/t/T1/42"
    assert LINKS.number(link, "T1") == 42
    assert LINKS.number(f"{link}/?x=1#y", "T1") == 42
    assert LINKS.number(link.replace("tasks.", "TASKS."), "T1") == 42


def test_the_bot_may_be_below_a_path() -> None:
    links = Links(base="https://acme.example/bot")
    assert links.number("https://acme.example/bot/t/T1/7", "T1") == 7
    assert links.number("https://acme.example/t/T1/7", "T1") is None
    assert links.number("https://acme.example/bottom/t/T1/7", "T1") is None


def test_p6_a_link_of_another_team_is_nobodys() -> None:
    assert LINKS.number("https://tasks.example.com:8443/t/T2/42", "T1") is None


@pytest.mark.parametrize(
    "url",
    [
        "https://tasks.example.com/t/T1/42",
        "https://tasks.example.com.evil.example:8443/t/T1/42",
        "https://evil.example/t/T1/42",
        "https://tasks.example.com:8443/t/T1/0",
        "https://tasks.example.com:8443/t/T1/42x",
        "https://tasks.example.com:8443/t/T1/٤٢",
        "https://tasks.example.com:8443/t/T1/99999999999",
        "https://tasks.example.com:8443/x/t/T1/42",
        "javascript:alert(1)",
        "https://[bad/t/T1/42",
        "",
    ],
)
def test_what_only_looks_like_one_is_none(url: str) -> None:
    assert LINKS.number(url, "T1") is None


def test_without_an_address_there_are_no_links() -> None:
    assert NO_LINKS.of("T1", 1) is None
    assert NO_LINKS.number("https://tasks.example.com/t/T1/1", "T1") is None


@pytest.mark.parametrize(
    "url",
    [
        f"https://www.notion.so/acme/Book-the-venue-{ID}",
        f"https://www.notion.so/{DASHED}",
        f"https://app.notion.com/p/Book-{ID}?source=copy_link",
        f"https://acme.notion.site/{ID}",
        f"https://www.notion.so/acme/{OTHER}?v={OTHER}&p={ID}&pm=s",
        f"https://www.notion.so/{ID.upper()}#{OTHER}",
    ],
)
def test_the_page_of_an_address_is_known(url: str) -> None:
    assert page_id(url) == DASHED


@pytest.mark.parametrize(
    "url",
    [
        f"https://evilnotion.so/{ID}",
        f"https://notion.so.evil.example/{ID}",
        f"https://example.com/?p={ID}",
        "https://www.notion.so/pricing",
        f"https://www.notion.so/{ID}0",
        "https://[bad",
        f"ftp://notion.so/{ID}",
    ],
)
def test_an_address_without_a_page_has_none(url: str) -> None:
    assert page_id(url) is None
