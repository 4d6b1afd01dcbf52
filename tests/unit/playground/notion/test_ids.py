import pytest

from playground.notion.errors import Refusal
from playground.notion.ids import Ids, decoded, encoded, parsed, path_id, property_order


def test_ids_repeat_with_the_seed_and_only_with_it() -> None:
    assert Ids(1).uuid() == Ids(1).uuid()
    assert Ids(1).uuid() != Ids(2).uuid()


def test_ids_are_read_with_and_without_dashes() -> None:
    dashed = "38c9ce7b-60a4-8186-a20e-f4d12b93a59f"
    assert parsed(dashed) == parsed(dashed.replace("-", "")) == dashed


@pytest.mark.parametrize("wrong", ["AAA", "12345678-1234-1234-1234-123456789abc", ""])
def test_an_id_of_another_form_is_refused_by_its_name(wrong: str) -> None:
    with pytest.raises(Refusal) as refused:
        path_id(wrong, "page_id")
    assert refused.value.message == (
        f'path failed validation: path.page_id should be a valid uuid, instead was `"{wrong}"`.'
    )


def test_the_nil_id_is_an_id() -> None:
    assert parsed("00000000-0000-0000-0000-000000000000") is not None


def test_property_ids_are_shown_url_encoded() -> None:
    assert encoded("?B:W") == "%3FB%3AW"
    assert decoded("%3FB%3AW") == "?B:W"
    assert encoded("~ak_") == "~ak_"


def test_properties_come_by_id_then_the_title_then_special_ones() -> None:
    ids = ["verification", "title", "nI{q", "ImzP", ":abc"]
    assert sorted(ids, key=property_order) == [":abc", "ImzP", "nI{q", "title", "verification"]
