import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { path } from "../harness/clientApi.ts";
import { ask, bodyOf, finalAnswerTo, membership } from "../harness/expect.ts";
import type { Predicate, SeenEvent } from "../harness/observed.ts";
import { eventually } from "../harness/patience.ts";
import { prepareHeisenbridge, type Heisenbridge } from "../harness/peers/heisenbridge.ts";
import { IrcPerson, startIrc, type IrcNetwork } from "../harness/peers/irc.ts";
import { isMissing } from "../harness/peers/missing.ts";
import type { Peer } from "../harness/peers/pythonPeer.ts";
import { connectPerson, type Person } from "../harness/person.ts";
import { startSynapse, type Synapse } from "../harness/synapse.ts";
import { UNENCRYPTED, World } from "../harness/world.ts";

const GIVEN = (process.env["USHER_TEST_HOMESERVER"] ?? "") !== "";
const MISSING = !GIVEN && (await isMissing("heisenbridge"));
const BOT = "@heisenbridge:usher.test";

/** A Synapse that knows the bridge: it must be of our own making. */
describe.skipIf(GIVEN || MISSING)("heisenbridge, the real one", () => {
  let folder: string;
  let synapse: Synapse;
  let irc: IrcNetwork;
  let bridge: Heisenbridge;
  let running: Peer;
  let world: World;
  let alice: Person;
  let bob: Person;
  let oper: IrcPerson;
  /** Each test has a channel of its own, so that none fails for another. */
  let channel: string;
  let channels = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "usher-e2e-bridges-"));
    bridge = await prepareHeisenbridge(folder);
    [synapse, irc] = await Promise.all([
      startSynapse({ settings: { app_service_config_files: [bridge.registration] } }),
      startIrc(folder),
    ]);
    const account = await synapse.register("usher", { displayName: "Usher" });
    running = await bridge.start(synapse.url, account.userId);
    alice = await connectPerson(synapse, "alice", UNENCRYPTED);
    bob = await connectPerson(synapse, "bob", UNENCRYPTED);
    world = await World.begin(UNENCRYPTED, {
      homeserver: synapse.url,
      account,
      people: [alice, bob],
      config: {
        bridges: {
          catalogue: [
            {
              id: "irc",
              name: "IRC",
              connector: "heisenbridge",
              bot: BOT,
              networks: {
                testnet: { servers: [`127.0.0.1:${String(irc.port)}`], nick: "usher" },
              },
            },
          ],
        },
      },
    });
  });
  beforeEach(async () => {
    channels += 1;
    channel = `#plumbed${String(channels)}`;
    oper = await IrcPerson.join(irc, `oper${String(channels)}`, channel);
  });
  afterEach(() => {
    oper.leave();
  });
  afterAll(async () => {
    await world.end();
    await running.kill();
    await irc.kill();
    await synapse.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** A room of Alice's with Bob in it, where not everybody may invite: then the bridge's bot needs power. */
  async function furnished(version = "12"): Promise<string> {
    const room = await world.room(alice, { version, powerLevels: { invite: 50 }, usherPower: 100 });
    await world.bring(alice, room, bob);
    return room;
  }

  async function linked(room: string): Promise<string> {
    const added = bodyOf(await ask(alice, room, `!usher add bridge irc ${channel} --yes`));
    expect(added).toContain(`Linked this room with ${channel} on testnet`);
    return /id `?([a-z0-9-]+)/.exec(added)?.[1] ?? `no id in ${added}`;
  }

  let said = 0;

  /** That what is written on either side is read on the other. */
  async function expectLinked(room: string): Promise<void> {
    said += 1;
    const [here, far] = [`hello from alice ${String(said)}`, `hello from IRC ${String(said)}`];
    await alice.say(room, here);
    await oper.hear(new RegExp(`PRIVMSG ${channel} :.*alice.*${here}$`));
    oper.say(channel, far);
    const isHeard = (event: SeenEvent): boolean => event.roomId === room && bodyOf(event) === far;
    await alice.waitFor(isHeard, { what: "what was said on IRC" });
  }

  /** That the bot is gone, and what it was given; and nobody on IRC is left from the room. */
  async function expectUnlinked(room: string): Promise<void> {
    const member = await alice.state(room, "m.room.member", BOT);
    expect([undefined, "leave"]).toContain(member?.["membership"]);
    const levels = await alice.state(room, "m.room.power_levels");
    expect(levels?.["users"]).not.toHaveProperty([BOT]);
    expect(bodyOf(await ask(alice, room, "!usher list"))).not.toContain(channel);
  }

  it.each(["11", "12"])(
    "links a room with a channel and unlinks it, by what a person types, in a room of version %s",
    async (version) => {
      const room = await furnished(version);
      const preview = bodyOf(await ask(alice, room, `!usher add bridge irc testnet ${channel}`));
      expect(preview).toContain(`${channel} on testnet`);
      expect(preview).toContain("with power 50");
      const added = bodyOf(await ask(alice, room, "yes"));
      expect(added).toContain(`Linked this room with ${channel} on testnet`);
      await expectLinked(room);
      expect(bodyOf(await ask(bob, room, "!usher list"))).toContain(`${channel} on testnet`);
      const shown = bodyOf(await ask(bob, room, `!usher show ${channel}`));
      for (const told of ["linked", alice.userId, "Nobody gets an account of their own on IRC"])
        expect(shown).toContain(told);
      expect(bodyOf(await ask(alice, room, `!usher add bridge irc ${channel}`))).toContain(
        "already",
      );
      expect(bodyOf(await ask(alice, room, `!usher remove ${channel} --yes`))).toContain(
        "Unlinked",
      );
      await expectUnlinked(room);
      expect(bodyOf(await ask(alice, room, "!usher undo --yes"))).toContain(
        "Taken back: I had unlinked",
      );
      await expectLinked(room);
      expect(bodyOf(await ask(alice, room, `!usher remove ${channel} --yes`))).toContain(
        "Unlinked",
      );
      await expectUnlinked(room);
    },
  );

  it("tells what the room is linked to without it, before it links more and in its list", async () => {
    const room = await furnished();
    const mark = {
      bridgebot: alice.userId,
      protocol: { id: "telegram", displayname: "Telegram" },
      channel: { id: "-1001", displayname: "Cats" },
    };
    await alice.setState(room, "uk.half-shot.bridge", mark, "telegram://-1001");
    const list = bodyOf(await ask(bob, room, "!usher list"));
    expect(list).toContain("Bridged without me, so I cannot take it out");
    expect(list).toContain(`Cats on Telegram by \`${alice.userId}\``);
    const preview = bodyOf(await ask(alice, room, `!usher add bridge irc ${channel}`));
    expect(preview).toContain(`Already bridged, without me: \`${alice.userId}\``);
    await ask(alice, room, "no");
  });

  it("does nothing for who may not change the room's power levels: the bridge asks nobody, for it obeys Usher", async () => {
    const room = await furnished();
    const refused = bodyOf(await ask(bob, room, `!usher add bridge irc ${channel} --yes`));
    expect(refused).toContain("you need power 100");
    const id = await linked(room);
    expect(bodyOf(await ask(bob, room, `!usher remove ${id} --yes`))).toContain(
      "you need power 100",
    );
    expect(bodyOf(await ask(bob, room, "!usher undo --yes"))).toContain("you need power 100");
    await expectLinked(room);
    await ask(alice, room, `!usher remove ${id} --yes`);
  });

  it("a channel that another room has is refused in the bridge's words, and stays that room's", async () => {
    const [first, second] = [await furnished(), await furnished()];
    const id = await linked(first);
    const refused = bodyOf(await ask(alice, second, `!usher add bridge irc ${channel} --yes`));
    expect(refused).toContain(`You are already on ${channel}`);
    expect(refused).toContain("linked with another room");
    await expectUnlinked(second);
    await expectLinked(first);
    await ask(alice, first, `!usher remove ${id} --yes`);
  });

  it.each<[string, (room: string) => Predicate]>([
    ["it has invited the bot", (room) => membership(room, BOT, "invite")],
    ["the bot has come", (room) => membership(room, BOT, "join")],
  ])("killed when %s, it goes on, and the room is linked once", async (what, moment) => {
    const room = await furnished();
    const from = alice.mark();
    const asked = await alice.say(room, `!usher add bridge irc ${channel} --yes`);
    await alice.waitFor(moment(room), { from, what });
    await world.usher.kill();
    await world.usher.start();
    const end = await alice.waitFor(finalAnswerTo(asked, alice), { from, what: "the end of it" });
    expect(JSON.stringify(end.content)).toContain("Linked this room");
    await expectLinked(room);
    await ask(alice, room, `!usher remove ${channel} --yes`);
    await expectUnlinked(room);
  });

  it("killed when the bot leaves in a removal, it takes back the rest", async () => {
    const room = await furnished();
    const id = await linked(room);
    const from = alice.mark();
    const asked = await alice.say(room, `!usher remove ${id} --yes`);
    await alice.waitFor(membership(room, BOT, "leave"), { from, what: "the bot to leave" });
    await world.usher.kill();
    await world.usher.start();
    await alice.waitFor(finalAnswerTo(asked, alice), { from, what: "the end of it" });
    await expectUnlinked(room);
  });

  it("goes with its room when that is replaced: unlinked there, linked in the new one", async () => {
    const room = await furnished("11");
    await linked(room);
    const from = alice.mark();
    const { replacement_room: next } = await alice.api.call<{ replacement_room: string }>(
      "POST",
      path`/rooms/${room}/upgrade`,
      { new_version: "12" },
    );
    await alice.invite(next, world.usher.userId);
    const isTold = (event: SeenEvent): boolean =>
      event.roomId === next && bodyOf(event).includes("I have brought this here");
    const message = await alice.waitFor(isTold, { from, what: "what was brought" });
    expect(bodyOf(message)).toContain(`${channel} on testnet`);
    await expectLinked(next);
    expect((await alice.state(room, "m.room.member", BOT))?.["membership"]).toBe("leave");
    // The old room's commands go on.
    expect(bodyOf(await ask(alice, room, "!usher list"))).not.toContain(channel);
    await ask(alice, next, `!usher remove ${channel} --yes`);
    await expectUnlinked(next);
  });

  it("says that the bridge does not answer where it is down, takes back what was done, and works when it is up again", async () => {
    const room = await furnished();
    await running.kill();
    const failed = bodyOf(await ask(alice, room, `!usher add bridge irc ${channel} --yes`));
    expect(failed).toContain("IRC did not answer");
    await expectUnlinked(room);
    running = await bridge.start(synapse.url, world.usher.userId);
    // The homeserver waits longer and longer before it tells a bridge that was down of anything.
    await eventually(async () => {
      await linked(room);
    }, 300_000);
    await expectLinked(room);
    await ask(alice, room, `!usher remove ${channel} --yes`);
  });

  it("speaks with the bridge's bot in rooms of their own, where it greets nobody", async () => {
    const api = async (path: string): Promise<Record<string, unknown>> => {
      const headers = { authorization: `Bearer ${world.usher.accessToken}` };
      const answer = await fetch(`${synapse.url}/_matrix/client/v3/${path}`, { headers });
      return (await answer.json()) as Record<string, unknown>;
    };
    const { joined_rooms: rooms } = await api("joined_rooms");
    const alone: string[] = [];
    for (const room of rooms as readonly string[]) {
      const { joined } = await api(`rooms/${encodeURIComponent(room)}/joined_members`);
      if (
        Object.keys(joined as object)
          .toSorted()
          .join() === [BOT, world.usher.userId].toSorted().join()
      )
        alone.push(room);
    }
    expect(alone.length).toBeGreaterThanOrEqual(2);
    for (const room of alone) {
      const { chunk } = await api(`rooms/${encodeURIComponent(room)}/messages?dir=b&limit=500`);
      expect(JSON.stringify(chunk)).not.toContain("Hello, I am Usher");
    }
  });
});
