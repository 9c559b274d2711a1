import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  connectorSuite,
  withBridges,
  type BridgeScene,
} from "../harness/bridges/connectorSuite.ts";
import { ask, bodyOf } from "../harness/expect.ts";
import type { BridgeUnderTest, BridgeWorld } from "../harness/peers/bridgePeers.ts";
import type { Person } from "../harness/person.ts";

withBridges("matrix-appservice-irc", [], (scene) => {
  connectorSuite("appservice-irc", scene);

  describe("matrix-appservice-irc, which asks somebody on IRC first", () => {
    let bridges: BridgeWorld;
    let alice: Person;
    let bob: Person;
    let madeRoom: BridgeScene["madeRoom"];
    let isOut: BridgeScene["isOut"];
    let marks: BridgeScene["marks"];
    let peer: BridgeUnderTest;
    beforeEach(() => {
      ({ bridges, madeRoom, isOut, marks } = scene());
      ({ alice, bob } = bridges);
      const found = bridges.peers["appservice-irc"];
      if (found === undefined) throw new Error("There is no matrix-appservice-irc here");
      peer = found;
      bridges.irc.consents = "nothing";
    });
    afterEach(() => {
      bridges.irc.consents = "yes";
      bridges.irc.restart();
    });

    /** A room that asks to be linked, and is told that it is waited for. */
    async function asking(): Promise<{ readonly room: string; readonly id: string }> {
      const room = await madeRoom("12");
      const said = bodyOf(await ask(alice, room, `!usher add bridge ${peer.words} --yes`));
      expect(said).toContain("Not linked yet");
      expect(said).toContain("operators on IRC has been asked, and has 5 minutes");
      return { room, id: /id `?([a-z0-9-]+)/.exec(said)?.[1] ?? "" };
    }
    const told = (room: string, words: string): Promise<unknown> =>
      alice.waitFor((event) => event.roomId === room && bodyOf(event).includes(words), {
        what: words,
      });

    it("is waited for while the room's other commands go on, and told of when it comes", async () => {
      const { room, id } = await asking();
      expect(bodyOf(await ask(bob, room, "!usher list"))).toContain("half set up");
      await bridges.irc.decides("oper", true);
      await told(room, `Linked this room with ${peer.name}`);
      await ask(alice, room, `!usher remove ${id} --yes`);
      await isOut(room, peer);
    });

    it("lets the time pass, and all is as it was", async () => {
      const { room } = await asking();
      await bridges.irc.decides("oper", false);
      await told(room, "said yes on IRC in time");
      await isOut(room, peer);
      expect(await marks(room)).toEqual([]);
    });

    it("is waited for over a restart, also of the bridge, and taken back when nobody wants it any more", async () => {
      const { room, id } = await asking();
      await bridges.world.usher.kill();
      bridges.irc.restart();
      await bridges.world.usher.start();
      expect(bodyOf(await ask(bob, room, "!usher list"))).toContain("half set up");
      expect(bodyOf(await ask(alice, room, `!usher remove ${id} --yes`))).toContain("Unlinked");
      await isOut(room, peer);
      expect(await marks(room)).toEqual([]);
    });
  });
});
