"""What the demo says where something cannot be done."""

from pathlib import Path

import pytest

from bot.demo_scene import _show_form
from bot.demo_stage import stage
from bot.loading import WrongSettings
from playground.slack.ids import Ids
from playground.slack.views import Views
from tests.unit.playground.slack.clock import Clock
from tests.unit.playground.slack.test_views import TEAM, modal, text


@pytest.mark.parametrize("port", ["abc", "99999"])
async def test_a_wrong_port_ends_the_demo_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, port: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PORT", port)
    with pytest.raises(WrongSettings, match=f'PORT: found "{port}", expected a whole number'):
        async with stage():
            pytest.fail("it began")


def test_a_form_says_what_of_it_can_be_filled_in(capsys: pytest.CaptureFixture[str]) -> None:
    views = Views(ids=Ids(now=Clock().now))
    told = {"type": "section", "text": text("Ask an admin.")}

    _show_form(views.open(TEAM, "U1", modal()))
    assert "fill it in: send Title=…\n" in capsys.readouterr().out
    _show_form(views.open(TEAM, "U2", modal(blocks=[told])))
    assert "fill it in" not in capsys.readouterr().out
