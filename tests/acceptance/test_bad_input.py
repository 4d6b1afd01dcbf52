"""Bad input at the doors: a clear answer that says what to type next, and nothing typed is lost."""

import json
import logging
from collections.abc import Mapping
from io import BytesIO
from urllib.parse import urlencode

import pytest

from playground.slack.answers import Answer
from playground.slack.signing import signed_headers
from tests.acceptance.world import SECRET, World

FORM = "application/x-www-form-urlencoded"
CANARY = "canary-9f3b"
NO_TITLE = "A task needs a title: type /task add Book the venue, or /task add alone for a form."
NO_TASK = "There is no T-99 here: type /task list all to see what is."
LITERAL = {
    "emoji and Hebrew": "📅 Größe 👩\u200d👩\u200d👧 שלום עולם مرحبا بالعالم 日本語",
    "Slack's own markup": "<!channel> <http://a.io|b> <@U2> *b* _i_ ~s~ `c` & &amp; &lt;b&gt;",
    "links": "Ask @channel, @here about https://a.example/?b=1&c=%20#d, m@a.example",
    "code": "=1+1; $notion.token {{7*7}} ${HOME} \\u0041 'quoted' -- <script>alert(1)</script>",
    "spaces": "Mind  the   gap\u00a0 and\u3000the  door",
    "what looks like a date": "Review 9/12 report by the way!",
}
"""Titles that are shown and kept to the letter, and notify nobody."""


async def typed(acme: World, line: str, user: str = "U1") -> Answer:
    """Type `/task …`; whatever comes of it, Slack has an answer and nobody else is notified."""
    answer = await acme.slack.command(f"/task {line}", user=user)
    assert answer.failure == ""
    assert answer.status == 200
    if answer.shown is not None:
        assert answer.shown.pings <= {"U1", "U2"}  # assignees, by their mention
    return answer


def is_refusal(answer: Answer, sentence: str, line: str) -> None:
    """Check that the sentence comes first, in the blocks and in the text, and the line is kept."""
    assert answer.plain.startswith(sentence)
    assert answer.text.startswith(sentence)
    assert f"/task {line}" in answer.plain


@pytest.mark.parametrize("title", LITERAL.values(), ids=LITERAL)
async def test_a_title_is_kept_and_shown_to_the_letter_and_notifies_nobody(
    http_world: World, title: str
) -> None:
    acme = http_world
    added = await typed(acme, f"add {title}")
    row = await acme.row(title)
    listed, shown = await typed(acme, "list all"), await typed(acme, "show T-1")
    await typed(acme, "edit T-1")
    history = await typed(acme, "history T-1")

    for answer in (added, listed, shown, history):
        assert row.title in answer.plain
        assert answer.message.pings <= {"U1"}


async def test_ten_thousand_characters_are_kept_and_reach_notion_unaltered(acme: World) -> None:
    text = ("Straße 👩‍👩‍👧 & <b> " * 700)[:10_000].strip()

    added = await typed(acme, f"add {text}")

    assert "the full text is in the notes" in added.plain
    (row,) = await acme.until(acme.rows)
    assert row.properties["Notes"] == text
    assert row.title.endswith("…")
    assert text.startswith(row.title.removesuffix("…"))


@pytest.mark.parametrize("letters", [9_990, 21_000])
async def test_a_long_text_that_cannot_be_taken_is_there_to_be_copied(
    http_world: World, letters: int
) -> None:
    """More than 12,000 characters nobody can type: Slack's own field takes less."""
    text = ("milk & <b> " * 2000)[:letters].strip()
    answer = await typed(http_world, f"add {text} due 9/12")

    assert text[:9_990].strip() in answer.plain
    assert "copy it from above" in answer.plain or "cut it" in answer.plain
    assert (await typed(http_world, "list all")).plain == "All open tasks: none."


async def test_without_a_title_nothing_is_made_and_the_line_is_kept(acme: World) -> None:
    for line in ('add ""', "add @sam !high #offsite", "add due friday", "add every month"):
        answer = await typed(acme, line)
        is_refusal(answer, NO_TITLE, line)
    form = (await typed(acme, "add")).modal
    assert form is not None
    sent = await acme.slack.submit(form, {"Title": " \u2003 ", "Notes": "By the river"})

    assert sent.errors == {"title/0": "A task needs a title."}
    assert "By the river" in form.plain
    assert (await typed(acme, "list all")).plain == "All open tasks: none."


async def test_an_unknown_task_is_said_by_every_subcommand(acme: World) -> None:
    lines = (
        *("show", "edit", "done", "reopen", "delete", "restore", "history", "undo", "sync retry"),
        *("assign T-99 @sam", "due T-99 2030-01-01", "priority T-99 high", "tag T-99 #offsite"),
    )
    for line in (line if "T-99" in line else f"{line} T-99" for line in lines):
        is_refusal(await typed(acme, line), NO_TASK, line)
    for word in ("T-0", "T-12345678901", "soon", "-1"):
        answer = await typed(acme, f"show {word}")
        assert "type /task list all" in answer.plain or "/task show T-12" in answer.plain


async def test_an_unknown_person_is_asked_about_and_the_text_is_not_lost(acme: World) -> None:
    answer = await typed(acme, "add Book the venue @zorro @sam")
    is_refusal(answer, "@zorro is nobody I know here", "add Book the venue @zorro @sam")
    assert (await typed(acme, "list all")).plain == "All open tasks: none."

    await acme.slack.click(answer.message, "Go on without", user="U1")

    await acme.row("Book the venue")
    refused = await typed(acme, "assign T-1 zorro")
    is_refusal(refused, "@zorro is nobody I know here: type @ and pick", "assign T-1 zorro")
    assert "@sam" in (await typed(acme, "show T-1")).plain


async def test_a_date_in_doubt_is_asked_back_and_never_guessed(acme: World) -> None:
    line = "add Book the venue due 9/12/2030"
    answer = await typed(acme, line)
    is_refusal(answer, "“9/12/2030” can be read in more than one way", line)
    assert "Mon 9 Dec 2030" in answer.text
    assert "Thu 12 Sep 2030" in answer.text
    assert (await typed(acme, "list all")).plain == "All open tasks: none."

    await acme.slack.click(answer.message, "Thu 12 Sep 2030", user="U1")

    await acme.row("Book the venue", Due="2030-09-12")


async def test_a_past_date_is_taken_only_when_it_is_meant(acme: World) -> None:
    line = "add File the report due 2020-01-02"
    answer = await typed(acme, line)
    is_refusal(answer, "Thu 2 Jan 2020 is in the past: press the button", line)
    assert (await typed(acme, "list all")).plain == "All open tasks: none."

    await acme.slack.click(answer.message, "Take it all the same", user="U1")

    await acme.row("File the report", Due="2020-01-02")
    assert "overdue" in (await typed(acme, "show T-1")).plain


async def test_what_is_no_date_can_be_mended_or_become_title(http_world: World) -> None:
    line = "add Pay the rent due 31 Feb 2030"
    answer = await typed(http_world, line)
    is_refusal(answer, "February 2030 has 28 days: there is no 31; write it like", line)

    await http_world.slack.click(answer.message, "Add it with these words in the title", user="U1")

    await http_world.row("Pay the rent due 31 Feb 2030")
    refused = await typed(http_world, "due T-1 xyzzy")
    is_refusal(refused, "“xyzzy” is not a date I can read: write it like", "due T-1 xyzzy")


async def test_dates_are_read_and_shown_in_the_senders_zone(http_world: World) -> None:
    of_maria = await typed(http_world, "add Here due 2030-07-01 9:00")
    of_sam = await typed(http_world, "add There due 2030-07-01 9:00", user="U2")

    assert "Mon 1 Jul 2030, 09:00 Europe/Berlin" in of_maria.plain
    assert "Mon 1 Jul 2030, 09:00 America/New_York" in of_sam.plain
    await http_world.row("Here", Due="2030-07-01T09:00:00.000+02:00")
    await http_world.row("There", Due="2030-07-01T09:00:00.000-04:00")


async def test_forged_and_broken_requests_are_refused_and_nothing_of_them_is_logged(
    http_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    good = urlencode({"command": "/task", "text": f"add {CANARY}", "team_id": "T1"}).encode()
    now = http_world.slack.core.now()

    def signed(raw: bytes, *, at: float = now, mime: str = FORM) -> dict[str, str]:
        return {"Content-Type": mime, **signed_headers(raw, now=at, secret=SECRET)}

    json_mime = "application/json"
    refused: list[tuple[int, bytes, Mapping[str, str]]] = [
        (401, good, {"Content-Type": FORM}),
        (401, good, signed(good + b"&more=1")),
        (401, good, signed(good, at=now - 600)),
        (401, good, signed(good, at=now + 600)),
        (401, good, signed(good) | {"X-Slack-Request-Timestamp": f"abc{CANARY}"}),
        (401, good, signed(good) | {"X-Slack-Signature": f"v0=ü{CANARY}"}),
        (401, b"", {}),
        (400, broken := f'{{"type": "{CANARY}'.encode(), signed(broken, mime=json_mime)),
        (400, broken, signed(broken, mime="text/plain")),
        (400, nan := f'{{"{CANARY}": NaN}}'.encode(), signed(nan, mime=json_mime)),
        (400, half := CANARY.encode() + b"=\xff\xfe", signed(half, mime="application/xml")),
        (400, raw := b"\xff\xfe" + CANARY.encode(), signed(raw, mime=json_mime)),
        (400, deep := b"[" * 200_000, signed(deep, mime=json_mime)),
        (413, CANARY.encode() * 200_000, {"Content-Type": FORM}),
    ]

    for status, body, headers in refused:
        answer = await posted(http_world, body, headers)
        assert answer[0] == status, (body[:60], headers, answer)
        assert (
            answer[1]
            in {
                401: ('{"error": "invalid request"}',),
                400: ('{"error": "bad request"}',),
                413: ('{"error": "request too large"}', '{"error": "request entity too large"}'),
            }[status]
        )

    assert CANARY not in caplog.text
    assert (await typed(http_world, "list all")).plain == "All open tasks: none."


async def test_signed_requests_that_make_no_sense_are_answered_without_a_5xx(
    http_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    now = http_world.slack.core.now()
    strange = (
        {"payload": f'{{"type": "block_actions", "x": "{CANARY}"}}'},
        {"payload": '{"type": "view_submission"}'},
        {"payload": f'{{"type": "unheard_of", "text": "{CANARY}"}}'},
        {"command": "/task"},
        {"command": f"/{CANARY}", "team_id": "T1", "user_id": "U1", "text": CANARY},
        {"command": "/task", "team_id": "T1", "text": f"add {CANARY}\0\ud800"},
        {"ssl_check": "1"},
        {"x": CANARY},
    )
    for fields in strange:
        raw = urlencode(fields, errors="surrogatepass").encode()
        status, _ = await posted(
            http_world,
            raw,
            {"Content-Type": FORM, **signed_headers(raw, now=now, secret=SECRET)},
        )
        assert status in (200, 400), fields

    assert CANARY not in caplog.text
    assert (await typed(http_world, "add Book the venue")).plain.startswith("Added T-")


TEAM_AND_USER = {"team": {"id": "T1"}, "user": {"id": "U1"}}
HOLLOW = {
    "no actions": {"type": "block_actions", "actions": []},
    "actions that are none": {"type": "block_actions", "actions": None},
    "an action without a name": {"type": "block_actions", "actions": [{}]},
    "an action of nobody's": {"type": "block_actions", "actions": [{"action_id": "nobodys"}]},
    "a form without a view": {"type": "view_submission"},
    "a closed form without a view": {"type": "view_closed"},
    "a form without a name": {"type": "view_submission", "view": {}},
    "a shortcut without a name": {"type": "shortcut"},
    "a shortcut of nobody's": {"type": "message_action", "callback_id": "nobodys"},
    "a field without a name": {"type": "block_suggestion"},
}
"""Signed by Slack's secret, but nothing that Slack sends: it has no effect, and no traceback."""


@pytest.mark.parametrize("hollow", HOLLOW.values(), ids=HOLLOW)
async def test_a_signed_request_without_its_contents_is_answered_and_is_no_error_in_the_log(
    http_world: World, caplog: pytest.LogCaptureFixture, hollow: Mapping[str, object]
) -> None:
    caplog.set_level(logging.INFO)
    raw = urlencode({"payload": json.dumps({**TEAM_AND_USER, **hollow})}).encode()
    signed = signed_headers(raw, now=http_world.slack.core.now(), secret=SECRET)

    status, _ = await posted(http_world, raw, {"Content-Type": FORM, **signed})

    assert status == 200
    assert [one.getMessage() for one in caplog.records if one.levelno > logging.WARNING] == []


async def posted(acme: World, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
    """Post to the bot as anybody can; return what it answers."""
    url = f"http://127.0.0.1:{acme.bot.port}/slack/events"
    async with acme.session.post(url, data=BytesIO(body), headers=headers) as response:
        return response.status, await response.text()
