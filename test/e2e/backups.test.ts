import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { restore, type Restored } from "../../src/backup/restore.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { theSynapse } from "../harness/e2eSetup.ts";
import { ask, bodyOf } from "../harness/expect.ts";
import { eventually } from "../harness/patience.ts";
import type { Person } from "../harness/person.ts";
import type { Account } from "../harness/synapse.ts";
import { startUsher, type UsherProcess } from "../harness/usherProcess.ts";
import { ENCRYPTED, personIn, UNENCRYPTED, usherAccount, World } from "../harness/world.ts";

const NEEDLE = "https://board.example.org/needle-of-alice";

describe("R36 a backup of Usher, made while it runs", () => {
  let identity: string;
  let account: Account;
  let world: World;
  let olga: Person;
  let office: string;
  let alice: Person;
  let bob: Person;
  /** In a room that is not encrypted. */
  let clara: Person;
  let room: string;
  let clear: string;
  let backups: string;

  beforeAll(async () => {
    identity = await generateIdentity();
    backups = await mkdtemp(join(tmpdir(), "usher-e2e-backups-"));
    account = await usherAccount();
    const backup = { recipient: await identityToRecipient(identity), folder: backups };
    ({ world, olga, office } = await World.withOffice(ENCRYPTED, { account, config: { backup } }));
    alice = await world.person("alice");
    bob = await world.person("bob");
    room = await world.room(alice, { powerLevels: { state_default: 0 } });
    clara = await personIn(UNENCRYPTED, "clara");
    clear = await world.room(clara);
    await world.bring(alice, room, bob);
    await ask(alice, room, `!usher add widget ${NEEDLE} --yes`);
    await ask(bob, room, "!usher add widget https://pad.example.org/of-bob --yes");
    await ask(bob, room, "!usher status");
  });
  afterAll(async () => {
    await clara.stop();
    await world.end();
    await rm(backups, { recursive: true, force: true });
  });

  const made = async (): Promise<string> => {
    const said = bodyOf(await ask(olga, office, "!usher admin backup"));
    return /in `([^`]+\.age)`\. What opens/.exec(said)?.[1] ?? `no file in: ${said}`;
  };

  const bring = (folder: string, file: string): Promise<Restored> =>
    restore(
      {
        dataDir: join(folder, "data"),
        tombstonesFile: join(folder, "secrets", "data-erased"),
        runsEndFile: join(folder, "secrets", "data-runs-end"),
        keys: { file: join(folder, "secrets", "data-key-ring") },
        homeserver: { userId: account.userId },
        clock: systemClock,
      },
      { file, identities: [identity], withoutTombstones: false },
    );

  /** All that lies in a folder, as bytes. */
  async function everything(folder: string): Promise<string> {
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    const texts = files
      .filter((file) => file.isFile())
      .map((file) => readFile(join(file.parentPath, file.name), "latin1"));
    return (await Promise.all(texts)).join("\n");
  }

  let file: string;

  it("is sealed, and the erased stay erased when one from before that is restored", async () => {
    file = await made();
    expect(await everything(backups)).not.toContain(alice.userId);
    const direct = await world.direct(alice);
    const question = bodyOf(await ask(alice, direct, "privacy erase all now"));
    const word = /confirm (\w+)/.exec(question)?.[1] ?? `no word in: ${question}`;
    await alice.say(direct, `confirm ${word}`);
    await alice.waitFor((event) => bodyOf(event).includes("privacy receipt"), { what: "receipt" });
    await world.usher.stop({ keep: true });
    const said = alice.messagesFrom(world.usher.userId, direct).length;
    const restored = await bring(world.usher.folder, file);
    expect(restored.device).toBe("kept");
    expect(await everything(join(world.usher.dataDir, "documents"))).toContain(alice.userId);
    await world.usher.start();
    expect(bodyOf(await ask(bob, room, "!usher list"))).toContain(
      "somebody who asked to be forgotten",
    );
    await eventually(async () => {
      expect(await everything(join(world.usher.dataDir, "documents"))).not.toContain(alice.userId);
    });
    // What she had said since the backup is not heard again. That the chat began since then is not known any more, either: it is greeted.
    const since = alice.messagesFrom(world.usher.userId, direct).slice(said).map(bodyOf);
    expect(since.filter((body) => !body.startsWith("Hello"))).toEqual([]);
  });

  it("is restored onto another machine, where Usher answers in rooms of both kinds as a new device", async () => {
    const later = await made();
    await world.usher.stop({ keep: true });
    const folder = await mkdtemp(join(tmpdir(), "usher-e2e-machine-"));
    let other: UsherProcess | undefined;
    try {
      await cp(join(world.usher.folder, "secrets"), join(folder, "secrets"), { recursive: true });
      expect((await bring(folder, later)).device).toBe("new");
      const answer = await fetch(`${theSynapse().url}/_matrix/client/v3/login`, {
        method: "POST",
        body: JSON.stringify({
          type: "m.login.password",
          identifier: { type: "m.id.user", user: account.userId },
          password: account.password,
        }),
      });
      const login = (await answer.json()) as { access_token: string; device_id: string };
      other = await startUsher({
        homeserver: theSynapse().url,
        folder,
        account: { ...account, accessToken: login.access_token, deviceId: login.device_id },
        operators: [olga.userId],
        config: { operatorsRoom: office },
      });
      expect(bodyOf(await ask(clara, clear, "!usher status"))).toContain("widgets");
      expect(bodyOf(await ask(bob, room, "!usher list"))).toContain("pad.example.org/of-bob");
      expect(bodyOf(await ask(olga, office, "!usher admin crypto"))).toContain(login.device_id);
    } finally {
      if (other?.running === true) await other.stop();
      await rm(folder, { recursive: true, force: true });
      await world.usher.start();
    }
  });
});
