import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Secret } from "../../src/config/secret.ts";
import { nodeFiles } from "../../src/files/files.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import type { RoomId, UserId } from "../../src/kernel/ids.ts";
import {
  KeptCredentials,
  type CredentialPlace,
  type Credentials,
} from "../../src/secrets/credentials.ts";
import { DataKeys } from "../../src/secrets/dataKeys.ts";
import { ALL_KEPT } from "../harness/allKept.ts";
import { ask, bodyOf } from "../harness/expect.ts";
import type { Person } from "../harness/person.ts";
import { withDocuments } from "../harness/stored.ts";
import { UNENCRYPTED, World } from "../harness/world.ts";

const CANARY = "canary-5b1e20-of-alice";

let world: World;
let olga: Person;
let office: string;
let alice: Person;
let room: string;

beforeAll(async () => {
  ({ world, olga, office } = await World.withOffice(UNENCRYPTED));
  alice = await world.person("alice");
  room = await world.room(alice);
  await ask(alice, room, "!usher add widget https://board.example.org/of-alice --yes");
});
afterAll(() => world.end());

const ring = (): string => join(world.usher.folder, "secrets", "data-key-ring");

/** What a kind would keep for her at a service, while Usher is off: it has no kind yet that keeps any. */
async function credential<T>(
  work: (kept: Credentials, place: CredentialPlace) => Promise<T>,
): Promise<T> {
  const { dataDir } = world.usher;
  return withDocuments(world.usher, async (documents) => {
    const clock = systemClock;
    const files = { files: nodeFiles, path: ring(), dataDir };
    const dataKeys = await DataKeys.open({ documents, clock, ...files });
    const kept = new KeptCredentials({ documents, clock, dataKeys, retention: ALL_KEPT }).of(
      "widget",
    );
    return work(kept, { person: alice.userId as UserId, room: room as RoomId, id: "board" });
  });
}

const says = async (line: string): Promise<string> => bodyOf(await ask(olga, office, line));
const kids = async (): Promise<readonly string[]> =>
  (await readFile(ring(), "utf8"))
    .split("\n")
    .flatMap((line) => /^([\w-]+):/.exec(line)?.[1] ?? []);

it("R46 the ring's key is replaced by chat, with a restart at each step, and what was kept still opens", async () => {
  await world.usher.stop({ keep: true });
  await credential((kept, place) => kept.put({ ...place, name: "the board" }, new Secret(CANARY)));
  await world.usher.start();
  const [old = "none"] = await kids();
  expect(await says("!usher admin keys status")).toMatch(new RegExp(`${old}[^]*1`));
  const preview = await says("!usher admin keys add");
  expect(await says("yes")).toContain("is the primary");
  const [, fresh = "none"] = await kids();
  expect(preview).toContain(fresh);
  await world.usher.restart();
  expect(await says(`!usher admin keys retire ${old}`)).toContain("admin keys rewrap");
  expect(await says("!usher admin keys rewrap")).toContain(fresh);
  await world.usher.kill();
  await world.usher.start();
  expect(await says(`!usher admin keys retire ${old} --yes`)).toContain(old);
  expect(await kids()).toEqual([fresh]);
  expect(await says("!usher admin keys status")).not.toContain(old);
  await world.usher.stop({ keep: true });
  const opened = await credential((kept, place) => kept.get(place));
  expect(opened?.reveal()).toBe(CANARY);
  await world.usher.start();
  expect(world.usher.stderr + world.usher.stdout).not.toContain(CANARY);
});
