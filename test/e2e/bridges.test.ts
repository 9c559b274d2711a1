import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, bodyOf, membership } from "../harness/expect.ts";
import { prepareHeisenbridge, type Heisenbridge } from "../harness/peers/heisenbridge.ts";
import { IrcPerson, startIrc, type IrcNetwork } from "../harness/peers/irc.ts";
import type { Peer } from "../harness/peers/pythonPeer.ts";
import { connectPerson, type Person } from "../harness/person.ts";
import { startSynapse, type Synapse } from "../harness/synapse.ts";
import { UNENCRYPTED, World } from "../harness/world.ts";

const GIVEN = (process.env["USHER_TEST_HOMESERVER"] ?? "") !== "";
const BOT = "@heisenbridge:usher.test";

/** A Synapse that knows the bridge: it must be of our own making. */
describe.skipIf(GIVEN)("heisenbridge, the real one", () => {
  let folder: string;
  let synapse: Synapse;
  let irc: IrcNetwork;
  let bridge: Heisenbridge;
  let running: Peer;
  let world: World;
  let alice: Person;
  let bob: Person;
  let oper: IrcPerson;

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
    oper = await IrcPerson.join(irc, "oper", "#plumbed");
  });
  afterAll(async () => {
    oper.leave();
    await world.end();
    await running.kill();
    await irc.kill();
    await synapse.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(["11", "12"])(
    "links a room with a channel and unlinks it, driven by what a person types: version %s",
    async (version) => {
      const room = await world.room(alice, {
        version,
        powerLevels: { invite: 50 },
        usherPower: 100,
      });
      await world.bring(alice, room, bob);
      const preview = bodyOf(await ask(alice, room, "!usher add bridge irc testnet #plumbed"));
      expect(preview).toContain("#plumbed on testnet");
      const added = bodyOf(await ask(alice, room, "yes"));
      expect(added).toContain("Linked this room with #plumbed on testnet");
      const [, id = ""] = /id `?([a-z0-9-]+)/.exec(added) ?? [];
      await alice.say(room, `hello from alice in ${version}`);
      await oper.hear(new RegExp(`PRIVMSG #plumbed :.*alice.*hello from alice in ${version}`));
      oper.say("#plumbed", `hello from IRC in ${version}`);
      await alice.waitFor((event) => bodyOf(event) === `hello from IRC in ${version}`, {
        what: "what was said on IRC",
      });
      expect(bodyOf(await ask(bob, room, "!usher list"))).toContain("#plumbed on testnet");
      expect(bodyOf(await ask(alice, room, `!usher remove ${id} --yes`))).toContain("Unlinked");
      await alice.waitFor(membership(room, BOT, "leave"), { what: "the bridge's bot to leave" });
      expect(bodyOf(await ask(alice, room, "!usher list"))).not.toContain("#plumbed");
    },
  );
});
