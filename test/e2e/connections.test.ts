import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { theSynapse } from "../harness/e2eSetup.ts";
import { ask, bodyOf, finalAnswerTo, membership, stateChange } from "../harness/expect.ts";
import { FEED } from "../harness/peers/hookshotThings.ts";
import { HookshotStandIn } from "../harness/peers/hookshotStandIn.ts";
import type { Person } from "../harness/person.ts";
import { UNENCRYPTED, World } from "../harness/world.ts";

const URL = "https://news.example.org/feed.xml";
const LEVELS = "m.room.power_levels";

describe("connections of hookshot", () => {
  let hookshot: HookshotStandIn;
  let bot: string;
  let world: World;
  let olga: Person;
  let office: string;
  let alice: Person;
  let bob: Person;

  beforeAll(async () => {
    const { url } = theSynapse();
    const unique = `${String(process.pid)}-${String(Date.now() % 1e6)}`;
    const account = await theSynapse().register(`hookshot-${unique}`, { displayName: "Hookshot" });
    hookshot = await HookshotStandIn.begin(url, account);
    bot = account.userId;
    ({ world, olga, office } = await World.withOffice(UNENCRYPTED, {
      config: { bots: { hookshot: { bot, api: hookshot.server.url } } },
    }));
    hookshot.peer.managers.add(world.usher.userId);
    [alice, bob] = await Promise.all([world.person("alice"), world.person("bob")]);
  });
  afterAll(async () => {
    await world.end();
    await hookshot.stop();
  });
  afterEach(() => {
    hookshot.peer.heal();
  });

  async function madeRoom(version = "11"): Promise<string> {
    const room = await world.room(alice, { version, usherPower: 100, powerLevels: { invite: 50 } });
    await world.bring(alice, room, bob);
    return room;
  }

  const said = async (who: Person, room: string, words: string): Promise<string> =>
    bodyOf(await ask(who, room, words === "yes" ? words : `!usher ${words}`));
  const isIn = async (room: string): Promise<boolean> =>
    (await alice.state(room, "m.room.member", bot))?.["membership"] === "join";
  const idIn = (answer: string): string => /id `?(feed-[a-z0-9]+)/.exec(answer)?.[1] ?? answer;
  const added = async (room: string): Promise<string> =>
    idIn(await said(alice, room, `add feed ${URL} --yes`));

  it.each(["11", "12"])(
    "a feed is added after a yes, listed, shown, counted and removed, and the room is as it was: version %s",
    async (version) => {
      const room = await madeRoom(version);
      const before = await alice.state(room, LEVELS);
      expect(await said(alice, room, "browse connections")).toContain("Feed");
      expect(await said(alice, room, "info feed")).toContain("add feed https://");
      const preview = await said(alice, room, `add feed ${URL} Our news`);
      for (const words of ["Our news", bot, "with power 50", "All here can read the address"])
        expect(preview).toContain(words);
      expect(await said(alice, room, "yes")).toContain("Added Our news");
      await alice.waitFor(stateChange(room, FEED, URL), { what: "the state of hookshot" });
      expect(hookshot.peer.connected(room)).toEqual([URL]);
      const listed = await said(bob, room, "list");
      expect(listed).toMatch(/Connections here:[^]*Our news[^]*there/);
      const id = idIn(listed);
      expect(await said(bob, room, `show ${id}`)).toContain("could read it when it last looked");
      expect(await said(bob, room, "status")).toContain("connections: 1");
      expect(await said(alice, room, `add feed ${URL}`)).toContain("is here already");
      expect(await said(alice, room, "remove Our news")).toMatch(/take out its bot[^]*@hookshot/);
      expect(await said(alice, room, `remove ${id} --yes`)).toContain("Removed Our news");
      expect(hookshot.peer.connected(room)).toEqual([]);
      expect(await isIn(room)).toBe(false);
      expect(await alice.state(room, FEED, URL)).toEqual({});
      expect(await alice.state(room, LEVELS)).toEqual(before);
      expect(await said(alice, room, "list")).not.toContain("Our news");
    },
  );

  it("what was added is taken back, and what was removed is added again", async () => {
    const room = await madeRoom();
    await added(room);
    expect(await said(alice, room, "undo --yes")).toContain("Taken back");
    expect([hookshot.peer.connected(room), await isIn(room)]).toEqual([[], false]);
    const id = await added(room);
    await said(alice, room, `remove ${id} --yes`);
    expect(await said(alice, room, "undo --yes")).toContain("Taken back");
    expect([hookshot.peer.connected(room), await isIn(room)]).toEqual([[URL], true]);
  });

  it("who has no power gets nothing done, for hookshot asks nobody but Usher", async () => {
    const room = await madeRoom();
    expect(await said(bob, room, `add feed ${URL} --yes`)).toContain("need");
    const id = await added(room);
    expect(await said(bob, room, `remove ${id} --yes`)).toContain("need");
    expect(hookshot.peer.connected(room)).toEqual([URL]);
    const chat = await world.direct(bob);
    expect(bodyOf(await ask(bob, chat, `add feed ${URL} --yes`))).not.toContain("Added");
  });

  it("what others have set up is listed and can be removed, and its bot stays", async () => {
    const room = await madeRoom();
    hookshot.peer.managers.add(alice.userId);
    await alice.invite(room, bot);
    await alice.waitFor(membership(room, bot, "join"));
    await alice.setLevel(room, bot, 50);
    await hookshot.bot.setState(room, FEED, { url: URL }, URL);
    await alice.waitFor(stateChange(room, FEED, URL), { what: "the state of hookshot" });
    const listed = await said(bob, room, "list");
    expect(listed).toContain("added without me");
    expect(await said(alice, room, `remove ${idIn(listed)} --yes`)).toContain("Removed");
    expect(await alice.state(room, FEED, URL)).toEqual({});
    expect(await isIn(room)).toBe(true);
  });

  it("what somebody else takes out is shown as gone, and what hookshot leaves of it is tidied up", async () => {
    const room = await madeRoom();
    const id = await added(room);
    await hookshot.bot.setState(room, FEED, {}, URL);
    await hookshot.bot.setState(room, FEED, { url: URL }, "undefined");
    expect(await said(alice, room, "list")).toContain("gone, taken out by somebody else");
    expect(await said(alice, room, `remove ${id} --yes`)).toContain("Removed");
    expect(await alice.state(room, FEED, "undefined")).toEqual({});
    expect(await isIn(room)).toBe(false);
  });

  it.each([
    ["is no feed", "not a feed", () => hookshot.peer.broken.add(URL)],
    ["it does not understand", "HTTP 502", () => odd({ status: 502, text: "<html>" })],
    [
      "is switched off",
      "switched off",
      () => odd({ status: 500, json: { errcode: "HS_DISABLED_FEATURE", error: "x" } }),
    ],
    ["it says it does, and does not", "not come in time", () => hookshot.peer.deaf.add("make")],
  ])("what %s is taken back whole, and said", async (_, words, spoil) => {
    const room = await madeRoom();
    const before = await alice.state(room, LEVELS);
    spoil();
    const asked = await alice.say(room, `!usher add feed ${URL} --yes`);
    if (words === "not come in time") {
      const waits = await alice.waitFor(finalAnswerTo(asked, alice), { what: "the answer" });
      expect(bodyOf(waits)).toMatch(/hookshot has not taken/);
      expect(await said(alice, room, `remove ${idIn(bodyOf(waits))} --yes`)).toContain("Removed");
    } else {
      const refused = await alice.waitFor(finalAnswerTo(asked, alice), { what: "the answer" });
      expect(bodyOf(refused)).toContain(words);
    }
    expect(await isIn(room)).toBe(false);
    expect(await alice.state(room, LEVELS)).toEqual(before);
    expect(await said(alice, room, "list")).not.toContain("news.example.org");
  });

  const odd = (answer: { status: number; text?: string; json?: unknown }): unknown =>
    hookshot.peer.odd.set("POST connections", answer);

  it("a bot that leaves whoever has no leave is told of, and its tokens are asked for anew", async () => {
    const room = await madeRoom();
    hookshot.peer.forgets();
    hookshot.peer.managers.delete(world.usher.userId);
    expect(await said(alice, room, `add feed ${URL} --yes`)).toContain("manageConnections");
    hookshot.peer.managers.add(world.usher.userId);
    await added(room);
    expect(hookshot.peer.connected(room)).toEqual([URL]);
    expect(bodyOf(await ask(olga, office, "!usher admin doctor"))).toContain("Hookshot");
  });

  it("a repository is there when whoever asked has typed hookshot's own command, logged in there", async () => {
    const room = await madeRoom();
    hookshot.peer.managers.add(alice.userId);
    const typed = "!hookshot github repo https://github.com/example/project";
    expect(await said(alice, room, "add github Example/Project")).toContain(typed);
    expect(await said(alice, room, "yes")).toMatch(/Now say in this room[^]*github login/);
    await alice.say(room, typed);
    await alice.waitFor((event) => bodyOf(event).includes("You are not logged into GitHub"));
    hookshot.peer.loggedIn.add(alice.userId);
    await alice.say(room, typed);
    await bob.waitFor(
      (event) => event.roomId === room && bodyOf(event).includes("Added example/project"),
      { what: "that it is there" },
    );
    expect(await said(bob, room, "list")).toMatch(/GitHub repository example\/project[^]*there/);
    expect(await said(alice, room, "remove example/project --yes")).toContain("nothing more");
    expect([hookshot.peer.connected(room), await isIn(room)]).toEqual([[], false]);
  });

  it("what others take out by hand takes its bot and its power along, and hookshot's own going on", async () => {
    const room = await madeRoom();
    await added(room);
    await alice.setLevel(room, bob.userId, 50);
    await bob.setState(room, FEED, {}, URL);
    await alice.waitFor(membership(room, bot, "leave"));
    expect(hookshot.peer.connected(room)).toEqual([]);
    await alice.waitFor(
      stateChange(room, LEVELS, "", ({ users }) => !Object.keys(users as object).includes(bot)),
      { from: alice.seen.length - 5, what: "its power" },
    );
    expect(await said(alice, room, "list")).not.toContain("news.example.org");
  });

  it("a feed's label is changed, and what cannot be changed is said", async () => {
    const room = await madeRoom();
    const id = await added(room);
    expect(await said(alice, room, `set ${id} label="Our news" --yes`)).toContain("Changed");
    expect(await alice.state(room, FEED, URL)).toMatchObject({ label: "Our news" });
    expect(await said(alice, room, `set ${id} url=https://x.example.org/`)).toContain("stays");
    expect(await said(bob, room, `set ${id} label=Mine --yes`)).toContain("need");
  });

  it("goes with who is erased where nobody else could take it away", async () => {
    const carol = await world.person("carol");
    const room = await world.room(carol, { version: "11", usherPower: 100 });
    const id = idIn(await said(carol, room, `add feed ${URL} --yes`));
    expect(hookshot.peer.connected(room)).toEqual([URL]);
    const chat = await world.direct(carol);
    const asked = bodyOf(await ask(carol, chat, "privacy erase all now here"));
    expect(asked).toContain("remembers which news it has told");
    const [, word = ""] = /confirm ([a-z]+)/.exec(asked) ?? [];
    await carol.say(chat, `confirm ${word}`);
    await carol.waitFor((event) => event.roomId === room && event.stateKey === bot, {
      what: `the bot's leaving with ${id}`,
    });
    await carol.waitFor(membership(room, bot, "leave"));
    expect(hookshot.peer.connected(room)).toEqual([]);
  });
});
