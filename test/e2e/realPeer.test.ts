import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, bodyOf } from "../harness/expect.ts";
import {
  beginBridges,
  type BridgeUnderTest,
  type BridgeWorld,
} from "../harness/peers/bridgePeers.ts";
import { startIrc } from "../harness/peers/irc.ts";
import { isMissing } from "../harness/peers/missing.ts";
import type { Peer } from "../harness/peers/pythonPeer.ts";
import { realPeer } from "../harness/peers/realPeer.ts";

const GIVEN = (process.env["USHER_TEST_HOMESERVER"] ?? "") !== "";
const MISSING = !GIVEN && (await isMissing("heisenbridge"));

/** What somebody with a real bridge has: here a program that plays one, so that only the folder is tried. */
describe.skipIf(GIVEN || MISSING)("a folder with a real peer", () => {
  let folder: string;
  let irc: Peer & { readonly port: number };
  let bridges: BridgeWorld;
  let peer: BridgeUnderTest;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "usher-e2e-peer-"));
    irc = await startIrc(folder);
    const token = (): string => randomBytes(16).toString("hex");
    const registration = {
      ...{ id: "played", url: null, as_token: token(), hs_token: token(), rate_limited: false },
      sender_localpart: "playedservice",
      namespaces: { users: [{ regex: "@playedbot.*", exclusive: true }], aliases: [], rooms: [] },
    };
    const farSide = { irc: `127.0.0.1:${String(irc.port)}`, channel: "#far" };
    const described = { bot: "@playedbot:usher.test", prefix: "!tg", relayLogin: "relay1" };
    await writeFile(join(folder, "registration.yaml"), JSON.stringify(registration));
    await writeFile(
      join(folder, "peer.json"),
      JSON.stringify({ ...described, target: "channel:1", farSide }),
    );
    const program = join(import.meta.dirname, "../harness/peers/standInPeer.ts");
    const start = join(folder, "start");
    await writeFile(start, `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
    await chmod(start, 0o755);
    const real = realPeer("bridgev2", { USHER_PEER_BRIDGEV2: folder });
    if (real === undefined) throw new Error("It was not found");
    bridges = await beginBridges([real]);
    const found = bridges.peers["real bridgev2"];
    if (found === undefined) throw new Error("It is not among the bridges");
    peer = found;
  });
  afterAll(async () => {
    await bridges.end();
    await irc.kill();
    await rm(folder, { recursive: true, force: true });
  });

  it("is started, linked, heard on its far side, unlinked, and ended", async () => {
    const { alice, bob, world } = bridges;
    const room = await world.room(alice, { usherPower: 100 });
    await world.bring(alice, room, bob);
    const linked = bodyOf(await ask(alice, room, `!usher add bridge ${peer.words} --yes`));
    expect(linked).toContain("Linked this room with channel:1");
    await alice.say(room, "to the far side");
    await peer.far?.arrives("to the far side");
    await peer.far?.says(room, "from the far side");
    await alice.waitFor((event) => bodyOf(event) === "from the far side", { what: "the far side" });
    const [, id = ""] = /id `?([a-z0-9-]+)/.exec(linked) ?? [];
    expect(bodyOf(await ask(alice, room, `!usher remove ${id} --yes`))).toContain("Unlinked");
  });
});
