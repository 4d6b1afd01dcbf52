import pytest

from bot.slack_signature import judge, sign

NOW = 1_700_000_000.0
STAMP = "1700000000"
SECRET = b"8f742231b10e8888abcd99yyyzzz85a5"
RAW = b"command=%2Ftask&text=add+x"


def verdict(
    *,
    raw: bytes = RAW,
    stamps: tuple[str, ...] = (STAMP,),
    signatures: tuple[str, ...] | None = None,
    secrets: tuple[bytes, ...] = (SECRET,),
    now: float = NOW,
) -> str | None:
    if signatures is None:
        signatures = (sign(RAW, stamps[0].encode(), SECRET).decode(),)
    return judge(raw, stamps=stamps, signatures=signatures, secrets=secrets, now=now).rejection


def in_digits_from(zero: str) -> str:
    """Write STAMP in another script's digits, which `\\d` and `int` take as well."""
    return "".join(chr(ord(zero) + int(digit)) for digit in STAMP)


def test_the_official_example_is_accepted() -> None:
    raw = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        b"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
        b"%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    stamp = "1531420618"
    found = judge(
        raw, stamps=[stamp], signatures=[signature], secrets=[SECRET], now=float(stamp) + 3
    )
    assert found.rejection is None
    assert found.skew_seconds == 3


@pytest.mark.parametrize("late", [-300, -1, 0, 300])
def test_within_five_minutes_it_is_accepted(late: float) -> None:
    assert verdict(now=NOW + late) is None


@pytest.mark.parametrize("late", [-301, 301, 360, 86400])
def test_beyond_five_minutes_it_is_stale(late: float) -> None:
    assert verdict(now=NOW + late) == "stale"


def test_a_stale_but_signed_request_still_tells_how_wrong_the_clock_is() -> None:
    signature = sign(RAW, STAMP.encode(), SECRET).decode()
    found = judge(RAW, stamps=[STAMP], signatures=[signature], secrets=[SECRET], now=NOW + 600)
    assert (found.rejection, found.skew_seconds) == ("stale", 600)


def test_an_unsigned_request_tells_nothing_of_the_clock() -> None:
    found = judge(RAW, stamps=[STAMP], signatures=["v0=" + "0" * 64], secrets=[SECRET], now=NOW)
    assert (found.rejection, found.skew_seconds) == ("signature", None)


def test_both_secrets_are_accepted_during_rotation() -> None:
    assert verdict(secrets=(b"new", SECRET)) is None
    assert verdict(secrets=(SECRET, b"old")) is None
    assert verdict(secrets=(b"new", b"other")) == "signature"


def test_one_changed_byte_is_refused() -> None:
    assert verdict(raw=RAW + b"!") == "signature"


@pytest.mark.parametrize(
    "stamps",
    [
        (),
        (STAMP, STAMP),
        ("",),
        ("abc",),
        (in_digits_from("\uff10"),),  # full-width
        (in_digits_from("\u0660"),),  # Arabic
        (STAMP + "\n",),
        (" " + STAMP,),
        ("-170000000",),
        ("1700000000.0",),
        ("17000000000",),
        ("9" * 5000,),
        ("\udcff" * 10,),
    ],
)
def test_a_timestamp_that_is_not_ten_ascii_digits_once_is_refused(stamps: tuple[str, ...]) -> None:
    assert verdict(stamps=stamps, signatures=("v0=" + "0" * 64,)) == "headers"


@pytest.mark.parametrize(
    "signatures",
    [
        (),
        ("v0=" + "0" * 64,) * 2,
        ("",),
        ("v0=",),
        ("v0=" + "0" * 63,),
        ("v0=" + "0" * 65,),
        ("v0=" + "G" * 64,),
        ("v0=" + "A" * 64,),
        ("v1=" + "0" * 64,),
        ("v0=" + "0" * 64 + "\n",),
        ("v0=" + "\u0660" * 64,),
        ("\udce4\udcff",),
    ],
)
def test_a_signature_of_another_shape_is_refused(signatures: tuple[str, ...]) -> None:
    assert verdict(signatures=signatures) == "headers"
