import { existsSync, statSync } from "node:fs";
import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import decryptAESSecretStorageItem from "matrix-js-sdk/lib/utils/decryptAESSecretStorageItem.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { storePath } from "../../../src/matrix/crypto/deviceFile.ts";
import { decodeRecoveryKey } from "../../../src/matrix/crypto/recoveryKey.ts";
import { TEST_CAPABILITIES, TEST_ENGINE } from "../../harness/engine.ts";
import type { Account } from "../../harness/synapse.ts";
import type { Child, Told } from "./child.ts";
import { says, World } from "./world.ts";
import { filesIn } from "../../harness/filesIn.ts";
import { eventually } from "../../harness/patience.ts";

let world: World;
beforeAll(() => {
  world = new World();
});
afterAll(() => world.close());

interface Status {
  readonly deviceId: string;
  readonly fingerprint: string;
  readonly signed: boolean;
  readonly healthy: boolean;
  readonly backup?: { readonly version: string; readonly total: number; readonly backedUp: number };
}

async function statusOf(bot: Child): Promise<Status> {
  return (await bot.ask("status")) as Status;
}

/** Messages that were counted by nobody else: with the place each has in its key. */
async function echo(person: Child, room: string, text: string): Promise<Told> {
  await person.ask("send", room, `!echo ${text}`);
  const answer = await person.take(`echo of ${text}`, says(`echo: ${text}`));
  expect(answer).toMatchObject({ encrypted: true, shield: 0 });
  return answer;
}

/** A bot and a person who have talked in an encrypted room. */
async function talking(): Promise<{
  account: Account;
  folder: string;
  bot: Child;
  person: Child;
  room: string;
}> {
  const [account, folder, ann] = await Promise.all([
    world.account("usher"),
    world.folder(),
    world.account("ann"),
  ]);
  const [{ child: bot }, person] = await Promise.all([
    world.bot(account, folder),
    world.person(ann),
  ]);
  const room = (await person.ask("createRoom", {
    encrypted: true,
    invite: [account.userId],
  })) as string;
  await person.take(
    "the bot's join",
    (told) => told["user"] === account.userId && told["membership"] === "join",
  );
  await echo(person, room, "first");
  return { account, folder, bot, person, room };
}

describe("the first start", () => {
  it("leaves the recovery key and the store's key in files of their owner alone, outside the data directory, and no private key in clear", async () => {
    const { account, folder, bot } = await talking();
    expect(await statusOf(bot)).toMatchObject({
      signed: true,
      healthy: true,
      backup: { version: "1" },
    });
    await bot.ask("stop").catch(() => undefined);
    for (const name of ["recovery-key", "store-key"]) {
      expect((await stat(join(folder, "secrets", name))).mode & 0o777, name).toBe(0o600);
    }
    const recovery = await readFile(join(folder, "secrets", "recovery-key"), "utf8");
    expect(recovery.trim()).toMatch(/^(?:[1-9A-HJ-NP-Za-km-z]{4} ){11}[1-9A-HJ-NP-Za-km-z]{4}$/);
    const storeKey = Buffer.from(
      (await readFile(join(folder, "secrets", "store-key"), "utf8")).trim(),
      "hex",
    );
    const secrets = [
      storeKey,
      Buffer.from(decodeRecoveryKey(recovery)),
      ...(await secretsOf(account, new Uint8Array(decodeRecoveryKey(recovery)))),
    ];
    expect(secrets.map((secret) => secret.length)).toEqual([32, 32, 32, 32, 32, 32]);
    for (const [name, bytes] of await filesIn(join(folder, "data"))) {
      // It may be gone by now: the bot runs.
      const file = statSync(join(folder, "data", name), { throwIfNoEntry: false });
      expect((file?.mode ?? 0) & 0o077, name).toBe(0);
      for (const secret of secrets) {
        for (const form of [
          secret,
          secret.toString("base64").replace(/=+$/, ""),
          secret.toString("base64url"),
          secret.toString("hex"),
        ]) {
          expect(bytes.includes(form), `${name} holds a private key`).toBe(false);
        }
      }
      expect(bytes.includes(recovery.trim()), name).toBe(false);
    }
  });
});

/** The private keys of the account's identity and backup, opened as another client would. */
async function secretsOf(account: Account, key: Uint8Array<ArrayBuffer>): Promise<Buffer[]> {
  const read = async (type: string): Promise<Record<string, unknown>> => {
    const where = `${world.synapse.url}/_matrix/client/v3/user/${encodeURIComponent(account.userId)}/account_data/${type}`;
    const answer = await fetch(where, {
      headers: { authorization: `Bearer ${account.accessToken}` },
    });
    return (await answer.json()) as Record<string, unknown>;
  };
  const keyId = (await read("m.secret_storage.default_key"))["key"] as string;
  return Promise.all(
    [
      "m.cross_signing.master",
      "m.cross_signing.self_signing",
      "m.cross_signing.user_signing",
      "m.megolm_backup.v1",
    ].map(async (name) => {
      const sealed = (
        (await read(name))["encrypted"] as Record<
          string,
          { iv: string; ciphertext: string; mac: string }
        >
      )[keyId];
      if (sealed === undefined) throw new Error(`${name} is not there`);
      return Buffer.from(await decryptAESSecretStorageItem(sealed, key, name), "base64");
    }),
  );
}

describe("a later start", () => {
  it("is the same device and identity, and reads what was said meanwhile", async () => {
    const { account, folder, bot, person, room } = await talking();
    const before = await statusOf(bot);
    await bot.ask("stop").catch(() => undefined);
    await person.ask("send", room, "!echo while away");
    const { child: again, start } = await world.bot(account, folder);
    expect(start.event).toBe("ready");
    await person.take("the answer", says("echo: while away"));
    expect(await statusOf(again)).toMatchObject({
      deviceId: before.deviceId,
      fingerprint: before.fingerprint,
      signed: true,
    });
    await echo(person, room, "after");
  });

  it("after SIGKILL goes on with the same keys, and uses no place in a key twice", async () => {
    const { account, folder, bot, person, room } = await talking();
    let running = bot;
    const answers: Told[] = [];
    for (let round = 0; round < 4; round += 1) {
      answers.push(await echo(person, room, `before ${String(round)}`));
      await person.ask("send", room, `!echo into the kill ${String(round)}`);
      await running.kill("SIGKILL");
      running = (await world.bot(account, folder)).child;
      answers.push(
        await person.take(
          "the answer after the kill",
          says(`echo: into the kill ${String(round)}`),
        ),
      );
    }
    const places = answers.map(
      (told) => `${String(told["session"])} ${String(told["ciphertext"])}`,
    );
    expect(new Set(places).size).toBe(places.length);
    expect(new Set(answers.map((told) => told["session"])).size).toBe(1);
    expect(person.told(({ event }) => event === "unreadable")).toEqual([]);
    expect(answers.every((told) => told["shield"] === 0)).toBe(true);
  });
});

describe("a lost store", () => {
  it("under the old device refuses to start", async () => {
    const { account, folder, bot } = await talking();
    await bot.ask("stop").catch(() => undefined);
    await rm(join(folder, "data"), { recursive: true });
    const { start } = await world.bot(account, folder);
    expect(start).toMatchObject({ event: "refused", code: "crypto-store-lost" });
    expect(existsSync(storePath(join(folder, "data"), TEST_ENGINE))).toBe(false);
  });

  it("comes back with the recovery key as a new device: the same identity, signed, old messages readable, the person's trust kept", async () => {
    const { account, folder, bot, person, room } = await talking();
    await bot.take(
      "the first message",
      (told) => told.event === "heard" && told["body"] === "!echo first",
    );
    await eventually(async () => {
      expect((await statusOf(bot)).backup).toMatchObject({ total: 2, backedUp: 2 });
    });
    await bot.ask("stop").catch(() => undefined);
    await rm(join(folder, "data"), { recursive: true });
    const fresh = await world.logIn(account);
    const { child: again, start } = await world.bot(fresh, folder);
    expect(start.event).toBe("ready");
    expect(await statusOf(again)).toMatchObject({
      deviceId: fresh.deviceId,
      signed: true,
      backup: { version: "1", total: TEST_CAPABILITIES.restore ? 2 : 0 },
    });
    await echo(person, room, "as a new device");
    expect(await person.ask("device", account.userId, fresh.deviceId)).toMatchObject({
      signedByOwner: true,
    });
    if (TEST_CAPABILITIES.restore)
      expect(await again.ask("readable", room)).toContain("!echo first");
  });

  it("without the recovery key refuses to replace the identity, and does so when told, with the password", async () => {
    const { account, folder, bot, person, room } = await talking();
    await bot.ask("stop").catch(() => undefined);
    await rm(join(folder, "data"), { recursive: true });
    await rm(join(folder, "secrets"), { recursive: true });
    const fresh = await world.logIn(account);
    const refused = await world.bot(fresh, folder);
    expect(refused.start).toMatchObject({ event: "refused", code: "crypto-identity-unknown" });
    expect(existsSync(join(folder, "secrets", "recovery-key"))).toBe(false);

    const { child: reset, start } = await world.bot(fresh, folder, { password: account.password });
    expect(start.event).toBe("ready");
    expect(await statusOf(reset)).toMatchObject({ signed: true, backup: { version: "2" } });
    expect(existsSync(join(folder, "secrets", "recovery-key"))).toBe(true);
    await person.ask("send", room, "!echo reset");
    expect(await person.take("the answer", says("echo: reset"))).toMatchObject({ encrypted: true });
    await reset.ask("stop").catch(() => undefined);
    expect((await world.bot(fresh, folder)).start.event).toBe("ready");
  });

  it("with another account's recovery key refuses", async () => {
    const { account, folder, bot } = await talking();
    const other = await talking();
    await Promise.all([
      bot.ask("stop").catch(() => undefined),
      rm(join(folder, "data"), { recursive: true }),
    ]);
    const fresh = await world.logIn(account);
    const refused = await world.bot(fresh, folder, { secretsDir: join(other.folder, "secrets") });
    expect(refused.start).toMatchObject({ event: "refused", code: "crypto-recovery-key-wrong" });
  });
});

describe("a token of another device", () => {
  it("is refused beside the old store, and the store still opens with its own", async () => {
    const { account, folder, bot } = await talking();
    await bot.ask("stop").catch(() => undefined);
    const other = await world.logIn(account);
    expect((await world.bot(other, folder)).start).toMatchObject({
      event: "refused",
      code: "crypto-device-mismatch",
    });
    await rm(join(folder, "data", "crypto", "device.json"));
    expect((await world.bot(other, folder)).start).toMatchObject({
      event: "refused",
      code: "crypto-device-mismatch",
    });
    expect((await world.bot(account, folder)).start.event).toBe("ready");
  });

  it("a store whose key is gone is refused, and not overwritten", async () => {
    const { account, folder, bot } = await talking();
    await bot.ask("stop").catch(() => undefined);
    await rm(join(folder, "secrets", "store-key"));
    expect((await world.bot(account, folder)).start).toMatchObject({
      event: "refused",
      code: "crypto-store-unreadable",
    });
  });
});
