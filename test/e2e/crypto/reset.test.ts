import { spawn } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TEST_ENGINE } from "../../harness/engine.ts";
import { NOTES_SENTENCES } from "../../harness/saidSentences.ts";
import type { Account } from "../../harness/synapse.ts";
import { World } from "./world.ts";

const CLI = join(import.meta.dirname, "../../../src/matrix/crypto/cli.ts");

describe("npm run crypto reset", () => {
  let world: World;
  let account: Account;
  let folder: string;
  let config: string;

  beforeAll(async () => {
    world = new World();
    [account, folder] = await Promise.all([world.account("usher"), world.folder()]);
    const { child } = await world.bot(account, folder);
    await child.ask("stop").catch(() => undefined);
    config = join(folder, "config.json");
  });
  afterAll(() => world.close());

  async function run(
    words: readonly string[],
    input: string,
    session: Account,
  ): Promise<{ readonly code: number | null; readonly said: string }> {
    await writeFile(
      config,
      JSON.stringify({
        mode: "trial",
        homeserver: {
          url: world.synapse.url,
          userId: session.userId,
          accessToken: session.accessToken,
        },
        dataDir: join(folder, "data"),
        crypto: {
          engine: TEST_ENGINE,
          recoveryKeyFile: join(folder, "secrets", "recovery-key"),
          storeKeyFile: join(folder, "secrets", "store-key"),
        },
      }),
      { mode: 0o600 },
    );
    const child = spawn(process.execPath, [...NOTES_SENTENCES, CLI, ...words], {
      env: { ...process.env, USHER_CONFIG: config },
      stdio: "pipe",
    });
    child.stdin.end(input);
    const [out, errors] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise((resolve) => child.once("close", resolve)),
    ]);
    return { code: child.exitCode, said: out + errors };
  }

  it("says what it is for when it is not asked to do it", async () => {
    const { code, said } = await run([], "", account);
    expect(code).toBe(1);
    expect(said).toContain("npm run crypto reset");
  });

  it("changes nothing unless the word is typed, and the password is right", async () => {
    const before = await readFile(join(folder, "secrets", "recovery-key"), "utf8");
    const unsure = await run(["reset"], "no\n", account);
    expect(unsure).toMatchObject({
      code: 1,
      said: expect.stringContaining("Nothing was changed.") as string,
    });
    const silent = await run(["reset"], "reset\n", account);
    expect(silent).toMatchObject({
      code: 1,
      said: expect.stringContaining("Nothing was changed.") as string,
    });
    expect(await readFile(join(folder, "secrets", "recovery-key"), "utf8")).toBe(before);
    const { child, start } = await world.bot(account, folder);
    expect(start.event).toBe("ready");
    await child.kill();
  });

  it("makes a new identity for a new device when store and recovery key are lost, and tells no secret", async () => {
    await rm(join(folder, "data"), { recursive: true });
    await rm(join(folder, "secrets"), { recursive: true });
    const fresh = await world.logIn(account);
    expect((await world.bot(fresh, folder)).start).toMatchObject({
      code: "crypto-identity-unknown",
    });
    const wrong = await run(["reset"], "reset\nwrong password\n", fresh);
    expect(wrong.code).toBe(1);
    expect(wrong.said).toContain("refuses");
    const { code, said } = await run(["reset"], `reset\n${account.password}\n`, fresh);
    expect(code, said).toBe(0);
    expect(said).toContain(`Device ${fresh.deviceId}, fingerprint `);
    expect(said).not.toContain(account.password);
    expect(said).not.toContain(
      (await readFile(join(folder, "secrets", "recovery-key"), "utf8")).trim(),
    );
    const { child, start } = await world.bot(fresh, folder);
    expect(start.event).toBe("ready");
    expect(await child.ask("status")).toMatchObject({ signed: true, backup: { version: "2" } });
  });
});
