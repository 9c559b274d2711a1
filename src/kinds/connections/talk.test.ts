import { beforeEach, describe, expect, it } from "vitest";
import { ROOM, WHO } from "../../../test/harness/connections/connectionRooms.ts";
import { ConnectionTalk } from "../../../test/harness/connections/connectionTalk.ts";
import { ConnectionWorld } from "../../../test/harness/connections/connectionWorld.ts";
import { HOOK } from "../../../test/harness/peers/hookshotThings.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import { UsherError } from "../../kernel/errors.ts";
import { addedAnswer } from "./answers.ts";
import { connectionEntries } from "./entries.ts";
import { findings, infoOf, type Sight } from "./info.ts";
import { connectionItems } from "./items.ts";
import { outwardConnections } from "./outward.ts";
import { hookshotSettings } from "./settings.ts";
import { connectionUndoHandler } from "./undo.ts";
import { faultView } from "./views.ts";

const { ann, bob, bot, usher } = WHO;
const FEED = "https://news.example.org/feed.xml";
const ADD = `add feed ${FEED}`;
const THEIRS = {
  by: "third-party",
  who: "Example Bots",
  policy: "https://bots.example.org/privacy",
} as const;
const OURS = { by: "operator", policy: "https://example.org/privacy" } as const;

let world: ConnectionWorld;
let talk: ConnectionTalk;
beforeEach(() => {
  world = new ConnectionWorld();
  talk = new ConnectionTalk(world);
});

const said = (line: string, person = ann): Promise<string> => talk.said(line, person);

/** Somebody else may manage the room too, or not. */
const levels = (users: object): void => {
  const content = { users, invite: 50 };
  world.rooms.homeserver.put(ROOM, "m.room.power_levels", "", content, ann);
};

describe("what is said of connections", () => {
  it("before one is added: who runs hookshot, what it costs, and what it takes", async () => {
    expect(await said(ADD)).toContain("Run by the people who run me.");
    talk.settings = hookshotSettings.parse({ bot, price: "paid", host: THEIRS });
    expect(await said(ADD)).toContain("Run by Example Bots");
    talk.settings = hookshotSettings.parse({ bot, host: OURS });
    expect(await said(ADD)).toContain("privacy policy: https://example.org/privacy");
    expect(sentenceOf(infoOf(connectionEntries(talk.settings), "feed", talk.settings))).toContain(
      ADD.slice(0, 8),
    );
  });

  it("why one is not added", async () => {
    talk.encryption = "encrypted";
    expect(await said(ADD)).toContain("write into it unencrypted");
    talk.settings = hookshotSettings.parse({ bot, encrypts: true });
    expect(await said(ADD)).toContain("I will have hookshot");
    expect(await said(ADD, bob)).toContain("asks for power 50 in this room, and you have 0");
    expect(await said("add feed https://localhost/x")).toContain("cannot be a feed here");
    levels({ [ann]: 100 });
    expect(await said(ADD)).toContain("and I have 0");
    levels({ [ann]: 100, [usher]: 100 });
    world.rooms.homeserver.put(ROOM, "m.room.member", bot, { membership: "ban" }, ann);
    expect(await said(ADD)).toContain("is banned from this room");
  });

  it("one that is here, or half set up, is not added again", async () => {
    await world.say("add");
    expect(await said(ADD)).toContain("is here already, id `feed-");
    expect(await said(`remove ${world.id}`)).toContain(`${ann} asked for it.`);
    await world.say("remove");
    world.peer.deaf.add("make");
    await world.say("add");
    expect(world.told).toBe("waiting");
    expect(await said(ADD)).toContain("is half set up here, asked for by");
    expect(await said(`show ${world.id}`)).toContain("half set up");
  });

  it("one that others have added, and that hookshot cannot read", async () => {
    const { homeserver } = world.rooms;
    homeserver.put(ROOM, "uk.half-shot.matrix-hookshot.feed", FEED, { url: FEED }, bot);
    expect(await said(ADD)).toMatch(
      /is here already, id `feed-\w+`, but does nothing[^]*say first: `!usher remove feed-/,
    );
    homeserver.put(ROOM, "m.room.member", bot, { membership: "join" }, bot);
    expect(await said(ADD)).toMatch(/is here already, id `feed-\w+`\. All about it: `!usher show/);
    expect(await said(`show ${world.id}`)).toContain("It was added without me.");
    expect(await said(`remove ${world.id}`)).not.toContain("asked for it");
    await world.say("remove");
    expect(world.told).toBe("removed");
    await world.say("add");
    expect(world.told).toBe("done");
    const lastResults = [{ ok: false, error: "HTTP 404" }];
    world.peer.results = lastResults;
    expect(await said(`show ${world.id}`)).toContain("It said: “HTTP 404”");
    world.rooms.silent = true;
    // What hookshot has said of itself is believed for a minute.
    world.clock.advance(60_000);
    expect(await said(`show ${world.id}`)).toContain("Hookshot does not answer now.");
  });

  it("what others have written into the room's state, of any shape and without end, in bounds", async () => {
    const { connections, clock, rooms } = world;
    const { homeserver } = rooms;
    const entries = connectionEntries(talk.settings);
    const put = (key: string, content: object): unknown =>
      homeserver.put(ROOM, HOOK, key, content as never, bob);
    for (let at = 0; at < 120; at += 1) put(`hook ${String(at)}`, { label: "x".repeat(1900) });
    put("", { name: 5, expirationDate: {}, label: " \n", hookId: null });
    await world.say("add");
    const items = connectionItems({ connections, clock, entries });
    const listed = sentenceOf(await items.list(ROOM));
    expect(listed.length).toBeLessThan(30_000);
    expect(listed).toMatch(/^Connections here:\n- Feed news\.example\.org/);
    expect(listed).toContain("22 more, which others added, are not listed. To see one");
    expect(await said("show hook 119")).toContain("It was added without me.");
    const { id = "" } = (await items.things(ROOM)).at(-1) ?? {};
    expect(await said(`remove ${id}`)).toContain(`remove ${id}:`);
  });

  it("one whose bot somebody has put out: it does nothing, and how it does again", async () => {
    await world.say("add");
    expect(await said(`show ${world.id}`)).toContain(": there.");
    world.rooms.put(ROOM, "m.room.member", bot, { membership: "leave" }, ann);
    expect(await said(`show ${world.id}`)).toMatch(/: does nothing, for hookshot's bot[^]*anew\./);
    expect(await said(ADD)).toContain("but does nothing");
    await world.say("remove");
    await world.say("add");
    expect(await said(`show ${world.id}`)).toContain(": there.");
    const hook = new ConnectionWorld({ sort: "webhook" });
    await hook.say("add");
    hook.rooms.put(ROOM, "m.room.member", bot, { membership: "leave" }, ann);
    expect(await new ConnectionTalk(hook).said(`webhook resend ${hook.id}`)).toContain(
      "The bot of hookshot is not in this room",
    );
  });

  it("one of a hookshot that is configured no more may go on, and is not said to be gone", async () => {
    const { homeserver } = world.rooms;
    await world.say("add");
    homeserver.put(ROOM, HOOK, "theirs", { name: "theirs" }, bot);
    world.unconfigures();
    talk = new ConnectionTalk(world);
    expect(await said(`show ${world.id}`)).toContain("may go on, for the people who run me");
    expect(await said("show theirs")).toContain("Nothing here has the id");
    homeserver.put(ROOM, "uk.half-shot.matrix-hookshot.feed", FEED, {}, ann);
    expect(await said(`show ${world.id}`)).toContain("gone, taken out by somebody else");
  });

  it("what is being done, what came of it, and what taking it back means", () => {
    const view = {
      bot,
      name: "news.example.org",
      id: "feed-k2m4q",
      entry: "feed",
      key: FEED,
      person: ann,
    };
    const step = (name: string): string =>
      sentenceOf({ template: `connection-step/${name}`, view });
    expect(["power", "invite", "join", "connect", "shown"].map(step)).toEqual([
      `giving ${bot} the power it needs`,
      `inviting ${bot}`,
      `waiting for ${bot} to come`,
      "telling hookshot of news.example.org",
      "waiting for hookshot to take news.example.org on",
    ]);
    expect(sentenceOf(addedAnswer({ is: "gone" }, view))).toContain("is not here any more");
    const { deeds } = connectionUndoHandler(world.connections);
    const undoing = Object.values(deeds).map((template) => sentenceOf({ template, view: {} }));
    expect(undoing.join(" ")).toMatch(/removed again[^]*added again/);
    const help = { template: "help/add-feed", view: {} };
    expect(sentenceOf(help)).toBe("tells the room what a website has new");
  });

  it("how hookshot is doing, for operators, and what it keeps", async () => {
    const nowhere = { unknown: false, rooms: 0, absent: 0 };
    const found = async (
      is: "up" | "down" | "unusable" | "slow",
      { api, sight = nowhere }: { readonly api?: string; readonly sight?: Sight } = {},
    ): Promise<string> => {
      const health = (): Promise<{ is: typeof is }> => Promise.resolve({ is });
      const parsed = hookshotSettings.parse({ bot, api });
      const [one] = await findings({ health }, parsed, () => Promise.resolve(sight));
      return `${String(one?.well)}: ${sentenceOf(one?.finding)}`;
    };
    const api = "http://127.0.0.1:9002";
    expect(await found("up", { api })).toMatch(/^true: [^]*it answers/);
    expect(await found("down", { api })).toContain("does not answer now. See whether it runs");
    expect(await found("unusable", { api })).toContain("does nothing for me now");
    expect(await found("slow", { api })).toContain("has not answered in time");
    const quiet = await found("up", { sight: { ...nowhere, rooms: 2 } });
    expect(quiet).toMatch(/^true: [^]*cannot look whether it runs\.[^]*do something: 2, as far/);
    const lost = await found("up", { sight: { unknown: true, rooms: 2, absent: 1 } });
    expect(lost).toMatch(/^false: [^]*knows no such account[^]*in 1 of them its bot is not/);
    const none = findings({ health: () => Promise.resolve({ is: "up" }) }, undefined, () =>
      Promise.resolve(nowhere),
    );
    expect(await none).toEqual([]);
    const fault = faultView({ is: "down" });
    const status = { template: "connection/status", view: { count: 2, fault } };
    expect(sentenceOf(status)).toBe("connections: 2 (hookshot does not answer now)");
  });

  it.each([
    ["hookshot-none", "There is no hookshot here"],
    ["hookshot-off", "has this switched off"],
    ["hookshot-silent", "did not answer"],
    ["hookshot-login", "does not believe that I am who I am"],
    ["hookshot-forbidden", "does not let me manage connections"],
    ["hookshot-bot-power", "its bot has too little power"],
    ["hookshot-bot-gone", "did not come, or left at once"],
    ["hookshot-stays", "still has it"],
  ] as const)("%s: %s", (code, words) => {
    expect(sentenceOf(new UsherError(code))).toContain(words);
  });

  it.each([
    ["hookshot-disabled", { name: "Feed" }, "Feed has been switched off"],
    ["hookshot-bot-stayed", { bot }, "is still in this room after I kicked it"],
    ["hookshot-unclear", { status: 502 }, "(HTTP 502)"],
    ["hookshot-unclear", { status: undefined }, "do not understand. Tell"],
    ["hookshot-refused", { line: "No" }, "It said: “No”"],
    ["connection-gone", { id: "feed-x" }, "has the id `feed-x`"],
  ] as const)("%s of %j: %s", (code, view, words) => {
    expect(sentenceOf(new UsherError(code, view))).toContain(words);
  });
});

describe("a connection whose person is erased", () => {
  it("goes where nobody else may take it away, or where they name it and may; else it stays", async () => {
    await world.say("add");
    const { connections } = world;
    const { homeserver } = world.rooms;
    const matrix = { me: usher, members: homeserver.members.bind(homeserver) };
    const queue = { inTurn: <T>(_: string, work: () => Promise<T>) => work() } as never;
    const outward = outwardConnections({ connections, matrix, queue, settings: talk.settings });
    const goes = (named: boolean, person = ann): Promise<boolean> =>
      outward.goes({ entry: "feed" }, { person, room: ROOM, named });
    expect([await goes(false), await goes(true), await goes(true, bob)]).toEqual([
      true,
      true,
      false,
    ]);
    levels({ [ann]: 100, [bob]: 50, [usher]: 100, [bot]: 50 });
    expect([await goes(false), await goes(true)]).toEqual([false, true]);
    expect(sentenceOf(outward.keeps("feed"))).toContain("which news it has told");
    await outward.takeAway(ROOM, world.id, bob);
    expect(world.peer.connected(ROOM)).toEqual([FEED]);
    await outward.takeAway(ROOM, world.id, ann);
    expect(world.peer.connected(ROOM)).toEqual([]);
  });
});
