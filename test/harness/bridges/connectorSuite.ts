import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, bodyOf, finalAnswerTo, membership, stateChange } from "../expect.ts";
import { beginBridges, type BridgeUnderTest, type BridgeWorld } from "../peers/bridgePeers.ts";
import type { FarSide } from "../peers/irc.ts";
import { isMissing } from "../peers/missing.ts";
import type { RealPeer } from "../peers/realPeer.ts";
import type { Person } from "../person.ts";

const GIVEN = (process.env["USHER_TEST_HOMESERVER"] ?? "") !== "";
const MISSING = !GIVEN && (await isMissing("heisenbridge"));
const LEVELS = "m.room.power_levels";
const NAME = "m.room.name";

/** A world with bridges, and what is looked at in its rooms. */
export interface BridgeScene {
  readonly bridges: BridgeWorld;
  /** A room of Alice's in which only moderators invite, with Bob, who may nothing. */
  readonly madeRoom: (version?: string) => Promise<string>;
  readonly isOut: (room: string, peer: BridgeUnderTest, by?: Person) => Promise<void>;
  readonly marks: (room: string) => Promise<readonly unknown[]>;
}

/** Has these tests go on a Synapse that knows the bridges, and real ones: it must be of our own making. */
export function withBridges(
  title: string,
  real: readonly RealPeer[],
  tests: (scene: () => BridgeScene) => void,
): void {
  describe.skipIf(GIVEN || MISSING).each([title])("%s", () => {
    let bridges: BridgeWorld;
    beforeAll(async () => {
      bridges = await beginBridges(real);
    });
    afterAll(async () => {
      await bridges.end();
    });
    tests(() => sceneIn(bridges));
  });
}

function sceneIn(bridges: BridgeWorld): BridgeScene {
  const { alice, bob } = bridges;
  return {
    bridges,
    madeRoom: async (version = "11") => {
      const options = { version, name: "Ours", powerLevels: { invite: 50 }, usherPower: 100 };
      const room = await bridges.world.room(alice, options);
      await bridges.world.bring(alice, room, bob);
      return room;
    },
    isOut: async (room, { bot }, by = alice) => {
      const member = (await by.state(room, "m.room.member", bot))?.["membership"];
      expect(["leave", undefined]).toContain(member);
      expect(bodyOf(await ask(by, room, "!usher list"))).not.toContain("Bridges here");
    },
    marks: async (room) => {
      const types = ["m.bridge", "uk.half-shot.bridge", "m.room.bridging"];
      return (await alice.allState(room)).filter(
        ({ type, content }) => types.includes(type) && Object.keys(content).length > 0,
      );
    },
  };
}

/** What each connector must do, whatever its bridge is. */
export function connectorSuite(connector: string, scene: () => BridgeScene): void {
  let bridges: BridgeWorld;
  let alice: Person;
  let bob: Person;
  let madeRoom: BridgeScene["madeRoom"];
  let isOut: BridgeScene["isOut"];
  let marks: BridgeScene["marks"];
  beforeAll(() => {
    ({ bridges, madeRoom, isOut, marks } = scene());
    ({ alice, bob } = bridges);
  });

  /** A room of somebody else's, with Bob. */
  async function roomOf(owner: Person, users: Readonly<Record<string, number>>): Promise<string> {
    const powerLevels = { invite: 50, users };
    const options = { version: "11", name: "Theirs", powerLevels, usherPower: 100 };
    const room = await bridges.world.room(owner, options);
    await bridges.world.bring(owner, room, bob);
    return room;
  }

  async function added(
    room: string,
    { words, name }: BridgeUnderTest,
    by: Person = alice,
  ): Promise<string> {
    const said = bodyOf(await ask(by, room, `!usher add bridge ${words} --yes`));
    expect(said).toContain(`Linked this room with ${name}`);
    return /id `?([a-z0-9-]+)/.exec(said)?.[1] ?? "";
  }

  /** What of a room a bridge must leave as it was. */
  async function stood(room: string, by: Person = alice): Promise<readonly unknown[]> {
    const types = [LEVELS, NAME, "m.room.topic", "m.room.avatar"];
    const contents = await Promise.all(types.map((type) => by.state(room, type)));
    // What was not there is empty now: state cannot be taken out.
    return contents.map((content = {}) => content);
  }

  async function goesBothWays(room: string, far: FarSide): Promise<void> {
    await alice.say(room, `to ${room}`);
    await far.arrives(`to ${room}`);
    await far.says(room, `from ${room}`);
    const what = "what was said on the far side";
    await alice.waitFor((event) => bodyOf(event) === `from ${room}`, { what });
  }

  describe.each([connector])("%s", () => {
    let peer: BridgeUnderTest;
    beforeAll(() => {
      const found = bridges.peers[connector];
      if (found === undefined) throw new Error(`There is no ${connector} here`);
      peer = found;
    });

    it.each(["11", "12"])(
      "links a room and unlinks it, both ways, and leaves it as it was: version %s",
      async (version) => {
        const room = await madeRoom(version);
        const before = await stood(room);
        const preview = bodyOf(await ask(alice, room, `!usher add bridge ${peer.words}`));
        expect(preview).toContain(peer.name);
        const linked = bodyOf(await ask(alice, room, "yes"));
        expect(linked).toContain(`Linked this room with ${peer.name}`);
        const [, id = ""] = /id `?([a-z0-9-]+)/.exec(linked) ?? [];
        if (peer.far !== undefined) await goesBothWays(room, peer.far);
        expect(bodyOf(await ask(bob, room, "!usher list"))).toContain(peer.name);
        expect(bodyOf(await ask(bob, room, `!usher show ${id}`))).toContain("linked");
        const again = bodyOf(await ask(alice, room, `!usher add bridge ${peer.words}`));
        expect(again).toContain("I have changed nothing");
        expect(bodyOf(await ask(alice, room, `!usher remove ${id} --yes`))).toContain("Unlinked");
        await isOut(room, peer);
        expect(await stood(room)).toEqual(before);
        expect(await marks(room)).toEqual([]);
      },
    );

    it("undoes what it linked, and links again what it unlinked", async () => {
      const room = await madeRoom();
      const before = await stood(room);
      await added(room, peer);
      await ask(alice, room, "!usher undo --yes");
      await isOut(room, peer);
      expect(await stood(room)).toEqual(before);
      const id = await added(room, peer);
      await ask(alice, room, `!usher remove ${id} --yes`);
      await ask(alice, room, "!usher undo --yes");
      expect(bodyOf(await ask(alice, room, "!usher list"))).toContain(peer.name);
      await ask(alice, room, `!usher remove ${id} --yes`);
      await isOut(room, peer);
    });

    it("does nothing for who has no power, and nothing for who is not in the room", async () => {
      const room = await madeRoom();
      const from = alice.mark();
      const refused = bodyOf(await ask(bob, room, `!usher add bridge ${peer.words} --yes`));
      expect(refused).toContain("need");
      const chat = await bridges.world.direct(bob);
      const id = await added(room, peer);
      expect(bodyOf(await ask(bob, room, `!usher remove ${id} --yes`))).toContain("need");
      expect(bodyOf(await ask(bob, chat, `!usher remove ${id} --yes`))).not.toContain("Unlinked");
      expect(bodyOf(await ask(bob, room, "!usher list"))).toContain(peer.name);
      const came = alice.seen.slice(from).filter(membership(room, peer.bot, "invite"));
      expect(new Set(came.map(({ eventId }) => eventId)).size).toBeLessThan(2);
      await ask(alice, room, `!usher remove ${id} --yes`);
    });

    it("puts nobody out: five of no power are there after, two of them only invited", async () => {
      const room = await madeRoom();
      const others = await Promise.all(
        ["cleo", "dora", "emil", "finn"].map((name) => bridges.person(name)),
      );
      for (const [at, other] of others.entries())
        if (at < 2) await bridges.world.bring(alice, room, other);
        else await alice.invite(room, other.userId);
      const id = await added(room, peer);
      await peer.settled();
      const now = await Promise.all(
        [bob, ...others].map(async ({ userId }) => alice.state(room, "m.room.member", userId)),
      );
      expect(now.map((member) => member?.["membership"])).toEqual([
        ...["join", "join", "join"],
        ...["invite", "invite"],
      ]);
      expect(await alice.state(room, NAME)).toEqual({ name: "Ours" });
      await ask(alice, room, `!usher remove ${id} --yes`);
    });

    it("R24 goes at the bridge with whoever made it, where nobody else may take it away", async () => {
      const cleo = await bridges.person(`cleo-${connector}`);
      const direct = await bridges.world.direct(cleo);
      const mine = await roomOf(cleo, { [cleo.userId]: 100 });
      const before = await stood(mine, cleo);
      await added(mine, peer, cleo);
      const from = cleo.mark();
      const asked = bodyOf(await ask(cleo, direct, "privacy erase all now here"));
      expect(asked).toMatch(/Kept elsewhere all the same/);
      const [, word = ""] = /confirm ([a-z]+)/.exec(asked) ?? [];
      await ask(cleo, direct, `confirm ${word}`);
      const end = await cleo.waitFor((event) => bodyOf(event).includes("privacy receipt "), {
        from,
        what: "the receipt",
      });
      expect(bodyOf(end)).toContain("nothing is left but what this says");
      await isOut(mine, peer, cleo);
      expect(await stood(mine, cleo)).toEqual(before);
      // What is the bridge's is free again.
      const room = await madeRoom();
      const id = await added(room, peer);
      await ask(alice, room, `!usher remove ${id} --yes`);
    });

    it("is set up whole or not at all when Usher is killed at any step", async () => {
      const { usher } = bridges.world;
      const { mark } = peer;
      const moments = [
        (room: string) => membership(room, peer.bot, "invite"),
        (room: string) => membership(room, peer.bot, "join"),
        ...(mark === undefined ? [] : [(room: string) => stateChange(room, mark.type, mark.key)]),
      ];
      for (const moment of moments) {
        const room = await madeRoom();
        const before = await stood(room);
        const from = alice.mark();
        const asked = await alice.say(room, `!usher add bridge ${peer.words} --yes`);
        await alice.waitFor(moment(room), { from, what: "the moment to be killed" });
        await usher.kill();
        await usher.start();
        const last = await alice.waitFor(finalAnswerTo(asked, alice), { from, what: "the end" });
        const said = bodyOf(last);
        expect(said).toContain(`Linked this room with ${peer.name}`);
        const [, id = ""] = /id `?([a-z0-9-]+)/.exec(said) ?? [];
        const later = alice.mark();
        const removing = await alice.say(room, `!usher remove ${id} --yes`);
        await alice.waitFor(membership(room, peer.bot, "leave"), { from: later });
        await usher.kill();
        await usher.start();
        await alice.waitFor(finalAnswerTo(removing, alice), { from: later, what: "the end" });
        await isOut(room, peer);
        expect(await stood(room)).toEqual(before);
        expect(await marks(room)).toEqual([]);
      }
    });
  });
}
