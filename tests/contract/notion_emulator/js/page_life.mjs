// A page's whole life through Notion's own client; ends with 0 if every answer was as expected.
// Says "listening <url>" once its webhook endpoint is there, and "token <token>" at the hand-shake.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import {
  APIErrorCode,
  Client,
  collectAllDataSourceRows,
  collectDataSourceTemplates,
  collectPaginatedAPI,
  isFullBlock,
  isFullComment,
  isFullDatabase,
  isFullDataSource,
  isFullPage,
  isFullUser,
  verifyWebhookSignature,
} from "@notionhq/client";

const given = JSON.parse(process.argv[2]);
const notion = client(given.token);
const text = (content) => [{ text: { content } }];
const said = (richText) => richText.map((piece) => piece.plain_text).join("");

function client(auth) {
  return new Client({
    auth,
    baseUrl: given.url,
    notionVersion: given.version,
    retry: false,
  });
}

async function refused(promise, code) {
  await assert.rejects(promise, (error) => error.code === code && Boolean(error.request_id));
}

// --- Webhooks -----------------------------------------------------------------------------------

const events = [];
let verificationToken;

async function listen() {
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const payload = JSON.parse(body);
    if (payload.verification_token) {
      verificationToken = payload.verification_token;
      console.log(`token ${verificationToken}`);
    } else {
      const signature = request.headers["x-notion-signature"];
      assert.ok(await verifyWebhookSignature({ body, signature, verificationToken }));
      events.push(payload);
    }
    response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  console.log(`listening http://127.0.0.1:${server.address().port}/`);
  return server;
}

async function until(check) {
  for (let left = 200; left > 0; left -= 1) {
    if (check()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail("it did not come to pass");
}

// --- The life -----------------------------------------------------------------------------------

async function people() {
  const me = await notion.users.me({});
  assert.ok(isFullUser(me) && me.type === "bot");
  const all = await collectPaginatedAPI(notion.users.list, { page_size: 1 });
  assert.ok(all.some((user) => user.type === "person"));
}

async function table() {
  const database = await notion.databases.create({
    parent: { type: "page_id", page_id: given.root },
    title: text("Tasks"),
    initial_data_source: {
      properties: {
        Name: { title: {} },
        Status: { status: {} },
        Due: { date: {} },
        Tags: { multi_select: {} },
        Points: { number: {} },
      },
    },
  });
  assert.ok(isFullDatabase(database));
  const source = database.data_sources[0].id;
  const changed = await notion.dataSources.update({
    data_source_id: source,
    properties: { Points: { name: "Effort" }, "Task ID": { rich_text: {} } },
  });
  assert.ok(isFullDataSource(changed));
  assert.deepEqual(Object.keys(changed.properties).sort(), [
    "Due",
    "Effort",
    "Name",
    "Status",
    "Tags",
    "Task ID",
  ]);
  return source;
}

async function row(source) {
  const page = await notion.pages.create({
    parent: { type: "data_source_id", data_source_id: source },
    properties: {
      Name: { title: text("Book the venue") },
      Tags: { multi_select: [{ name: "offsite" }] },
      "Task ID": { rich_text: text("key-1") },
    },
  });
  assert.ok(isFullPage(page));
  await until(() => events.some((e) => e.type === "page.created" && e.entity.id === page.id));
  const found = await notion.dataSources.query({
    data_source_id: source,
    filter: { property: "Task ID", rich_text: { equals: "key-1" } },
  });
  assert.deepEqual(
    found.results.map((each) => each.id),
    [page.id],
  );
  const edited = await notion.pages.update({
    page_id: page.id,
    properties: {
      Status: { status: { name: "Done" } },
      Due: { date: { start: "2026-07-21T18:58:04", time_zone: "Europe/Berlin" } },
    },
    is_locked: true,
  });
  assert.equal(edited.properties.Due.date.start, "2026-07-21T18:58:00.000+02:00");
  assert.equal(edited.is_locked, true);
  await until(() => events.some((e) => e.type === "page.locked"));
  await until(() => events.some((e) => e.type === "page.properties_updated"));
  const title = await notion.pages.properties.retrieve({ page_id: page.id, property_id: "title" });
  assert.equal(title.results[0].title.plain_text, "Book the venue");
  return page;
}

async function body(page) {
  const { results } = await notion.blocks.children.append({
    block_id: page.id,
    children: [{ paragraph: { rich_text: text("last") } }],
  });
  await notion.blocks.children.append({
    block_id: page.id,
    children: [{ to_do: { rich_text: text("first"), checked: false } }],
    position: { type: "start" },
  });
  await notion.blocks.update({ block_id: results[0].id, paragraph: { rich_text: text("end") } });
  const blocks = await collectPaginatedAPI(notion.blocks.children.list, {
    block_id: page.id,
    page_size: 1,
  });
  assert.ok(blocks.every(isFullBlock));
  assert.deepEqual(
    blocks.map((block) => said(block[block.type].rich_text)),
    ["first", "end"],
  );
  await notion.blocks.delete({ block_id: results[0].id });
  const left = await notion.blocks.children.list({ block_id: page.id });
  assert.equal(left.results.length, 1);
}

async function talk(page) {
  const comment = await notion.comments.create({
    parent: { page_id: page.id },
    rich_text: text("Hello"),
  });
  assert.ok(isFullComment(comment));
  await notion.comments.create({ discussion_id: comment.discussion_id, markdown: "**Yes**" });
  await notion.comments.update({ comment_id: comment.id, rich_text: text("Hello there") });
  const { results } = await notion.comments.list({ block_id: page.id });
  assert.deepEqual(
    results.map((each) => said(each.rich_text)),
    ["Hello there", "Yes"],
  );
  await notion.comments.delete({ comment_id: comment.id });
  await until(() => events.some((e) => e.type === "comment.deleted"));
  await refused(notion.comments.retrieve({ comment_id: comment.id }), APIErrorCode.ObjectNotFound);
}

async function ends(page, source) {
  await notion.pages.update({ page_id: page.id, in_trash: true });
  const query = { data_source_id: source };
  assert.equal((await notion.dataSources.query(query)).results.length, 0);
  await refused(
    notion.pages.update({ page_id: page.id, properties: {} }),
    APIErrorCode.ValidationError,
  );
  await notion.pages.update({ page_id: page.id, in_trash: false });
  const moved = await notion.pages.move({
    page_id: page.id,
    parent: { type: "page_id", page_id: given.root },
  });
  assert.equal(moved.parent.page_id, given.root);
  await until(() => events.some((e) => e.type === "page.moved"));
}

async function many(source) {
  for (let number = 0; number < 7; number += 1) {
    await notion.pages.create({
      parent: { type: "data_source_id", data_source_id: source },
      properties: { Name: { title: text(`Task ${number}`) } },
    });
  }
  const rows = await collectAllDataSourceRows(notion, { data_source_id: source, page_size: 3 });
  assert.equal(new Set(rows.map((each) => each.id)).size, 7);
  const found = await notion.search({
    query: "Task",
    filter: { property: "object", value: "page" },
  });
  assert.equal(found.results.length, 7);
}

async function templates() {
  const listed = await collectDataSourceTemplates(notion, {
    data_source_id: given.templates.data_source,
    page_size: 1,
  });
  assert.deepEqual(
    listed.map((each) => each.name),
    ["Bug", "Chore"],
  );
  const page = await notion.pages.create({
    parent: { type: "data_source_id", data_source_id: given.templates.data_source },
    template: { type: "default" },
  });
  for (let left = 100; left > 0; left -= 1) {
    const { results } = await notion.blocks.children.list({ block_id: page.id });
    if (results.length === 1) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail("the template's content did not arrive");
}

async function faults(page) {
  await refused(
    notion.pages.retrieve({ page_id: "11111111-1111-4111-8111-111111111111" }),
    APIErrorCode.ObjectNotFound,
  );
  await refused(client("wrong").users.me({}), APIErrorCode.Unauthorized);
  await refused(
    notion.pages.update({ page_id: page.id, properties: { Nothing: { number: 1 } } }),
    APIErrorCode.ValidationError,
  );
}

async function oauth() {
  const { client_id, client_secret, redirect_uri } = given.oauth;
  const query = new URLSearchParams({
    client_id,
    redirect_uri,
    response_type: "code",
    owner: "user",
    state: "s",
  });
  const page = await fetch(`${given.url}/v1/oauth/authorize?${query}`, { redirect: "manual" });
  const back = new URL(page.headers.get("location"));
  assert.equal(back.searchParams.get("state"), "s");
  const secret = { client_id, client_secret };
  const pair = await notion.oauth.token({
    ...secret,
    grant_type: "authorization_code",
    code: back.searchParams.get("code"),
    redirect_uri,
  });
  const renewed = await notion.oauth.token({
    ...secret,
    grant_type: "refresh_token",
    refresh_token: pair.refresh_token,
  });
  await refused(client(pair.access_token).users.me({}), APIErrorCode.Unauthorized);
  const me = await client(renewed.access_token).users.me({});
  assert.equal(me.id, pair.bot_id);
  const token = renewed.access_token;
  assert.equal((await notion.oauth.introspect({ ...secret, token })).active, true);
  await notion.oauth.revoke({ ...secret, token });
  assert.equal((await notion.oauth.introspect({ ...secret, token })).active, false);
}

const server = await listen();
await until(() => verificationToken);
await people();
const source = await table();
const page = await row(source);
await body(page);
await talk(page);
await ends(page, source);
await many(source);
await templates();
await faults(page);
await oauth();
server.close();
server.closeAllConnections();
