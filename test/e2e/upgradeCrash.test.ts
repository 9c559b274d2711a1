import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BotPeer } from "../harness/botPeer.ts";
import { path } from "../harness/clientApi.ts";
import { theSynapse } from "../harness/e2eSetup.ts";
import { ask, bodyOf, membership, messageFrom, stateChange, WIDGET } from "../harness/expect.ts";
import { HoldingProxy } from "../harness/holdingProxy.ts";
import type { SeenEvent } from "../harness/observed.ts";
import type { Person } from "../harness/person.ts";
import { UNENCRYPTED, World } from "../harness/world.ts";

let proxy: HoldingProxy;
let world: World;
let alice: Person;
let bot: BotPeer;

beforeAll(async () => {
  proxy = await HoldingProxy.start(theSynapse().url);
  bot = await BotPeer.begin(UNENCRYPTED, "moved", "comes");
  world = await World.begin(UNENCRYPTED, { homeserver: proxy.url });
  alice = await world.person("alice");
});
afterAll(async () => {
  await world.end();
  await Promise.all([bot.stop(), proxy.stop()]);
});

/** Kills Usher when it asks for something that has this in it, before that is done, and starts it again. */
async function killAt(
  part: string,
  before: () => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  const held = proxy.hold(part);
  await before();
  await held.came;
  await world.usher.kill();
  held.release();
  await world.usher.start();
}

describe("killed in the middle of following a room into the one that replaces it", () => {
  /** Upgrades the room as clients do; resolves with the new one. */
  async function upgrade(room: string): Promise<string> {
    const { replacement_room: next } = await alice.api.call<{ replacement_room: string }>(
      "POST",
      path`/rooms/${room}/upgrade`,
      {
        new_version: "12",
      },
    );
    await alice.invite(next, world.usher.userId);
    return next;
  }

  const moments: readonly (readonly [string, (room: string) => Promise<string>])[] = [
    [
      "when it is to join",
      async (room) => {
        let next = "";
        await killAt("/join", async () => (next = await upgrade(room)));
        return next;
      },
    ],
    [
      "when it has joined, and is to greet",
      async (room) => {
        let next = "";
        await killAt("/send/m.room.message/", async () => (next = await upgrade(room)));
        return next;
      },
    ],
    [
      "when it has joined and greeted, and is to carry",
      async (room) => {
        let next = "";
        await killAt(`/state/${WIDGET}/`, async () => (next = await upgrade(room)));
        return next;
      },
    ],
    [
      "when it has carried one of two kinds",
      async (room) => {
        let next = "";
        await killAt("/invite", async () => {
          // Alice's own way to the homeserver is another.
          next = await upgrade(room);
        });
        return next;
      },
    ],
    [
      "when it has carried everything, and is to tell",
      async (room) => {
        const carrying = proxy.hold(`/state/${WIDGET}/`);
        const next = await upgrade(room);
        await carrying.came;
        await killAt("/send/m.room.message/", () => Promise.resolve(carrying.release()));
        return next;
      },
    ],
    [
      "when it has just told",
      async (room) => {
        const next = await upgrade(room);
        await alice.waitFor(isResult(next), { what: "the result" });
        await world.usher.kill();
        await world.usher.start();
        return next;
      },
    ],
  ];

  function isResult(room: string): (event: SeenEvent) => boolean {
    return (event) =>
      messageFrom(world.usher.userId, room)(event) &&
      bodyOf(event).includes("I have brought this here");
  }

  it.each(moments)(
    "%s: each thing is carried once, and the result told once",
    async (_moment, go) => {
      const room = await world.room(alice, { name: "Gardens", version: "11", usherPower: 100 });
      await ask(
        alice,
        room,
        `!usher add widget https://pad.example.org/p/team name="Team pad" --yes`,
      );
      const id = (await alice.allState(room)).find(({ type }) => type === WIDGET)?.state_key ?? "";
      await ask(alice, room, `!usher add bot ${bot.userId} --yes`);
      await alice.waitFor(membership(room, bot.userId, "join"));
      // The adding is over when what comes after it is answered.
      await ask(alice, room, "!usher list");

      const next = await go(room);
      const result = await alice.waitFor(isResult(next), { what: "the result" });
      for (const said of ["Team pad", bot.userId]) expect(bodyOf(result)).toContain(said);
      await alice.waitFor(membership(next, bot.userId, "join"), { what: "the bot" });
      // A settled Usher, and one that was started once more, have nothing to add.
      await ask(alice, next, "!usher list");
      await world.usher.restart();
      expect(bodyOf(await ask(alice, next, "!usher list"))).toContain("Team pad");
      expect(alice.seen.filter(isResult(next))).toHaveLength(1);
      expect(alice.seen.filter(stateChange(next, WIDGET, id))).toHaveLength(1);
      expect(alice.seen.filter(membership(next, bot.userId, "invite"))).toHaveLength(1);
      expect(
        alice
          .messagesFrom(world.usher.userId, next)
          .filter((event) => bodyOf(event).startsWith("Hello")),
      ).toHaveLength(1);
    },
  );
});
