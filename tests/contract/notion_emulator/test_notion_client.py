"""The real client library against the emulator, over real HTTP."""

import httpx
import pytest
from notion_client import APIResponseError, AsyncClient

from playground.notion import NotionEmulator, serving

SCHEMA: dict[str, object] = {
    "Name": {"title": {}},
    "Status": {"status": {}},
    "Due": {"date": {}},
    "Tags": {"multi_select": {}},
    "Task ID": {"rich_text": {}},
}


async def test_a_row_lives_its_whole_life_through_the_client_library() -> None:
    emulator = NotionEmulator(seed=1)
    workspace = emulator.add_workspace("Acme")
    connection = workspace.connect("Taskbridge")
    async with serving(emulator) as url:
        notion = AsyncClient(
            client=httpx.AsyncClient(),
            auth=connection.token,
            notion_version="2026-03-11",
            retry=False,
            base_url=url,
        )
        me = await notion.users.me()
        database = await notion.databases.create(
            parent={"type": "page_id", "page_id": workspace.root_page_id},
            title=[{"text": {"content": "Tasks"}}],
            initial_data_source={"properties": SCHEMA},
        )
        source = database["data_sources"][0]["id"]
        page = await notion.pages.create(
            parent={"type": "data_source_id", "data_source_id": source},
            properties={
                "Name": {"title": [{"text": {"content": "Book the venue"}}]},
                "Tags": {"multi_select": [{"name": "offsite"}]},
                "Task ID": {"rich_text": [{"text": {"content": "key-1"}}]},
            },
        )
        found = await notion.data_sources.query(
            source, filter={"property": "Task ID", "rich_text": {"equals": "key-1"}}
        )
        await notion.pages.update(
            page["id"],
            properties={
                "Status": {"status": {"name": "Done"}},
                "Due": {"date": {"start": "2026-07-21T18:58:04", "time_zone": "Europe/Berlin"}},
            },
        )
        read = await notion.pages.retrieve(page["id"])
        await notion.pages.update(page["id"], in_trash=True)
        left = await notion.data_sources.query(source)
        trashed = await notion.pages.retrieve(page["id"])
        with pytest.raises(APIResponseError) as refused:
            await notion.pages.update(page["id"], properties={})
        await notion.aclose()
    assert me["id"] == connection.bot_id
    assert [row["id"] for row in found["results"]] == [page["id"]]
    assert read["properties"]["Status"]["status"]["name"] == "Done"
    assert read["properties"]["Due"]["date"] == {
        "start": "2026-07-21T18:58:00.000+02:00",
        "end": None,
        "time_zone": None,
    }
    assert left["results"] == []
    assert trashed["in_trash"] is True
    assert refused.value.code == "validation_error"
    assert refused.value.request_id is not None
