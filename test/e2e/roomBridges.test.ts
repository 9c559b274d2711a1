import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ScriptedAppserviceDiscord } from "../harness/bridges/scriptedAppserviceDiscord.ts";
import { ScriptedMautrixDiscord } from "../harness/bridges/scriptedMautrixDiscord.ts";
import { ScriptedMautrixTelegram } from "../harness/bridges/scriptedMautrixTelegram.ts";
import type { ScriptedBridge } from "../harness/bridges/scriptedBridge.ts";
import { ask, bodyOf } from "../harness/expect.ts";
import {
  MAUTRIX_TELEGRAM_PACKAGES,
  prepareMautrixTelegram,
} from "../harness/peers/mautrixTelegram.ts";
import { isMissing } from "../harness/peers/missing.ts";
import type { Peer } from "../harness/peers/pythonPeer.ts";
import { ScriptedPeer } from "../harness/peers/scriptedPeer.ts";
import { connectPerson, type Person } from "../harness/person.ts";
import { startSynapse, type Synapse } from "../harness/synapse.ts";
import { UNENCRYPTED, World } from "../harness/world.ts";

const GIVEN = (process.env["USHER_TEST_HOMESERVER"] ?? "") !== "";
const MISSING = !GIVEN && (await isMissing("mautrix-telegram", MAUTRIX_TELEGRAM_PACKAGES));
const LEVELS = "m.room.power_levels";
const KEPT = [LEVELS, "m.room.name", "m.room.topic", "m.room.avatar"];

/** Bridges that are given orders in the linked room itself: stand-ins for the whole way, and of mautrix-telegram the real one, which has no Telegram here. */
describe.skipIf(GIVEN || MISSING)("bridges whose commands are typed in the room", () => {
  let folder: string;
  let synapse: Synapse;
  let world: World;
  let alice: Person;
  let bob: Person;
  let real: { readonly bot: string } & Peer;
  const standIns = new Map<string, ScriptedPeer<ScriptedBridge>>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "usher-e2e-room-bridges-"));
    const telegram = await prepareMautrixTelegram(folder);
    synapse = await startSynapse({
      settings: { app_service_config_files: [telegram.registration] },
    });
    const account = await synapse.register("usher", { displayName: "Usher" });
    real = { bot: telegram.bot, ...(await telegram.start(synapse.url, account.userId)) };
    standIns.set(
      "mautrix-telegram",
      await ScriptedPeer.begin(
        synapse,
        { name: "telegrambot", prefix: "!tg" },
        (hands, bot) => new ScriptedMautrixTelegram(hands, bot),
      ),
    );
    standIns.set(
      "mautrix-discord",
      await ScriptedPeer.begin(
        synapse,
        { name: "discordbot", prefix: "!discord" },
        (hands, bot) => new ScriptedMautrixDiscord(hands, bot),
      ),
    );
    standIns.set(
      "appservice-discord",
      await ScriptedPeer.begin(
        synapse,
        { name: "olddiscordbot", prefix: "!discord" },
        (hands, bot) => new ScriptedAppserviceDiscord(hands, bot),
      ),
    );
    for (const { admins } of standIns.values()) admins.add(account.userId);
    [alice, bob] = await Promise.all([
      connectPerson(synapse, "alice", UNENCRYPTED),
      connectPerson(synapse, "bob", UNENCRYPTED),
    ]);
    world = await World.begin(UNENCRYPTED, {
      ...{ homeserver: synapse.url, account, people: [alice, bob] },
      config: {
        bridges: {
          catalogue: [
            { id: "real", name: "Real", connector: "mautrix-telegram", bot: real.bot },
            ...[...standIns.values()].map(({ bridge }) => bridge.entry),
          ],
        },
      },
    });
  });
  afterAll(async () => {
    await world.end();
    await Promise.all([...standIns.values()].map((one) => one.stop()));
    await real.kill();
    await synapse.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** A room of Alice's with Bob, who may nothing, in which everybody may rename it. */
  async function madeRoom(version: string): Promise<string> {
    const powerLevels = { invite: 50, events: { "m.room.name": 0 } };
    const options = { version, name: "Ours", powerLevels, usherPower: 100 };
    const room = await world.room(alice, options);
    await world.bring(alice, room, bob);
    return room;
  }

  /** What of a room a bridge must leave as it was, and what may not be left of it. */
  async function stood(room: string): Promise<readonly unknown[]> {
    const marks = (await alice.allState(room)).filter(
      ({ type, content }) =>
        ["m.bridge", "uk.half-shot.bridge"].includes(type) && Object.keys(content).length > 0,
    );
    return [...(await Promise.all(KEPT.map((type) => alice.state(room, type)))), marks];
  }

  async function membership(room: string, user: string): Promise<unknown> {
    return (await alice.state(room, "m.room.member", user))?.["membership"];
  }

  it.each([
    ["mautrix-telegram", "telegram"],
    ["mautrix-discord", "discord"],
    ["appservice-discord", "old-discord"],
  ])(
    "%s is told in the room, where the preview says so; links it both ways, and leaves it as it was",
    async (connector, id) => {
      const standIn = standIns.get(connector);
      if (standIn === undefined) throw new Error(`There is no ${connector}`);
      const { bridge, bot, ghost } = standIn;
      const room = await madeRoom("12");
      const alters = connector !== "appservice-discord";
      const before = await stood(room);
      const add = `!usher add bridge ${id} ${bridge.words.join(" ")}`;
      expect(bodyOf(await ask(bob, room, `${add} --yes`))).toContain("need");
      const preview = bodyOf(await ask(alice, room, add));
      expect(preview).toContain("All here read my orders");
      const linked = bodyOf(await ask(alice, room, "yes"));
      expect(linked).toContain("Linked this room with");
      await standIn.settled();
      const heard = alice.seen.map(bodyOf);
      expect(heard.some((body) => body.includes(`bridge ${bridge.words.join(" ")}`))).toBe(true);
      await alice.say(room, "to the far side");
      await standIn.hears("to the far side");
      await ghost.say(room, "from the far side");
      await alice.waitFor((event) => bodyOf(event) === "from the far side", { what: "an echo" });
      expect((await alice.state(room, "m.room.name"))?.["name"] === "Ours").toBe(!alters);
      const [, link = ""] = /id `?([a-z0-9-]+)/.exec(linked) ?? [];
      expect(bodyOf(await ask(bob, room, `!usher remove ${link} --yes`))).toContain("need");
      expect(bodyOf(await ask(alice, room, `!usher remove ${link} --yes`))).toContain("Unlinked");
      expect(await membership(room, bot.userId)).toBe("leave");
      expect(bridge.linked(room as never)).toBe(false);
      expect(await stood(room)).toEqual(before);
      const undone = bodyOf(await ask(alice, room, "!usher undo --yes"));
      expect(undone).toContain("Taken back");
      expect(bodyOf(await ask(alice, room, "!usher list"))).toContain(link);
      await ask(alice, room, `!usher remove ${link} --yes`);
      expect(await stood(room)).toEqual(before);
    },
  );

  it("the real mautrix-telegram takes orders, and a chat that it does not find leaves nothing behind", async () => {
    const room = await madeRoom("12");
    const before = await stood(room);
    const from = alice.mark();
    const said = bodyOf(await ask(alice, room, "!usher add bridge real -1001234567890 --yes"));
    expect(said).toContain("Failed to get info of telegram chat");
    expect(said).toContain("does not know this chat");
    expect(["leave", undefined]).toContain(await membership(room, real.bot));
    expect(await stood(room)).toEqual(before);
    const typed = alice.seen
      .slice(from)
      .filter(({ sender }) => sender === world.usher.userId)
      .map(bodyOf)
      .filter((body) => body.startsWith("!tg "));
    expect(typed.slice(0, 2)).toEqual(["!tg bridge -1001234567890", "!tg continue"]);
  });

  it("the real mautrix-telegram is seen to be well", async () => {
    const room = await madeRoom("11");
    const status = bodyOf(await ask(alice, room, "!usher status"));
    expect(status).not.toContain("Real");
  });
});
