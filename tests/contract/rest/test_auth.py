"""Who gets in, with what, and as whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.http.operations import OPERATIONS
from tasks.api_keys import Role, configured, digest_of
from tasks.errors import NotSaved
from tests.contract.rest.world import BOOK, RestWorld, in_memory, serving


async def test_without_a_key_nobody_gets_in(rest: RestWorld) -> None:
    answer = await rest.ask("GET", "", anonymous=True)
    assert answer.problem == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="taskbridge"'


@pytest.mark.parametrize(
    "header",
    [
        "Basic dXNlcjpwYXNz",
        "Bearer",
        "Bearer  ",
        "Bearer tb_",
        "Bearer tb_000000000000_" + "A" * 43,
        "Bearer ä",
        "Bearer a.b.c",
        "Bearer " + "x" * 4000,
    ],
)
async def test_what_is_no_key_opens_nothing(rest: RestWorld, header: str) -> None:
    answer = await rest.ask("GET", "", headers={"Authorization": header})
    assert answer.problem == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"].endswith('error="invalid_token"')
    assert header.partition(" ")[2].strip() not in answer.body["detail"] or not header[7:].strip()


async def test_a_known_id_with_another_secret_is_answered_as_an_unknown_id(
    rest: RestWorld,
) -> None:
    _, token = rest.key()
    near = token[:-1] + ("A" if token[-1] != "A" else "B")
    unknown = "tb_ffffffffffff" + token[15:]
    answers = [await rest.ask("GET", "", token=one) for one in (near, unknown)]
    for answer in answers:
        assert answer.problem == (401, "unauthenticated")
        del answer.body["request_id"]
    assert answers[0].body == answers[1].body


async def test_the_scheme_may_be_written_in_any_case(rest: RestWorld) -> None:
    _, token = rest.key()
    assert (await rest.ask("GET", "", headers={"Authorization": f"bearer {token}"})).status == 200


async def test_a_key_that_ended_opens_nothing_from_that_instant_on(rest: RestWorld) -> None:
    key, token = rest.key()
    rest.keys.kept[key.id] = replace(key, expires_at=rest.clock() + timedelta(seconds=1))
    assert (await rest.ask("GET", "", token=token)).status == 200
    rest.clock.advance(timedelta(seconds=1))
    assert (await rest.ask("GET", "", token=token)).problem[0] == 401


# Cell by cell: what the smallest role may not do is refused, what it may is not.
MATRIX = {
    "list_tasks": Role.READ,
    "get_task": Role.READ,
    "get_task_history": Role.READ,
    "create_task": Role.WRITE,
    "import_tasks": Role.WRITE,
    "update_task": Role.WRITE,
    "delete_task": Role.WRITE,
    "complete_task": Role.WRITE,
    "reopen_task": Role.WRITE,
    "restore_task": Role.WRITE,
    "list_api_keys": Role.ADMIN,
}


def test_the_matrix_of_roles_has_every_operation() -> None:
    assert {operation.id: operation.role for operation in OPERATIONS} == MATRIX


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
@pytest.mark.parametrize("role", Role)
async def test_each_role_may_what_the_matrix_says(
    rest: RestWorld, operation: object, role: Role
) -> None:
    chosen = next(one for one in OPERATIONS if one is operation)
    await rest.add()
    body = {"json": BOOK} if chosen.body is not None else {}
    headers = {"Idempotency-Key": "k"}
    if chosen.id == "import_tasks":
        headers["Content-Type"] = "application/x-ndjson"
    answer = await rest.ask(
        chosen.method,
        chosen.path.replace("{number}", "1"),
        role=role,
        headers=headers,
        **body,  # type: ignore[arg-type]  # json alone
    )
    if role.allows(MATRIX[chosen.id]):
        assert answer.status in {200, 201}, answer.text
    else:
        assert answer.problem == (403, "role_too_small")
        assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]


async def test_keys_of_the_settings_open_too_and_only_their_team() -> None:
    secret = "s3cret-of-an-operator"  # noqa: S105  # of this test
    keys = configured(f"admin:T9:{'0' * 64}, write:T7:{digest_of(secret)},stored")
    async with serving(in_memory(), configured=keys) as other:
        made = await other.ask("POST", "", token=secret, key="k", json=BOOK)
        assert made.status == 201
        assert (await other.ask("GET", "")).body["tasks"] == []
        wrong = await other.ask("GET", "", token=f"{secret}x")
        assert wrong.problem == (401, "unauthenticated")


async def test_p6_keys_are_listed_for_their_own_team_without_secrets(rest: RestWorld) -> None:
    listed = await rest.ask("GET", "/api/v1/keys", role=Role.ADMIN)
    assert {key["name"] for key in listed.body["keys"]} == {"T1 read", "T1 write", "T1 admin"}
    for key in rest.keys.kept.values():
        assert key.digest not in listed.text


async def test_the_last_use_is_noted_once_a_minute_and_shown(rest: RestWorld) -> None:
    for seconds in (0, 30, 29, 1):
        rest.clock.advance(timedelta(seconds=seconds))
        await rest.ask("GET", "")
    assert rest.keys.uses_written == 2
    listed = await rest.ask("GET", "/api/v1/keys", role=Role.ADMIN)
    used = {key["name"]: key["last_used_at"] for key in listed.body["keys"]}
    assert used["T1 write"] == "2026-11-23T12:01:00Z"
    assert used["T1 read"] is None


async def test_a_use_that_cannot_be_noted_harms_nobody(
    rest: RestWorld, caplog: pytest.LogCaptureFixture
) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise NotSaved

    rest.keys.used = refuse  # type: ignore[method-assign]  # fails this once only
    with caplog.at_level("INFO"):
        assert (await rest.ask("GET", "")).status == 200
    assert "api_key_use_not_noted" in caplog.text


async def test_keys_that_cannot_be_looked_up_are_no_wrong_keys(rest: RestWorld) -> None:
    rest.keys.fault = NotSaved()
    answer = await rest.ask("GET", "")
    assert answer.problem == (503, "unavailable")


async def test_the_log_tells_which_key_wrote(
    rest: RestWorld, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        await rest.ask("GET", "")
        await rest.ask("POST", "", key="k", json=BOOK)
    (line,) = [record for record in caplog.records if record.message == "rest_written"]
    assert (vars(line)["operation"], vars(line)["status"]) == ("create_task", 201)


async def test_no_token_is_logged(rest: RestWorld, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        await rest.ask("GET", "")
        await rest.ask("GET", "", token="tb_0123456789ab_" + "s" * 43)
    for token in (*rest.tokens.values(), "s" * 43):
        assert token not in caplog.text
