import { describe, expect, it } from "vitest";
import { ROOM, WHO } from "../../../test/harness/connections/connectionRooms.ts";
import { ConnectionTalk } from "../../../test/harness/connections/connectionTalk.ts";
import { ConnectionWorld } from "../../../test/harness/connections/connectionWorld.ts";
import { FEED, HOOK, OUTBOUND } from "../../../test/harness/peers/hookshotThings.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import { DAY_MS } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import { roomDocument } from "../../store/room.ts";
import { addedAnswer } from "./answers.ts";
import { connectionEntries } from "./entries.ts";
import { infoOf } from "./info.ts";
import { connectionsOf } from "./records.ts";

const { bob } = WHO;
const URL = "https://news.example.org/feed.xml";

async function begun(sort: "feed" | "webhook" | "outbound", byApi = true) {
  const world = new ConnectionWorld({ sort, byApi });
  await world.say("add");
  const talk = new ConnectionTalk(world);
  const set = (changes: string): Promise<string> => talk.done(`set ${world.id} ${changes}`);
  const record = async () => connectionsOf(await world.documents.get(roomDocument, ROOM))[0];
  return { world, talk, set, record };
}

describe("what is changed of a connection", () => {
  it("of a feed is its label, its template and whether failures are told", async () => {
    const { world, talk, set, record } = await begun("feed");
    const line = `set ${world.id} label="Our \\"news\\"" template="$TITLE: $LINK" failures=yes`;
    expect(await talk.said(line)).toMatch(
      /I will have hookshot change[^]*template: \$TITLE: \$LINK/,
    );
    expect(await set(line.slice(line.indexOf("label")))).toContain("Changed news.example.org");
    expect(world.rooms.content(ROOM, FEED, URL)).toEqual({
      ...{ url: URL, label: "Our 'news'", template: "$TITLE: $LINK", notifyOnFailure: true },
    });
    expect(await record()).toMatchObject({ label: "Our 'news'", name: "Our 'news'" });
    world.peer.deaf.add("make");
    expect(await set("label=x")).toContain("do not understand");
    expect(await talk.said(`set ${world.id} label=x`, bob)).toContain("asks for power 50");
  });

  it("of a webhook is how long it works, and its secret does not get into the room by that", async () => {
    const { world, set, record } = await begun("webhook");
    await set("days=2");
    const until = world.clock.now() + 2 * DAY_MS;
    expect(await record()).toMatchObject({ until });
    const expirationDate = new Date(until).toISOString();
    expect(world.rooms.content(ROOM, HOOK, "builds")).toEqual({ name: "builds", expirationDate });
    expect(await set("days=never")).toContain("days: never");
    expect(world.rooms.content(ROOM, HOOK, "builds")).toEqual({ name: "builds" });
    expect(await record()).not.toHaveProperty("until");
  });

  it("of an outgoing webhook is where it leads, and how", async () => {
    const { world, talk, set, record } = await begun("outbound");
    await set("url=https://other.example.org/take method=post");
    expect(world.rooms.content(ROOM, OUTBOUND, "archive")).toEqual({
      ...{ name: "archive", url: "https://other.example.org/take", method: "POST" },
    });
    expect(await record()).toMatchObject({ url: "https://other.example.org/take" });
    expect(await talk.said(`show ${world.id}`)).toContain("goes to `https://other.example.org");
    expect(await set("url=https://127.0.0.1/x")).toContain("address of a public website");
  });

  it.each([
    ["feed", "labl=x", "did you mean `label`?"],
    ["feed", "url=https://x.example.org/", "Its name or address stays"],
    ["feed", `label=${"x".repeat(61)}`, "no value for `label`"],
    ["feed", "failures=perhaps", "no value for `failures`"],
    ["feed", "constructor=x", "has no setting `constructor`"],
    ["feed", "failures=constructor", "no value for `failures`"],
    ["webhook", "days=0", "no value for `days`"],
    ["webhook", "name=other", "days"],
    ["outbound", "method=GET", "no value for `method`"],
    ["outbound", "url=http://x.example.org/", "no value for `url`"],
  ] as const)("of a %s is never %s", async (sort, changes, words) => {
    const { set } = await begun(sort);
    expect(await set(changes)).toContain(words);
  });

  it("is nothing where only hookshot's API could, and that is not configured; of a webhook it is", async () => {
    const feed = await begun("feed", false);
    expect(await feed.talk.said(`set ${feed.world.id} label=x`)).toContain(
      "have not configured it",
    );
    const hook = await begun("webhook", false);
    expect(await hook.set("days=3")).toContain("Changed builds");
    expect(sentenceOf(new UsherError("connection-fixed"))).toContain("!hookshot setup-widget");
    expect(sentenceOf({ template: "deed/set-connection", view: {} })).toContain("change something");
  });
});

describe("what is said of outgoing webhooks", () => {
  it("before one is added, and when it is there", async () => {
    const { world, talk } = await begun("outbound");
    const other = "add outbound other https://other.example.org/take";
    expect(await talk.said(other)).toMatch(
      /everything written here from now on[^]*direct message\./,
    );
    talk.clear = true;
    talk.settings = { ...talk.settings, encrypts: true };
    talk.encryption = "encrypted";
    expect(await talk.said(other)).toMatch(
      /readable though it is encrypted[^]*direct message, unencrypted/,
    );
    expect(await talk.said("add outbound other https://localhost/x")).toContain("public website");
    expect(await talk.said("add outbound list https://x.example.org/x")).toContain(
      "cannot be the name",
    );
    expect(await talk.said(`webhook resend ${world.id}`)).toContain("I have sent you the secret");
    expect(talk.letters[0]).toMatch(/X-Matrix-Hookshot-Token[^]*hs-ob-/);
    expect(await talk.said(`remove ${world.id}`)).toContain(
      "nothing that is written here goes there",
    );
    const done = { is: "done", results: {} } as const;
    const asked = { id: "x", name: "archive", entry: "outbound", key: "archive", bot: WHO.bot };
    const added = addedAnswer(done, {
      ...asked,
      person: WHO.ann,
      url: "https://archive.example.org/take",
    });
    expect(sentenceOf(added)).toContain("goes to `https://archive.example.org/take`");
    const { settings } = talk;
    const info = sentenceOf(infoOf(connectionEntries(settings), "outbound", settings));
    expect(info).toContain("rules of their own");
  });
});
