import contextlib
import io
import json
import logging
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot import cli
from bot.cli import Commands, main
from bot.config import Settings
from bot.embedded import NoMongod
from bot.key_orders import CreateKey, KeyOrder, ListKeys, RenewKey, RevokeKey, RotateRing
from bot.server import PortTaken
from storage.client import BadAddress
from tasks.api_keys import Role

SERVING = {"SLACK_SIGNING_SECRET": "canary-signing", "LOG_FORMAT": "json"}
ID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
HOUR = timedelta(hours=1)
OTHER_ID = "11111111-2222-3333-4444-555555555555"


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@dataclass
class Typed:
    """Runs command lines against commands that only note what they were asked."""

    template: Path
    done: list[tuple[str, Any]] = field(default_factory=list)
    raising: BaseException | None = None
    out: io.StringIO = field(default_factory=io.StringIO)
    err: io.StringIO = field(default_factory=io.StringIO)

    def __call__(self, line: str, environ: dict[str, str] | None = None) -> int:
        commands = Commands(
            application=self.application,
            demo=self.demo,
            doctor=self.doctor,
            notion_setup=self.notion_setup,
            notion_import=self.notion_import,
            notion_webhook=self.notion_webhook,
            reconcile=self.reconcile,
            keys=self.keys,
        )
        return main(
            line.split(),
            commands,
            environ=environ or {},
            dotenv=self.template.with_name(".env"),
            template=self.template,
            out=self.out,
            err=self.err,
        )

    @contextlib.asynccontextmanager
    async def application(self, settings: Settings) -> AsyncIterator["Typed"]:
        if self.raising:
            raise self.raising
        self.done.append(("up", settings.port))
        yield self
        self.done.append(("down", settings.port))

    async def run_until_stopped(self) -> None:
        logging.getLogger("test").info("serving canary-signing")

    async def demo(self) -> int:
        self.done.append(("demo", None))
        return 0

    async def doctor(self, _settings: Settings, *, as_json: bool) -> int:
        self.done.append(("doctor", as_json))
        return 1

    async def notion_setup(
        self,
        _settings: Settings,
        *,
        page: str | None,
        database: str | None,
        add_missing: bool,
    ) -> int:
        self.done.append(("setup", (page, database)))
        self.add_missing = add_missing
        return 0

    async def notion_import(self, _settings: Settings, /) -> int:
        self.done.append(("notion import", None))
        return 0

    async def notion_webhook(self, _settings: Settings, /, *, reset: bool) -> int:
        self.done.append(("notion webhook", reset))
        return 0

    async def reconcile(
        self, _settings: Settings, /, *, dry_run: bool, yes: bool, keep: bool
    ) -> int:
        self.done.append(("reconcile", (dry_run, yes, keep)))
        return 0

    async def keys(self, _settings: Settings, order: KeyOrder) -> int:
        self.done.append(("keys", order))
        return 1


@pytest.fixture
def typed(tmp_path: Path) -> Typed:
    template = tmp_path / "manifest.yml"
    template.write_text(
        "features: {}\n"
        "settings:\n"
        "  event_subscriptions: {request_url: 'https://taskbridge.example.com/slack/events'}\n"
    )
    return Typed(template=template)


def test_serve_runs_the_application_until_it_is_stopped(typed: Typed) -> None:
    assert typed("serve", {**SERVING, "PORT": "4000"}) == cli.OK
    assert typed.done == [("up", 4000), ("down", 4000)]


def test_serve_logs_json_on_standard_output_without_the_secrets(typed: Typed) -> None:
    typed("serve", SERVING)
    (line,) = typed.out.getvalue().splitlines()
    assert json.loads(line)["event"] == "serving [redacted]"
    assert typed.err.getvalue() == ""


def test_wrong_settings_are_one_sentence_per_line_and_exit_code_two(typed: Typed) -> None:
    wrong = {"PORT": "http", "NOTION_TOKEN": "canary", "NOTION_CLIENT_ID": "c"}
    assert typed("serve", wrong) == 2
    lines = typed.err.getvalue().splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "SLACK_SIGNING_SECRET",
        "NOTION_CLIENT_SECRET",
        "ENCRYPTION_KEYS",
        "PORT",
    ]
    assert typed.done == []
    assert "canary" not in typed.err.getvalue()


def test_an_address_that_no_driver_takes_names_its_setting(typed: Typed) -> None:
    typed.raising = BadAddress("Port must be an integer")
    assert typed("serve", SERVING) == cli.WRONG_USE
    said = (
        "MONGODB_URI: found no usable address (Port must be an integer),"
        ' expected one like "mongodb://host:27017/?replicaSet=rs0".\n'
    )
    assert typed.err.getvalue() == said


@pytest.mark.parametrize("reason", [PortTaken("Cannot listen."), NoMongod("No usable mongod.")])
def test_what_hinders_the_start_is_one_sentence(typed: Typed, reason: Exception) -> None:
    typed.raising = reason
    assert typed("serve", SERVING) == cli.FAILED
    assert typed.err.getvalue() == f"{reason}\n"


def test_ctrl_c_is_no_traceback(typed: Typed) -> None:
    typed.raising = KeyboardInterrupt()
    assert typed("serve", SERVING) == cli.INTERRUPTED
    assert typed.err.getvalue() == ""


@pytest.mark.parametrize(
    ("line", "subscriptions", "socket_mode"),
    [
        ("manifest --url https://x.example/", "request_url: https://x.example/slack/events", False),
        ("manifest --socket-mode", "event_subscriptions: {}", True),
    ],
)
def test_the_manifest_is_printed_ready_to_paste_and_needs_no_settings(
    typed: Typed,
    line: str,
    subscriptions: str,
    socket_mode: bool,  # noqa: FBT001  # a parameter of pytest
) -> None:
    assert typed(line) == cli.OK
    assert subscriptions in typed.out.getvalue()
    assert ("socket_mode_enabled: true" in typed.out.getvalue()) is socket_mode


def test_the_demo_needs_no_settings(typed: Typed) -> None:
    assert typed("demo") == cli.OK
    assert typed.done == [("demo", None)]


@pytest.mark.parametrize(("line", "as_json"), [("doctor", False), ("doctor --json", True)])
def test_the_doctors_verdict_is_the_exit_code(typed: Typed, line: str, as_json: bool) -> None:  # noqa: FBT001  # a parameter of pytest
    assert typed(line, SERVING) == 1
    assert typed.done == [("doctor", as_json)]


def test_a_machine_that_asks_the_doctor_reads_json_with_wrong_settings_too(typed: Typed) -> None:
    assert typed("doctor --json", {"PORT": "http"}) == cli.WRONG_USE
    findings = json.loads(typed.out.getvalue())["findings"]
    assert [(each["level"], each["about"]) for each in findings] == [("fail", "settings")] * 2
    assert [each["sentence"].partition(":")[0] for each in findings] == [
        "SLACK_SIGNING_SECRET",
        "PORT",
    ]
    assert typed.err.getvalue() == ""
    assert typed.done == []


@pytest.mark.parametrize(
    ("line", "environ", "asked"),
    [
        (f"--page https://www.notion.so/a/Home-{ID.replace('-', '')}", {}, (ID, None)),
        (f"--database {OTHER_ID}", {"NOTION_DATABASE": ID}, (None, OTHER_ID)),
        (f"--page {OTHER_ID}", {"NOTION_DATABASE": ID}, (OTHER_ID, None)),
        ("", {"NOTION_DATABASE": ID}, (None, ID)),
    ],
)
def test_notion_setup_creates_in_a_page_or_maps_a_database(
    typed: Typed, line: str, environ: dict[str, str], asked: tuple[str | None, str | None]
) -> None:
    assert typed(f"notion setup {line}", {"NOTION_TOKEN": "t", **environ}) == cli.OK
    assert typed.done == [("setup", asked)]


def test_columns_are_added_to_an_existing_database_only_when_asked_to(typed: Typed) -> None:
    environ = {"NOTION_TOKEN": "t", "NOTION_DATABASE": "0" * 12 + "4" + "0" * 3 + "8" + "0" * 15}

    typed("notion setup", environ)
    assert typed.add_missing is False
    typed("notion setup --add-missing", environ)
    assert typed.add_missing is True


KEY_LINES = [
    ("create --team T1 --role write --name ci", CreateKey(team="T1", role=Role.WRITE, name="ci")),
    ("list --team T1", ListKeys(team="T1")),
    ("revoke 0a1b --team T1", RevokeKey(team="T1", key_id="0a1b")),
    ("renew 0a1b --team T1", RenewKey(team="T1", key_id="0a1b", grace=timedelta(hours=24))),
    ("renew 0a1b --team T1 --grace 0", RenewKey(team="T1", key_id="0a1b", grace=timedelta(0))),
    ("renew 0a1b --team T1 --grace 90m", RenewKey(team="T1", key_id="0a1b", grace=1.5 * HOUR)),
    ("rotate", RotateRing()),
]


@pytest.mark.parametrize(("line", "order"), KEY_LINES)
def test_keys_are_ordered_without_what_only_a_running_bot_needs(
    typed: Typed, line: str, order: KeyOrder
) -> None:
    assert typed(f"keys {line}") == 1  # as the command returned
    assert typed.done == [("keys", order)]


@pytest.mark.parametrize(
    "line",
    [
        "keys",
        "keys create --team T1 --role owner --name ci",
        "keys create --role write --name ci",
        "keys list",
        "keys revoke --team T1",
        "keys renew 0a1b --team T1 --grace 24",
        "keys renew 0a1b --team T1 --grace 91d",
        "keys renew 0a1b --team T1 --grace -1h",
    ],
)
def test_what_is_no_order_for_keys_ends_with_the_usage(
    typed: Typed, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        typed(line)
    assert ended.value.code == 2
    assert "usage: python -m bot keys" in capsys.readouterr().err
    assert typed.done == []


@pytest.mark.parametrize(
    ("line", "environ", "said"),
    [
        ("notion setup", {}, "NOTION_TOKEN: found nothing"),
        ("notion setup", {"NOTION_TOKEN": "t"}, "notion setup: found neither --page nor"),
        ("notion setup --page x", {"NOTION_TOKEN": "t"}, '--page: found "x", expected an id'),
        ("manifest --url http://x.example", {}, '--url: found "http://x.example"'),
        ("manifest --url https://", {}, '--url: found "https://"'),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_code_two(
    typed: Typed, line: str, environ: dict[str, str], said: str
) -> None:
    assert typed(line, environ) == cli.WRONG_USE
    assert typed.err.getvalue().startswith(said)
    assert typed.err.getvalue().count("\n") == 1
    assert typed.done == []


@pytest.mark.parametrize(
    "line", ["backup", "backup --to /backups tonight", "restore x.tar", "export --json"]
)
def test_what_is_not_there_yet_fails_with_what_to_do_until_then(typed: Typed, line: str) -> None:
    assert typed(line) == cli.WRONG_USE
    said = typed.err.getvalue()
    assert said.startswith(f"{line.split(maxsplit=1)[0]}: not there yet; ")
    assert said.count("\n") == 1
    assert typed.done == []


@pytest.mark.parametrize(
    "line",
    ["", "fly", "serve --fast", "notion", "manifest", "manifest --url https://x --socket-mode"],
)
def test_what_is_no_command_ends_with_the_usage(
    typed: Typed, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        typed(line)
    assert ended.value.code == 2
    assert "usage: python -m bot" in capsys.readouterr().err


def test_help_names_every_command(typed: Typed, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        typed("--help")
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    for command in (
        "serve",
        "demo",
        "doctor",
        "notion",
        "reconcile",
        "keys",
        "manifest",
        "backup",
        "restore",
        "export",
    ):
        assert re.search(rf"^ +{command}\b", shown, re.MULTILINE)


def test_help_of_a_command_says_what_it_does(
    typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    for line, said in (
        ("notion webhook", "Show the token that verifies the webhooks."),
        ("keys rotate", "Encrypt stored tokens anew, with the newest ENCRYPTION_KEYS."),
    ):
        with pytest.raises(SystemExit):
            typed(f"{line} --help")
        assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("notion webhook", ("notion webhook", False)),
        ("notion import", ("notion import", None)),
        ("notion webhook --reset", ("notion webhook", True)),
        ("reconcile", ("reconcile", (False, False, False))),
        ("reconcile --dry-run", ("reconcile", (True, False, False))),
        ("reconcile --yes", ("reconcile", (False, True, False))),
        ("reconcile --keep", ("reconcile", (False, False, True))),
    ],
)
def test_the_commands_of_the_notion_side_are_handed_on(
    typed: Typed, line: str, asked: tuple[str, object]
) -> None:
    assert typed(line) == 0
    assert typed.done == [asked]
