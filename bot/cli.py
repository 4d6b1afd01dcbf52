"""The command line: reads what was typed and the settings, hands over, turns faults into words."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, TextIO

from bot import manifest
from bot.config import Settings
from bot.data_directory import DirectoryInUse
from bot.embedded import MongodDidNotStart, NoMongod
from bot.findings import for_machines, wrong_settings
from bot.help_texts import told
from bot.key_orders import KeyOrder, add_keys, key_order
from bot.last_resort import last_resort
from bot.loading import WrongSettings, load
from bot.notion_address import notion_id
from bot.release import RELEASE
from bot.server import PortTaken
from observability.logs import configure_logs
from storage.client import BadAddress

OK, FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130

_CANNOT_START = (DirectoryInUse, MongodDidNotStart, NoMongod, PortTaken)


class Application(Protocol):
    """A bot that is up."""

    async def run_until_stopped(self) -> None:
        """Return when a signal has asked for the end and everything is finished."""


class Doctor(Protocol):
    """Examines both ends."""

    async def __call__(self, settings: Settings, /, *, as_json: bool) -> int:
        """Print what was found; return 0 when all is well, else 1."""


class NotionSetup(Protocol):
    """Creates the database in Notion, or maps the columns of an existing one."""

    async def __call__(
        self, settings: Settings, /, *, page: str | None, database: str | None, add_missing: bool
    ) -> int:
        """Create under `page`, or map `database` (dashed ids, one is given); return 0 or 1.

        Columns are added to a database that is there only with `add_missing`.
        """


class NotionImport(Protocol):
    """Makes tasks of the rows that were in Notion before the bot."""

    async def __call__(self, settings: Settings, /) -> int:
        """Import what is there, from where an earlier import has stopped; return the exit code."""


class NotionWebhook(Protocol):
    """Shows or forgets the token that a hand-shake of Notion's webhooks has brought."""

    async def __call__(self, settings: Settings, /, *, reset: bool) -> int:
        """Print the token, or forget it; return the exit code."""


class Reconcile(Protocol):
    """Goes through the whole Notion database."""

    async def __call__(self, settings: Settings, /, *, dry_run: bool, yes: bool, keep: bool) -> int:
        """Print what was found, and let the bot do what follows; return the exit code.

        With `dry_run` nothing follows; with `yes` it does however many rows are missing.
        """


class Keys(Protocol):
    """Makes, shows and ends keys of the REST API, and moves stored tokens to the newest key."""

    async def __call__(self, settings: Settings, order: KeyOrder, /) -> int:
        """Carry out one order; return the exit code."""


class SettingsFor(Protocol):
    """Loads the settings."""

    def __call__(self, *, serving: bool) -> Settings:
        """Return what a running bot needs, or what other commands do. WrongSettings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """What the commands do, handed in by `bot.__main__`."""

    application: Callable[[Settings], AbstractAsyncContextManager[Application]]
    demo: Callable[[], Awaitable[int]]
    doctor: Doctor
    notion_setup: NotionSetup
    notion_import: NotionImport
    notion_webhook: NotionWebhook
    reconcile: Reconcile
    keys: Keys


def main(
    argv: Sequence[str],
    commands: Commands,
    *,
    environ: Mapping[str, str],
    dotenv: Path = Path(".env"),
    template: Path = manifest.TEMPLATE,
    out: TextIO | None = None,
    err: TextIO | None = None,
) -> int:
    """Run one command; return the exit code: 0, 1 (failed), 2 (wrong use or settings) or 130."""
    out, err = out or sys.stdout, err or sys.stderr
    typed = _read(argv)
    try:
        _refuse_what_is_not_there_yet(typed.command)
        if typed.command == "manifest":
            return _manifest(template, typed.url, out)
        return _obey(typed, commands, partial(load, environ, dotenv), out, err)
    except WrongSettings as wrong:
        code, sentences = WRONG_USE, wrong.faults
    except (manifest.BadAddress, _WrongUse) as wrong:
        code, sentences = WRONG_USE, (str(wrong),)
    except BadAddress as reason:
        code, sentences = WRONG_USE, (_address_that_no_driver_takes(reason),)
    except _CANNOT_START as reason:
        code, sentences = FAILED, (str(reason),)
    except KeyboardInterrupt:
        code, sentences = INTERRUPTED, ()
    if typed.command == "doctor" and typed.as_json and sentences:
        out.write(for_machines(wrong_settings(sentences)))
    else:
        err.writelines(f"{sentence}\n" for sentence in sentences)
    return code


def _obey(
    typed: argparse.Namespace,
    commands: Commands,
    settings_for: SettingsFor,
    out: TextIO,
    err: TextIO,
) -> int:
    if typed.command == "demo":
        configure_logs(level="warning", console=True, stream=err)
        return _run(_awaited(commands.demo()))
    settings = settings_for(serving=typed.command not in {"notion", "keys", "reconcile"})
    _configure(settings, out if typed.command == "serve" else err)
    with last_resort() as count_down:
        return _run(_with_settings(typed, settings, commands, stopping=count_down))


_NOT_YET = {
    "backup": "back up the MongoDB database itself, with mongodump or a snapshot of its volume",
    "restore": "restore the MongoDB database itself, with mongorestore or a snapshot of its volume",
    "export": "read the tasks over REST, page by page, at /api/v1/tasks",
}
"""Commands that are still to be built, and what to do until then."""


class _WrongUse(Exception):
    """What was typed cannot be done; the message is one sentence."""


def _address_that_no_driver_takes(reason: BadAddress) -> str:
    return (
        f"MONGODB_URI: found no usable address ({reason}),"
        ' expected one like "mongodb://host:27017/?replicaSet=rs0".'
    )


def _refuse_what_is_not_there_yet(command: str) -> None:
    if command in _NOT_YET:
        raise _WrongUse(f"{command}: not there yet; {_NOT_YET[command]}.")


def _read(argv: Sequence[str]) -> argparse.Namespace:
    """Return what was typed; what stands behind a command that is not there yet is not judged."""
    parser = _parser()
    typed, left = parser.parse_known_args(argv)
    if left and typed.command not in _NOT_YET:
        parser.error(f"unrecognized arguments: {' '.join(left)}")
    return typed


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="Tasks in Slack, mirrored in Notion."
    )
    parser.add_argument("--version", action="version", version=RELEASE)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    commands.add_parser("serve", **told("run the bot against the real services"))
    commands.add_parser("demo", **told("run everything here, with simulated Slack and Notion"))
    doctor = commands.add_parser("doctor", **told("examine both ends and say what is wrong"))
    doctor.add_argument("--json", action="store_true", dest="as_json", help="as JSON, for machines")
    notion = commands.add_parser("notion", **told("prepare the Notion side"))
    actions = notion.add_subparsers(dest="action", required=True, metavar="action")
    setup = actions.add_parser(
        "setup", **told("create the database with the right columns, or map an existing one")
    )
    place = setup.add_mutually_exclusive_group()
    place.add_argument("--page", metavar="URL", help="create the database in this page")
    place.add_argument("--database", metavar="URL", help="map this database (else NOTION_DATABASE)")
    setup.add_argument(
        "--add-missing", action="store_true", help="add the columns that the database lacks"
    )
    actions.add_parser(
        "import",
        **told(
            "make tasks of the rows that were there before the bot; goes on where it was stopped"
        ),
    )
    webhook = actions.add_parser("webhook", **told("show the token that verifies the webhooks"))
    webhook.add_argument(
        "--reset", action="store_true", help="forget the token, for a new subscription"
    )
    reconcile = commands.add_parser(
        "reconcile", **told("compare every row in Notion with its task")
    )
    careful = reconcile.add_mutually_exclusive_group()
    careful.add_argument("--dry-run", action="store_true", help="say what would be done")
    careful.add_argument(
        "--yes",
        action="store_true",
        help="tasks of missing rows are to be deleted, however many they are",
    )
    careful.add_argument("--keep", action="store_true", help="bring the missing rows back")
    add_keys(commands.add_parser("keys", **told("keys of the REST API and of stored tokens")))
    paste = commands.add_parser("manifest", **told("print the app manifest, ready to paste"))
    for name, instead in _NOT_YET.items():
        commands.add_parser(name, help="not there yet", description=f"Not there yet: {instead}.")
    where = paste.add_mutually_exclusive_group(required=True)
    where.add_argument("--url", metavar="https://…", help="where Slack reaches the bot")
    where.add_argument("--socket-mode", action="store_true", help="Slack need not reach the bot")
    return parser


async def _with_settings(
    typed: argparse.Namespace,
    settings: Settings,
    commands: Commands,
    *,
    stopping: Callable[[], None],
) -> int:
    match typed.command:
        case "serve":
            async with commands.application(settings) as application:
                await application.run_until_stopped()
                stopping()
            return OK
        case "doctor":
            return await commands.doctor(settings, as_json=typed.as_json)
        case "keys":
            return await commands.keys(settings, key_order(typed))
        case "reconcile":
            return await commands.reconcile(
                settings, dry_run=typed.dry_run, yes=typed.yes, keep=typed.keep
            )
        case _:
            return await _notion(typed, settings, commands)


async def _notion(typed: argparse.Namespace, settings: Settings, commands: Commands) -> int:
    match typed.action:
        case "import":
            return await commands.notion_import(settings)
        case "webhook":
            return await commands.notion_webhook(settings, reset=typed.reset)
        case _:
            return await _notion_setup(typed, settings, commands)


async def _notion_setup(typed: argparse.Namespace, settings: Settings, commands: Commands) -> int:
    if settings.notion_token is None:
        raise _WrongUse("NOTION_TOKEN: found nothing, expected the internal integration's token.")
    page = _id(typed.page, "--page")
    database = _id(typed.database, "--database")
    if page is None and database is None:
        database = settings.notion_database
    if page is None and database is None:
        raise _WrongUse(
            "notion setup: found neither --page nor a database, expected --page with the URL of"
            " the page to create one in, or --database (or NOTION_DATABASE) to map an existing one."
        )
    return await commands.notion_setup(
        settings, page=page, database=database, add_missing=typed.add_missing
    )


def _id(text: str | None, name: str) -> str | None:
    if text is None:
        return None
    if (found := notion_id(text)) is None:
        raise _WrongUse(f'{name}: found "{text}", expected an id or the URL that Notion copies.')
    return found


def _manifest(template: Path, url: str | None, out: TextIO) -> int:
    read = manifest.read_template(template)
    made = manifest.for_socket_mode(read) if url is None else manifest.for_address(read, url)
    out.write(manifest.as_yaml(made))
    return OK


def _configure(settings: Settings, stream: TextIO) -> None:
    configure_logs(
        level=settings.log_level,
        console=settings.wants_console(terminal=stream.isatty()),
        known_secrets=settings.secret_values(),
        stream=stream,
    )


def _run(work: Coroutine[None, None, int]) -> int:
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(work)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415  # not on every platform
    except ImportError:
        return None
    return uvloop.new_event_loop


async def _awaited(work: Awaitable[int]) -> int:
    return await work
