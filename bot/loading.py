"""Reads the settings from the environment and a `.env` file, and says of each what is wrong."""

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from pydantic import ValidationError
from pydantic_settings import DotEnvSettingsSource

from bot.config import Settings, expected, is_secret, names
from bot.setting_checks import WrongBecause

_CREDENTIALS = re.compile(r"//\S*@")
_SHOWN_CHARACTERS = 100
_INSTALLING = (
    ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"),
    ("NOTION_CLIENT_ID", "NOTION_CLIENT_SECRET"),
)
_TOGETHER = (*_INSTALLING, ("OAUTH_ISSUER", "OAUTH_AUDIENCE"))
_GUARDS = ("METRICS_TOKEN",)
"""Without a value they leave a door open: set to nothing, they were meant to be set."""
_OF_AN_ISSUER = ("OAUTH_JWKS_URL", "OAUTH_TEAM_CLAIM", "OAUTH_ROLE_CLAIM")


class WrongSettings(Exception):
    """The settings cannot be used; `faults` has one sentence for each reason."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def load(environ: Mapping[str, str], dotenv: Path | None, *, serving: bool = True) -> Settings:
    """Return the settings of `environ`, over those of the file `dotenv`. WrongSettings.

    An empty variable counts as unset, but for one that guards something. Not `serving` (the
    `notion setup` command, say), what only a running bot needs may be missing.
    """
    given, faulty = _gather(environ, dotenv)
    faults = (*faulty.values(), *_missing(given.keys() | faulty.keys(), serving=serving))
    try:
        settings = Settings(**{name.lower(): value for name, value in given.items()})  # type: ignore[arg-type]  # texts, which the validators read
    except ValidationError as error:
        wrong = _reasons(error)
        told = (_wrong(name, given[name], why) for name, why in wrong.items())
        raise WrongSettings((*faults, *told)) from None
    if faults:
        raise WrongSettings(faults)
    return settings


def _gather(
    environ: Mapping[str, str], dotenv: Path | None
) -> tuple[dict[str, str], dict[str, str]]:
    """Return what is set, files of secrets read, and the faults met on the way, each by name."""
    values = {**_in_file(dotenv), **environ}
    found: dict[str, str] = {}
    faults: dict[str, str] = {}
    for name in names():
        value, path = (values.get(key, "").strip() for key in (name, f"{name}_FILE"))
        try:
            value = _secret_of(name, value, path) if path and is_secret(name) else value
        except _BadFile as fault:
            faults[name] = str(fault)
        else:
            if value:
                found[name] = value
            elif name in _GUARDS and name in values:
                faults[name] = (
                    f"{_absent(name).removesuffix('.')}; remove it to leave that open to all."
                )
    return found, faults


class _BadFile(Exception):
    """A secret cannot be read from its file; the message is the sentence."""


def _secret_of(name: str, value: str, path: str) -> str:
    if value:
        raise _BadFile(f"{name}: found {name}_FILE as well, expected only one of them.")
    try:
        value = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "not text"
        raise _BadFile(
            f"{name}_FILE: found {_shown(path)} ({why}), expected a text file."
        ) from error
    if not value:
        raise _BadFile(f"{name}_FILE: found an empty file, expected {expected(name)}.")
    return value


def _in_file(dotenv: Path | None) -> dict[str, str]:
    if dotenv is None:
        return {}
    try:
        read = DotEnvSettingsSource(Settings, env_file=dotenv, env_file_encoding="utf-8").env_vars
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "not text"
        fault = f'{dotenv.name}: found a file that cannot be read ({why}), expected "NAME=value"s.'
        raise WrongSettings((fault,)) from error
    return {name.upper(): value for name, value in read.items() if value is not None}


def _missing(given: Collection[str], *, serving: bool) -> Iterable[str]:
    if serving and "SLACK_SIGNING_SECRET" not in given:
        yield _absent("SLACK_SIGNING_SECRET")
    if serving and "NOTION_DATABASE" in given and "NOTION_TOKEN" not in given:
        yield _absent("NOTION_TOKEN", because="NOTION_DATABASE is set")
    for pair in _TOGETHER:
        there = [name for name in pair if name in given]
        if len(there) == 1:
            (absent,) = set(pair) - set(there)
            yield _absent(absent, because=f"{there[0]} is set")
    installing = [name for pair in _INSTALLING for name in pair if name in given]
    if installing and "ENCRYPTION_KEYS" not in given:
        yield _absent("ENCRYPTION_KEYS", because=f"{installing[0]} is set")
    of_an_issuer = [name for name in _OF_AN_ISSUER if name in given]
    if of_an_issuer and not {"OAUTH_ISSUER", "OAUTH_AUDIENCE"} & set(given):
        yield _absent("OAUTH_ISSUER", because=f"{of_an_issuer[0]} is set")


def _absent(name: str, *, because: str = "") -> str:
    reason = f", since {because}" if because else ""
    return f"{name}: found nothing, expected {expected(name)}{reason}."


def _reasons(error: ValidationError) -> dict[str, str]:
    """Return what is wrong, by name, with the reason where there is one to tell."""
    reasons: dict[str, str] = {}
    for details in error.errors():
        name = str(details["loc"][0]).upper()
        raised = details.get("ctx", {}).get("error")
        told = str(raised) if isinstance(raised, WrongBecause) else ""
        reasons[name] = reasons.get(name) or told
    return reasons


def _wrong(name: str, value: str, why: str) -> str:
    length = f"{len(value)} character{'' if len(value) == 1 else 's'}"
    found = f"a secret of {length}" if is_secret(name) else _shown(value)
    reason = f" ({why})" if why else ""
    return f"{name}: found {found}{reason}, expected {expected(name)}."


def _shown(value: str) -> str:
    value = _CREDENTIALS.sub("//…@", value)
    cut = value if len(value) <= _SHOWN_CHARACTERS else value[:_SHOWN_CHARACTERS] + "…"
    return ascii(cut) if not cut.isprintable() else f'"{cut}"'
