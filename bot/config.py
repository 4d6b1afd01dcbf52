"""Every setting: what it means, and what it may be."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.setting_checks import (
    DATABASE,
    ISSUERS,
    PUBLIC,
    URL,
    database_id,
    keys,
    lower,
    matching,
    rest_keys,
    secret_list,
    token,
    yes_or_no,
)

Token: TypeAlias = Annotated[SecretStr, token()]


def _setting(default: Any, meaning: str, *, expected: str) -> Any:  # noqa: ANN401  # as pydantic's Field
    return Field(default, description=meaning, json_schema_extra={"expected": expected})


class Settings(BaseSettings):
    """The settings, each under its variable's name in lower case."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    slack_signing_secret: Annotated[tuple[SecretStr, ...], BeforeValidator(secret_list)] = _setting(
        (),
        "Proves that a request is Slack's; required to serve",
        expected="the app's signing secret, or two, separated by a comma, during rotation",
    )
    slack_bot_token: Annotated[SecretStr, token(r"(xoxe\.)?xoxb-[!-~]+")] | None = _setting(
        None,
        "The bot's token, for one workspace",
        expected='the bot token, which starts with "xoxb-"',
    )
    slack_app_token: Annotated[SecretStr, token(r"xapp-[!-~]+")] | None = _setting(
        None,
        "Turns Socket Mode on",
        expected='an app-level token, which starts with "xapp-"',
    )
    slack_client_id: Annotated[str, token()] | None = _setting(
        None, "Kept for installing by OAuth, not there yet", expected="the app's client id"
    )
    slack_client_secret: Token | None = _setting(
        None, "Kept for installing by OAuth, not there yet", expected="the app's client secret"
    )
    slack_api_url: Annotated[str, matching(URL)] = _setting(
        "https://slack.com/api/",
        "Where Slack's Web API is",
        expected="an http or https URL without a password or a query",
    )
    slack_work_objects: Annotated[bool, BeforeValidator(yes_or_no)] = _setting(
        False,  # noqa: FBT003  # the default, as of every other setting
        "Shows tasks below links as Work Objects, where the app's settings have them on",
        expected='"true" or "false"',
    )
    notion_token: Token | None = _setting(
        None,
        "The internal integration's token; unset: sync is off",
        expected="the internal integration's token",
    )
    notion_database: Annotated[str, BeforeValidator(database_id)] | None = _setting(
        None,
        "The database or data source that tasks are mirrored to",
        expected="the id of a database or data source, or the URL that Notion copies",
    )
    notion_client_id: Annotated[str, token()] | None = _setting(
        None,
        "Kept for Notion's OAuth, not there yet",
        expected="the public integration's client id",
    )
    notion_client_secret: Token | None = _setting(
        None,
        "Kept for Notion's OAuth, not there yet",
        expected="the public integration's client secret",
    )
    notion_webhook_token: Token | None = _setting(
        None,
        "The webhook subscription's verification token",
        expected="the verification token that Notion sent",
    )
    notion_api_url: Annotated[str, matching(URL)] = _setting(
        "https://api.notion.com",
        "Where Notion's API is",
        expected="an http or https URL without a password or a query",
    )
    notion_requests_per_minute: Annotated[int, Field(ge=1, le=600)] = _setting(
        180,
        "Calls to Notion in a minute, over all instances",
        expected="a whole number from 1 to 600",
    )
    mongodb_uri: Annotated[SecretStr, matching(r"mongodb(\+srv)?://\S+")] | None = _setting(
        None,
        "The database; unset: a mongod is started on loopback",
        expected='a URI that starts with "mongodb://" or "mongodb+srv://"',
    )
    mongodb_database: Annotated[str, matching(DATABASE)] = _setting(
        "taskbridge",
        "The name of the database",
        expected='up to 38 letters, digits, "_" and "-"',
    )
    mongodb_driver: Annotated[Literal["pymongo", "motor"], BeforeValidator(lower)] = _setting(
        "pymongo", "The driver", expected='"pymongo" or "motor"'
    )
    encryption_keys: Annotated[tuple[SecretStr, ...], BeforeValidator(keys)] = _setting(
        (),
        "The key ring for stored tokens, newest first; required with OAuth",
        expected="keys of 32 bytes in base64, separated by commas, newest first"
        ' ("openssl rand -base64 32" makes one)',
    )
    api_keys: Annotated[SecretStr, BeforeValidator(rest_keys)] | None = _setting(
        None,
        "REST keys; without them and without an issuer the REST API is off",
        expected='keys as role:team:sha256hex, separated by commas, or "stored"',
    )
    api_requests_per_minute: Annotated[int, Field(ge=1, le=1_000_000)] = _setting(
        7200,
        "REST requests of one key in a minute, on each instance",
        expected="a whole number from 1 to 1000000",
    )
    oauth_issuer: Annotated[str, ISSUERS] | None = _setting(
        None,
        "Whose access tokens the REST API takes, beside keys",
        expected="the issuer's https URL, as its tokens have it",
    )
    oauth_audience: Annotated[str, token()] | None = _setting(
        None,
        "Whom the access tokens must be meant for",
        expected="the audience that the access tokens name",
    )
    oauth_jwks_url: Annotated[str, ISSUERS] | None = _setting(
        None,
        "Where the issuer's keys are; unset: where its metadata says",
        expected="the https URL of the issuer's keys",
    )
    oauth_team_claim: Annotated[str, token()] = _setting(
        "team", "The claim that names the workspace", expected="the name of a claim"
    )
    oauth_role_claim: Annotated[str, token()] = _setting(
        "role", "The claim that names the role, or roles", expected="the name of a claim"
    )
    metrics_token: Token | None = _setting(
        None,
        "What /metrics and /stats want as bearer",
        expected="a token of printable ASCII characters without spaces",
    )
    public_url: Annotated[str, PUBLIC] | None = _setting(
        None,
        "Where people reach the bot; unset: tasks have no links of their own",
        expected="the https address under which the bot is reached, without a query",
    )
    host: Annotated[str, matching(r"[0-9A-Za-z.:_-]+")] = _setting(
        "0.0.0.0",  # noqa: S104  # in a container there is nothing else to listen on
        "The address to listen on",
        expected="an address or host name",
    )
    port: Annotated[int, Field(ge=1, le=65535)] = _setting(
        3000, "The port to listen on", expected="a whole number from 1 to 65535"
    )
    log_level: Annotated[
        Literal["debug", "info", "warning", "error", "critical"], BeforeValidator(lower)
    ] = _setting(
        "info",
        "The least important lines to log",
        expected='"debug", "info", "warning", "error" or "critical"',
    )
    log_format: Annotated[Literal["json", "console"], BeforeValidator(lower)] | None = _setting(
        None,
        "json, or console (the default on a terminal)",
        expected='"json" or "console"',
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  # this and below: the base's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # unused
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # unused
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # unused
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what `load` gathered and nothing else: no variable is read behind our back."""
        return (init_settings,)

    def secret_values(self) -> Iterator[str]:
        """Yield every secret, for the redaction of logs."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            for secret in value if isinstance(value, tuple) else (value,):
                if isinstance(secret, SecretStr):
                    yield secret.get_secret_value()

    def wants_console(self, *, terminal: bool) -> bool:
        """Tell whether logs are for a person's eyes."""
        return self.log_format == "console" or (self.log_format is None and terminal)


def text_of(secret: SecretStr | None) -> str | None:
    """Return a secret's text."""
    return secret.get_secret_value() if secret is not None else None


def names() -> Iterator[str]:
    """Yield the variables' names."""
    yield from (name.upper() for name in Settings.model_fields)


def is_secret(name: str) -> bool:
    """Tell whether a variable's value must never be shown (and may come as NAME_FILE)."""
    return "SecretStr" in str(_field(name).annotation)


def expected(name: str) -> str:
    """Return what a variable has to be, as half a sentence."""
    extra = _field(name).json_schema_extra
    return str(extra["expected"]) if isinstance(extra, dict) else ""


def _field(name: str) -> FieldInfo:
    return Settings.model_fields[name.lower()]
