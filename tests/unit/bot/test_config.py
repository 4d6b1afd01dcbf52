import base64
import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.config import Settings, is_secret, names
from bot.loading import WrongSettings, load

SIGNING = {"SLACK_SIGNING_SECRET": "canary-signing"}
KEY = base64.b64encode(bytes(range(32))).decode()
API_KEY = f"write:T1:{'ab' * 32}"
ID = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
DASHED = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
DESIGNED = [
    "SLACK_SIGNING_SECRET",
    "SLACK_BOT_TOKEN",
    "SLACK_APP_TOKEN",
    "SLACK_CLIENT_ID",
    "SLACK_CLIENT_SECRET",
    "SLACK_API_URL",
    "NOTION_TOKEN",
    "NOTION_DATABASE",
    "NOTION_CLIENT_ID",
    "NOTION_CLIENT_SECRET",
    "NOTION_WEBHOOK_TOKEN",
    "NOTION_API_URL",
    "NOTION_REQUESTS_PER_MINUTE",
    "SLACK_WORK_OBJECTS",
    "MONGODB_URI",
    "MONGODB_DATABASE",
    "MONGODB_DRIVER",
    "ENCRYPTION_KEYS",
    "API_KEYS",
    "API_REQUESTS_PER_MINUTE",
    "OAUTH_ISSUER",
    "OAUTH_AUDIENCE",
    "OAUTH_JWKS_URL",
    "OAUTH_TEAM_CLAIM",
    "OAUTH_ROLE_CLAIM",
    "METRICS_TOKEN",
    "PUBLIC_URL",
    "HOST",
    "PORT",
    "LOG_LEVEL",
    "LOG_FORMAT",
]
SECRETS = [
    "SLACK_SIGNING_SECRET",
    "SLACK_BOT_TOKEN",
    "SLACK_APP_TOKEN",
    "SLACK_CLIENT_SECRET",
    "NOTION_TOKEN",
    "NOTION_CLIENT_SECRET",
    "NOTION_WEBHOOK_TOKEN",
    "MONGODB_URI",
    "ENCRYPTION_KEYS",
    "API_KEYS",
    "METRICS_TOKEN",
]


def settings(environ: dict[str, str] | None = None) -> Settings:
    return load({**SIGNING, **(environ or {})}, None)


def faults(environ: dict[str, str], *, serving: bool = True) -> tuple[str, ...]:
    with pytest.raises(WrongSettings) as caught:
        load(environ, None, serving=serving)
    return caught.value.faults


def test_every_designed_variable_is_there_and_only_those() -> None:
    assert sorted(names()) == sorted(DESIGNED)
    assert sorted(name for name in names() if is_secret(name)) == sorted(SECRETS)


def test_every_variable_has_its_meaning_and_what_is_expected() -> None:
    for field in Settings.model_fields.values():
        assert field.description
        assert isinstance(field.json_schema_extra, dict)
        assert field.json_schema_extra["expected"]


def test_with_the_signing_secret_alone_the_rest_has_its_defaults() -> None:
    found = settings()
    assert [s.get_secret_value() for s in found.slack_signing_secret] == ["canary-signing"]
    assert found.slack_api_url == "https://slack.com/api/"
    assert found.notion_api_url == "https://api.notion.com"
    assert found.notion_requests_per_minute == 180
    assert (found.mongodb_uri, found.mongodb_database) == (None, "taskbridge")
    assert found.mongodb_driver == "pymongo"
    assert (found.api_keys, found.api_requests_per_minute) == (None, 7200)
    assert (found.oauth_issuer, found.oauth_audience, found.oauth_jwks_url) == (None, None, None)
    assert (found.oauth_team_claim, found.oauth_role_claim) == ("team", "role")
    assert (found.host, found.port) == ("0.0.0.0", 3000)  # noqa: S104  # the contract's default
    assert (found.log_level, found.log_format) == ("info", None)


def test_everything_set_is_read() -> None:
    found = settings(
        {
            "SLACK_BOT_TOKEN": "xoxb-1",
            "SLACK_APP_TOKEN": "xapp-1",
            "SLACK_CLIENT_ID": "1.2",
            "SLACK_CLIENT_SECRET": "abc",
            "SLACK_API_URL": "http://127.0.0.1:5000/api/",
            "NOTION_TOKEN": "ntn_1",
            "NOTION_DATABASE": ID,
            "NOTION_CLIENT_ID": "c",
            "NOTION_CLIENT_SECRET": "s",
            "NOTION_WEBHOOK_TOKEN": "w",
            "NOTION_API_URL": "http://127.0.0.1:5001",
            "NOTION_REQUESTS_PER_MINUTE": "600",
            "MONGODB_URI": "mongodb://u:p@h/?replicaSet=rs0",
            "MONGODB_DATABASE": "other",
            "MONGODB_DRIVER": "Motor",
            "ENCRYPTION_KEYS": KEY,
            "API_KEYS": f"stored,{API_KEY}",
            "API_REQUESTS_PER_MINUTE": "60",
            "OAUTH_ISSUER": "https://issuer.example/realms/a",
            "OAUTH_AUDIENCE": "taskbridge",
            "OAUTH_JWKS_URL": "http://127.0.0.1:8080/keys",
            "OAUTH_TEAM_CLAIM": "https://taskbridge.example/team",
            "OAUTH_ROLE_CLAIM": "roles",
            "METRICS_TOKEN": "m",
            "HOST": "::1",
            "PORT": "8080",
            "LOG_LEVEL": "DEBUG",
            "LOG_FORMAT": "console",
        }
    )
    assert found.notion_database == DASHED
    assert found.mongodb_driver == "motor"
    assert found.log_level == "debug"
    assert found.port == 8080
    assert found.api_requests_per_minute == 60
    assert (found.oauth_issuer, found.oauth_audience) == (
        "https://issuer.example/realms/a",
        "taskbridge",
    )
    assert found.oauth_jwks_url == "http://127.0.0.1:8080/keys"
    assert found.oauth_team_claim == "https://taskbridge.example/team"
    assert found.oauth_role_claim == "roles"
    assert {"xoxb-1", "ntn_1", KEY, "m", "canary-signing"} <= set(found.secret_values())


def test_nothing_secret_shows_in_the_settings_themselves() -> None:
    found = settings(
        {"SLACK_BOT_TOKEN": "xoxb-canary", "ENCRYPTION_KEYS": KEY, "MONGODB_URI": "mongodb://c"}
    )
    for shown in (repr(found), str(found), repr(found.model_dump()), found.model_dump_json()):
        assert "canary" not in shown
        assert KEY not in shown
        assert "mongodb://c" not in shown


def test_two_signing_secrets_are_taken_during_rotation() -> None:
    found = settings({"SLACK_SIGNING_SECRET": "new , old"}).slack_signing_secret
    assert found == (SecretStr("new"), SecretStr("old"))


@pytest.mark.parametrize("token", ["xoxb-1-a", "xoxe.xoxb-1-a"])
def test_bot_tokens_may_be_rotating_ones(token: str) -> None:
    found = settings({"SLACK_BOT_TOKEN": token}).slack_bot_token
    assert found is not None
    assert found.get_secret_value() == token


@pytest.mark.parametrize(
    "text",
    [
        ID,
        ID.upper(),
        DASHED,
        f" {DASHED} ",
        f"https://www.notion.so/{ID}",
        f"https://www.notion.so/acme/Team-tasks-{ID}?v=ffffffffffffffffffffffffffffffff",
        f"https://www.notion.so/acme/{ID}?v=ffffffffffffffffffffffffffffffff&pvs=4",
        f"https://app.notion.com/p/Bead-{ID}",
        f"https://acme.notion.site/{DASHED}#x",
        f"notion.so/acme/{ID}/",
    ],
)
def test_the_notion_database_is_an_id_or_a_copied_url(text: str) -> None:
    assert settings({"NOTION_TOKEN": "t", "NOTION_DATABASE": text}).notion_database == DASHED


@pytest.mark.parametrize(
    "text",
    [
        "tasks",
        ID[:-1],
        ID + "0",
        ID[:-1] + "g",
        "https://www.notion.so/acme/Team-tasks",
        f"https://www.notion.so/acme?p={ID}",
        f"https://example.com/{ID}",
        f"https://notion.so.example.com/{ID}",
        f"https://evilnotion.so/{ID}",
        f"x/{ID}",
        "https://[",
    ],
)
def test_anything_else_as_notion_database_is_refused(text: str) -> None:
    (fault,) = faults({**SIGNING, "NOTION_TOKEN": "t", "NOTION_DATABASE": text})
    assert fault == (
        f'NOTION_DATABASE: found "{text}", expected the id of a database or data source,'
        " or the URL that Notion copies."
    )


@pytest.mark.parametrize(
    ("key", "taken"),
    [(KEY, True), (KEY.rstrip("="), True), ("-_" * 21 + "8", True), (KEY[:-8], False)],
)
def test_keys_are_32_bytes_in_either_base64(key: str, taken: bool) -> None:  # noqa: FBT001  # a parameter of pytest
    if taken:
        (found,) = settings({"ENCRYPTION_KEYS": key}).encryption_keys
        assert len(base64.b64decode(found.get_secret_value())) == 32
    else:
        assert len(faults({**SIGNING, "ENCRYPTION_KEYS": key})) == 1


FAULTS = [
    ("SLACK_SIGNING_SECRET", ",", "1 character (there is nothing beside a comma), expected the"),
    ("SLACK_SIGNING_SECRET", "a,b,c", "found a secret of 5 characters (there are 3, separated by"),
    ("SLACK_SIGNING_SECRET", "canary,", "found a secret of 7 characters"),
    ("SLACK_SIGNING_SECRET", "can ary", "(there is a space in it, or another character that no"),
    ("SLACK_BOT_TOKEN", "xoxp-canary", 'expected the bot token, which starts with "xoxb-"'),
    ("SLACK_BOT_TOKEN", "xoxb-", 'expected the bot token, which starts with "xoxb-"'),
    ("SLACK_BOT_TOKEN", "xoxb-can ary", "found a secret of 12 characters (there is a space in it"),
    ("SLACK_BOT_TOKEN", "x", "found a secret of 1 character, expected the bot token"),
    ("SLACK_APP_TOKEN", "xoxb-canary", 'an app-level token, which starts with "xapp-"'),
    ("SLACK_API_URL", "slack.com", 'found "slack.com", expected an http or https URL'),
    ("SLACK_API_URL", "https://u:canary@h/", "expected an http or https URL"),
    ("NOTION_API_URL", "ftp://x", 'found "ftp://x", expected an http or https URL'),
    ("NOTION_REQUESTS_PER_MINUTE", "0", 'found "0", expected a whole number from 1 to 600'),
    ("NOTION_REQUESTS_PER_MINUTE", "601", 'found "601"'),
    ("NOTION_REQUESTS_PER_MINUTE", "2.5", 'found "2.5"'),
    ("NOTION_REQUESTS_PER_MINUTE", "fast", 'found "fast"'),
    ("NOTION_WEBHOOK_TOKEN", "canäry", "or another character that no token has), expected"),
    ("MONGODB_URI", "localhost:27017", 'starts with "mongodb://" or "mongodb+srv://"'),
    ("MONGODB_URI", "mongodb://", "found a secret of 10 characters"),
    ("MONGODB_DATABASE", "a.b", 'found "a.b", expected up to 38 letters'),
    ("MONGODB_DATABASE", "x" * 39, "expected up to 38 letters"),
    ("MONGODB_DRIVER", "asyncpg", 'found "asyncpg", expected "pymongo" or "motor"'),
    ("ENCRYPTION_KEYS", "canary", "expected keys of 32 bytes in base64"),
    (
        "ENCRYPTION_KEYS",
        f"{KEY},{KEY}",
        "a secret of 89 characters (a key is there twice), expected",
    ),
    ("ENCRYPTION_KEYS", f"{KEY},", "expected keys of 32 bytes in base64"),
    ("API_KEYS", "tb_0123_canary", "(part 1 is not role:team:sha256hex, where role is read,"),
    ("API_KEYS", f"{API_KEY},owner:T1:{'ab' * 32}", "part 2 is not role:team:sha256hex"),
    ("API_KEYS", ",", "(there is no key in it)"),
    ("API_REQUESTS_PER_MINUTE", "0", 'found "0", expected a whole number from 1'),
    ("METRICS_TOKEN", "two words", "without spaces"),
    ("HOST", "a b", 'found "a b", expected an address or host name'),
    ("PORT", "0", 'found "0", expected a whole number from 1 to 65535'),
    ("PORT", "65536", 'found "65536"'),
    ("PORT", "http", 'found "http"'),
    ("PORT", "\x1b[31m3000\nx", "found '\\x1b[31m3000\\nx'"),
    ("PORT", "9" * 5000, "9…"),
    ("LOG_LEVEL", "loud", 'found "loud", expected "debug", "info"'),
    ("LOG_FORMAT", "xml", 'found "xml", expected "json" or "console"'),
]


@pytest.mark.parametrize(("name", "value", "said"), FAULTS)
def test_a_wrong_value_is_one_sentence_with_name_finding_and_expectation(
    name: str, value: str, said: str
) -> None:
    (fault,) = faults({**SIGNING, name: value})
    assert re.fullmatch(rf"{name}: found .+, expected .+\.", fault)
    assert said in fault
    assert "canary" not in fault


@pytest.mark.parametrize(
    ("environ", "fault"),
    [
        ({}, "SLACK_SIGNING_SECRET: found nothing, expected the app's signing secret"),
        ({"SLACK_SIGNING_SECRET": "  "}, "SLACK_SIGNING_SECRET: found nothing"),
        ({**SIGNING, "NOTION_DATABASE": ID}, "NOTION_TOKEN: found nothing"),
        (
            {**SIGNING, "SLACK_CLIENT_ID": "c", "ENCRYPTION_KEYS": KEY},
            "SLACK_CLIENT_SECRET: found nothing",
        ),
        (
            {**SIGNING, "NOTION_CLIENT_SECRET": "c", "ENCRYPTION_KEYS": KEY},
            "NOTION_CLIENT_ID: found nothing",
        ),
        (
            {**SIGNING, "SLACK_CLIENT_ID": "c", "SLACK_CLIENT_SECRET": "s"},
            "ENCRYPTION_KEYS: found nothing, expected keys of 32 bytes in base64",
        ),
        (
            {**SIGNING, "NOTION_CLIENT_ID": "c", "NOTION_CLIENT_SECRET": "s"},
            "ENCRYPTION_KEYS: found nothing",
        ),
    ],
)
def test_what_is_missing_is_named_with_the_reason(environ: dict[str, str], fault: str) -> None:
    (found,) = faults(environ)
    assert found.startswith(fault)
    others = [name for name in environ if name not in {"SLACK_SIGNING_SECRET", "ENCRYPTION_KEYS"}]
    assert not others or found.endswith(f", since {others[0]} is set.")


def test_all_faults_are_told_at_once() -> None:
    told = faults({"PORT": "x", "HOST": "", "LOG_LEVEL": "loud", "NOTION_DATABASE": ID})
    assert [fault.split(":")[0] for fault in told] == [
        "SLACK_SIGNING_SECRET",
        "NOTION_TOKEN",
        "PORT",
        "LOG_LEVEL",
    ]


def test_the_database_may_be_chosen_later() -> None:
    assert load({**SIGNING, "NOTION_TOKEN": "t"}, None).notion_database is None


def test_only_serving_needs_the_signing_secret() -> None:
    found = load({"NOTION_TOKEN": "t"}, None, serving=False)
    assert found.slack_signing_secret == ()
    assert len(faults({"SLACK_CLIENT_ID": "x", "ENCRYPTION_KEYS": KEY}, serving=False)) == 1


@pytest.mark.parametrize("name", ["OAUTH_ISSUER", "OAUTH_JWKS_URL"])
@pytest.mark.parametrize("url", ["http://issuer.example", "https://", "issuer", "https://a b"])
def test_keys_of_access_tokens_come_from_a_safe_address(name: str, url: str) -> None:
    issuer = {"OAUTH_ISSUER": "https://issuer.example", "OAUTH_AUDIENCE": "taskbridge"}
    (fault,) = faults({**SIGNING, **issuer, name: url})
    assert fault.startswith(f'{name}: found "{url}", expected the ')


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ("OAUTH_ISSUER", "OAUTH_AUDIENCE"),
        ("OAUTH_AUDIENCE", "OAUTH_ISSUER"),
        ("OAUTH_JWKS_URL", "OAUTH_ISSUER"),
        ("OAUTH_TEAM_CLAIM", "OAUTH_ISSUER"),
        ("OAUTH_ROLE_CLAIM", "OAUTH_ISSUER"),
    ],
)
def test_an_issuer_is_named_as_a_whole_and_needs_no_key_ring(given: str, missing: str) -> None:
    (fault,) = faults({**SIGNING, given: "https://issuer.example"})
    assert fault.startswith(f"{missing}: found nothing, expected the ")
    assert fault.endswith(f", since {given} is set.")


@pytest.mark.parametrize("text", ["stored", f"stored, {API_KEY}", API_KEY])
def test_keys_of_the_rest_api_are_kept_as_they_were_given(text: str) -> None:
    found = settings({"API_KEYS": text}).api_keys
    assert found is not None
    assert found.get_secret_value() == text


@pytest.mark.parametrize("name", SECRETS)
def test_every_secret_may_come_in_a_file(tmp_path: Path, name: str) -> None:
    value = {
        "MONGODB_URI": "mongodb://h",
        "ENCRYPTION_KEYS": KEY,
        "SLACK_APP_TOKEN": "xapp-f",
        "API_KEYS": API_KEY,
    }
    given = value.get(name, "xoxb-f")
    (tmp_path / "secret").write_text(f"{given}\n")
    environ = {
        **SIGNING,
        "NOTION_TOKEN": "t",
        "NOTION_DATABASE": ID,
        "SLACK_CLIENT_ID": "c",
        "SLACK_CLIENT_SECRET": "s",
        "NOTION_CLIENT_ID": "c",
        "NOTION_CLIENT_SECRET": "s",
        "ENCRYPTION_KEYS": KEY,
    }
    environ.pop(name, None)
    found = load({**environ, f"{name}_FILE": str(tmp_path / "secret")}, None)
    assert given in set(found.secret_values())


def test_a_secret_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for file, said in [
        (tmp_path / "absent", "(No such file or directory), expected a text file."),
        (tmp_path, "(Is a directory), expected a text file."),
        (tmp_path / "binary", "(not text), expected a text file."),
        (tmp_path / "empty", "found an empty file, expected a token"),
    ]:
        (signing,) = faults({"SLACK_SIGNING_SECRET_FILE": str(file)})
        assert signing.startswith("SLACK_SIGNING_SECRET_FILE: found ")
        (fault,) = faults({**SIGNING, "METRICS_TOKEN_FILE": str(file)})
        assert fault.startswith("METRICS_TOKEN_FILE: found ")
        assert said in fault


@pytest.mark.parametrize("empty", ["", " "])
def test_an_empty_token_of_the_metrics_does_not_leave_them_open(empty: str, tmp_path: Path) -> None:
    expected = (
        "METRICS_TOKEN: found nothing, expected a token of printable ASCII characters without"
        " spaces; remove it to leave that open to all."
    )
    assert faults({**SIGNING, "METRICS_TOKEN": empty}) == (expected,)
    (tmp_path / ".env").write_text(f"METRICS_TOKEN={empty}\n")
    with pytest.raises(WrongSettings) as caught:
        load(SIGNING, tmp_path / ".env")
    assert caught.value.faults == (expected,)


def test_a_secret_and_its_file_together_are_refused(tmp_path: Path) -> None:
    (fault,) = faults({**SIGNING, "METRICS_TOKEN": "a", "METRICS_TOKEN_FILE": str(tmp_path / "b")})
    assert fault == ("METRICS_TOKEN: found METRICS_TOKEN_FILE as well, expected only one of them.")


def test_a_dotenv_file_is_read_below_the_environment(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text(
        "# local\nSLACK_SIGNING_SECRET='from file'\nexport PORT=4000\nHOST=file\nUNKNOWN=1\n"
        "SLACK_SIGNING_SECRET=from-file\nLOG_LEVEL\nNOTION_TOKEN=\n"
    )
    found = load({"PORT": "5000", "UNRELATED": "x"}, dotenv)
    assert (found.port, found.host) == (5000, "file")
    assert found.slack_signing_secret == (SecretStr("from-file"),)
    assert found.notion_token is None


def test_a_dotenv_file_that_is_absent_is_no_fault(tmp_path: Path) -> None:
    assert load(SIGNING, tmp_path / ".env").port == 3000


def test_a_dotenv_file_that_is_no_text_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"PORT=\xff\xfe")
    with pytest.raises(WrongSettings) as caught:
        load(SIGNING, tmp_path / ".env")
    assert caught.value.faults == (
        '.env: found a file that cannot be read (not text), expected "NAME=value"s.',
    )


def test_the_real_environment_is_not_read_behind_our_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "1234")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-stranger")
    found = load(SIGNING, None)
    assert found.port == 3000
    assert found.slack_bot_token is None


@pytest.mark.parametrize(
    ("chosen", "terminal", "console"),
    [("json", True, False), ("console", False, True), ("", True, True), ("", False, False)],
)
def test_logs_are_for_people_where_a_terminal_is_attached(
    chosen: str,
    terminal: bool,  # noqa: FBT001  # a parameter of pytest
    console: bool,  # noqa: FBT001  # a parameter of pytest
) -> None:
    assert settings({"LOG_FORMAT": chosen}).wants_console(terminal=terminal) is console


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://tasks.example.com", "https://tasks.example.com"),
        ("https://tasks.example.com:8443/bot/", "https://tasks.example.com:8443/bot"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
    ],
)
def test_where_people_reach_the_bot_is_kept_without_a_slash_at_its_end(
    given: str, kept: str
) -> None:
    assert load({**SIGNING, "PUBLIC_URL": given}, None).public_url == kept


@pytest.mark.parametrize(("given", "kept"), [("true", True), ("False", False), ("", False)])
def test_work_objects_are_wanted_in_one_word(given: str, *, kept: bool) -> None:
    assert settings({"SLACK_WORK_OBJECTS": given}).slack_work_objects is kept


def test_another_word_for_it_is_not_guessed() -> None:
    told = faults({**SIGNING, "SLACK_WORK_OBJECTS": "on"})
    assert told == ('SLACK_WORK_OBJECTS: found "on", expected "true" or "false".',)


@pytest.mark.parametrize(
    "given",
    [
        "http://tasks.example.com",
        "tasks.example.com",
        "https://",
        "https://user@tasks.example.com",
        "https://tasks.example.com?x=1",
        "https://tasks.example.com\\evil.example",
    ],
)
def test_nobody_is_sent_to_what_is_no_safe_address(given: str) -> None:
    with pytest.raises(WrongSettings, match=r"^PUBLIC_URL: found .* expected the https address"):
        load({**SIGNING, "PUBLIC_URL": given}, None)
