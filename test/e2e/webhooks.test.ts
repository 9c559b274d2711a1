import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { theSynapse } from "../harness/e2eSetup.ts";
import { ask, bodyOf, membership, messageFrom, stateChange } from "../harness/expect.ts";
import { filesIn } from "../harness/filesIn.ts";
import { HookshotStandIn } from "../harness/peers/hookshotStandIn.ts";
import { HOOK } from "../harness/peers/hookshotThings.ts";
import type { SeenEvent } from "../harness/observed.ts";
import { connectPerson, type Person } from "../harness/person.ts";
import { ENCRYPTED, UNENCRYPTED, World } from "../harness/world.ts";

const LEVELS = "m.room.power_levels";

describe.each([
  ["by its API", true],
  ["by commands", false],
])("webhooks of hookshot, %s", (_, byApi) => {
  let hookshot: HookshotStandIn;
  let bot: string;
  let world: World;
  let alice: Person;
  let bob: Person;
  let chat: string;

  beforeAll(async () => {
    const { url } = theSynapse();
    const unique = `${String(process.pid)}-${String(Date.now() % 1e6)}`;
    const account = await theSynapse().register(`hooks-${unique}`, { displayName: "Hookshot" });
    hookshot = await HookshotStandIn.begin(url, account);
    bot = account.userId;
    const api = byApi ? { api: hookshot.server.url } : {};
    world = await World.begin(UNENCRYPTED, { config: { bots: { hookshot: { bot, ...api } } } });
    hookshot.peer.managers.add(world.usher.userId);
    [alice, bob] = await Promise.all([world.person("alice"), world.person("bob")]);
    chat = await world.direct(alice);
  });
  afterAll(async () => {
    await world.end();
    await hookshot.stop();
  });
  afterEach(() => {
    hookshot.peer.heal();
  });

  async function madeRoom(): Promise<string> {
    const powerLevels = { invite: 50 };
    const room = await world.room(alice, { version: "11", usherPower: 100, powerLevels });
    await world.bring(alice, room, bob);
    return room;
  }

  const said = async (who: Person, room: string, words: string): Promise<string> =>
    bodyOf(await ask(who, room, words === "yes" ? words : `!usher ${words}`));
  const idIn = (answer: string): string =>
    /id `?((?:webhook|outbound)-[a-z0-9]+)/.exec(answer)?.[1] ?? answer;

  /** The secret that Usher has told Alice alone. `after`: so many of them came before. */
  async function told(after = 0): Promise<string> {
    const letters = (): readonly string[] =>
      alice.seen
        .filter(messageFrom(world.usher.userId, chat))
        .map(bodyOf)
        .filter((body) => body.includes("The secret address"));
    await alice.waitFor((event) => event.roomId === chat && letters().length > after, {
      what: "the secret",
    });
    return /https:\/\/hooks\S+?(?=`|$)/m.exec(letters().at(-1) ?? "")?.[0] ?? "none";
  }

  /** All files that Usher has written, and what it wrote to its terminal. */
  async function written(): Promise<string> {
    const files = await filesIn(world.usher.dataDir);
    const texts = [...files.values()].map((file) => file.toString("latin1"));
    return [...texts, world.usher.written()].join("\n");
  }

  it("one is added: its secret goes to whoever asked, alone, and to nothing that is kept; removed, it is dead", async () => {
    const room = await madeRoom();
    const before = await alice.state(room, LEVELS);
    const preview = await said(alice, room, "add webhook builds");
    expect(preview).toContain("you alone get it, by direct message, unencrypted");
    const added = await said(alice, room, "yes");
    expect(added).toContain(`I have sent its secret address to ${alice.userId} alone`);
    const secret = await told();
    expect(hookshot.peer.delivered(secret)).toBe(202);
    await bob.waitFor(stateChange(room, HOOK, "builds"), { what: "the state of hookshot" });
    const id = idIn(added);
    expect(await said(bob, room, "list")).toMatch(/Webhook builds, id `?webhook-/);
    const everything = JSON.stringify([...bob.seen, ...(await bob.allState(room))]);
    const word = secret.slice(-36);
    expect(everything).not.toContain(word);
    expect(await written()).not.toContain(word);
    expect(await said(alice, room, "add webhook builds")).toContain("is here already");
    expect(hookshot.peer.connected(room)).toEqual(["builds"]);
    expect(await said(alice, room, `remove ${id} --yes`)).toContain("works no more");
    expect(hookshot.peer.delivered(secret)).toBe(404);
    await alice.waitFor(membership(room, bot, "leave"));
    expect(await alice.state(room, LEVELS)).toEqual(before);
    expect(await said(alice, room, "list")).not.toContain("builds");
    expect(await said(alice, room, "undo --yes")).toContain("Taken back");
    const another = await told(1);
    expect([another === secret, hookshot.peer.delivered(another)]).toEqual([false, 202]);
  });

  it("its secret is told again, where hookshot can be asked, and to nobody without power", async () => {
    const room = await madeRoom();
    const earlier = alice.seen.filter(messageFrom(world.usher.userId, chat)).length;
    const id = idIn(await said(alice, room, "add webhook deploys --yes"));
    expect(await said(bob, room, `webhook resend ${id}`)).toContain("asks for power 50");
    const again = await said(alice, room, `webhook resend ${id}`);
    expect(again).toContain(byApi ? "by direct message, unencrypted" : "I cannot ask hookshot");
    const letters = alice.seen.filter(messageFrom(world.usher.userId, chat)).length - earlier;
    expect(letters).toBe(byApi ? 2 : 1);
  });

  it("an outgoing one is told of before, and its token goes to whoever asked, alone", async () => {
    const room = await madeRoom();
    const line = "add outbound archive https://archive.example.org/take";
    expect(await said(alice, room, line)).toContain("everything written here from now on");
    const id = idIn(await said(alice, room, "yes"));
    const letter = await alice.waitFor(
      (event) => event.roomId === chat && bodyOf(event).includes("X-Matrix-Hookshot-Token"),
      { what: "the token" },
    );
    const token = /hs-ob-[\w-]+/.exec(bodyOf(letter))?.[0] ?? "none";
    expect(hookshot.peer.delivered(token)).toBe(202);
    expect(JSON.stringify([...bob.seen, ...(await bob.allState(room))])).not.toContain(token);
    expect(await written()).not.toContain(token);
    expect(await said(bob, room, `show ${id}`)).toContain("https://archive.example.org/take");
    expect(await said(alice, room, `remove ${id} --yes`)).toContain("goes there any more");
    expect(hookshot.peer.delivered(token)).toBe(404);
  });

  it("its secret goes encrypted to who has a verified device, into a chat made for that", async () => {
    const dana = await connectPerson(theSynapse(), "dana", ENCRYPTED);
    try {
      // Before she has sent Usher anything encrypted, her client does not know who signed its device, and what it cannot read then it never tries again.
      const sealed = await dana.createRoom({ invite: [world.usher.userId, alice.userId] });
      await dana.waitFor(membership(sealed, world.usher.userId, "join"));
      await ask(dana, sealed, "!usher help");
      const powerLevels = { users: { [dana.userId]: 100, [world.usher.userId]: 100 } };
      const options = { version: "11", encrypted: false, powerLevels };
      const room = await dana.createRoom({ ...options, invite: [world.usher.userId] });
      await world.greeted(dana, room);
      const from = dana.mark();
      const preview = await said(dana, room, "add webhook sealed");
      expect(preview).toMatch(/you alone get it, by direct message\.$/m);
      expect(await said(dana, room, "yes")).toContain("Added the webhook sealed");
      const invited = ({ type, stateKey, content, roomId }: SeenEvent): boolean =>
        type === "m.room.member" &&
        stateKey === dana.userId &&
        content["membership"] === "invite" &&
        roomId !== room;
      const { roomId: own } = await dana.waitFor(invited, { from, what: "the invitation" });
      await dana.join(own);
      const isLetter = (event: SeenEvent): boolean =>
        event.roomId === own && bodyOf(event).includes("The secret address");
      const letter = await dana.waitFor(isLetter, { from, what: "the secret" });
      expect(letter.encryption).toBe("decrypted");
      const secret = /https:\/\/hooks[^\s`]+/.exec(bodyOf(letter))?.[0] ?? "none";
      expect(hookshot.peer.delivered(secret)).toBe(202);
      expect(await written()).not.toContain(secret.slice(-36));
    } finally {
      await dana.stop();
    }
  });

  it("goes with who is erased where nobody else could take it away, and its address is dead then", async () => {
    const carol = await world.person("carol");
    const room = await world.room(carol, { version: "11", usherPower: 100 });
    const own = await world.direct(carol);
    await ask(carol, own, "help");
    await said(carol, room, "add webhook mine --yes");
    const letter = await carol.waitFor(
      (event) => event.roomId === own && bodyOf(event).includes("The secret address"),
      { what: "the secret" },
    );
    const secret = /https:\/\/hooks[^\s`]+/.exec(bodyOf(letter))?.[0] ?? "none";
    expect(hookshot.peer.delivered(secret)).toBe(202);
    const held = bodyOf(await ask(carol, own, "privacy data here"));
    expect(held).toContain("1 of: what hookshot does in rooms");
    const asked = bodyOf(await ask(carol, own, "privacy erase all now here"));
    expect(asked).toContain("keeps what opened a webhook");
    const [, word = ""] = /confirm ([a-z]+)/.exec(asked) ?? [];
    await carol.say(own, `confirm ${word}`);
    await carol.waitFor(membership(room, bot, "leave"), { what: "that its bot is gone" });
    expect(hookshot.peer.delivered(secret)).toBe(404);
  });

  it("who has no power gets none, and a secret that all can read is none", async () => {
    const room = await madeRoom();
    expect(await said(bob, room, "add webhook builds --yes")).toContain("need");
    hookshot.peer.leaks.add("state");
    expect(await said(alice, room, "add webhook builds --yes")).toContain("so it is no secret");
    expect(hookshot.peer.connected(room)).toEqual([]);
    expect((await alice.state(room, HOOK, "builds")) ?? {}).not.toHaveProperty("hookId");
    expect((await alice.state(room, "m.room.member", bot))?.["membership"]).toBe("leave");
  });
});
