import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ClientApi } from "../harness/clientApi.ts";
import { theSynapse } from "../harness/e2eSetup.ts";
import { UsherProcess } from "../harness/usherProcess.ts";

const SETUP = join(import.meta.dirname, "../../src/config/setup.ts");

/** How an operator comes to a running Usher, with a real homeserver. */
describe("setting Usher up", () => {
  const synapse = theSynapse();
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "usher-setup-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function setUp(answers: readonly string[]): Promise<{ code: number; said: string }> {
    const child = spawn(process.execPath, [SETUP], {
      cwd: folder,
      env: { PATH: process.env["PATH"] },
      stdio: ["pipe", "pipe", "inherit"],
    });
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    child.stdin.end(answers.map((answer) => `${answer}\n`).join(""));
    const [code] = (await once(child, "close")) as [number];
    return { code, said };
  }

  it("asks, logs in, and leaves a configuration with which Usher starts", async () => {
    const account = await synapse.register(`setup${String(process.pid)}`);
    const localpart = account.userId.slice(1).split(":")[0] ?? "";
    const wrong = await setUp([synapse.url, localpart, "wrong password"]);
    expect(wrong.said).toContain(
      `The homeserver refuses the name or the password of ${localpart}.`,
    );
    expect(wrong.code).toBe(1);

    const { code, said } = await setUp([
      synapse.url,
      localpart,
      account.password,
      "@ann:usher.test",
    ]);
    expect(said).toContain("Start it with: npm start");
    expect(code).toBe(0);
    expect(said).not.toContain(account.password);
    expect(said).not.toContain("seconds apart");
    const token = await readFile(join(folder, "secrets", "access-token"), "utf8");
    expect((await stat(join(folder, "secrets", "access-token"))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(folder, "config.json"), "utf8")).not.toContain(token.trim());

    const unset = Object.fromEntries(
      ["MODE", "HOMESERVER_URL", "USER_ID", "ACCESS_TOKEN_FILE", "DATA_DIR", "OPERATORS"].map(
        (name) => [`USHER_${name}`, undefined],
      ),
    );
    const usher = await UsherProcess.prepare({
      homeserver: synapse.url,
      account,
      folder: join(folder, "harness"),
      env: { ...unset, USHER_CONFIG: join(folder, "config.json") },
    });
    await usher.start();
    expect(usher.stdout).toContain(`Usher is ready: ${account.userId}`);
    expect(await usher.stop()).toEqual({ code: 0, signal: null });
  });

  it("logs in once where it is given a password, and is the same device after a restart", async () => {
    const account = await synapse.register(`password${String(process.pid)}`);
    const passwordFile = join(folder, "password");
    await writeFile(passwordFile, `${account.password}\n`, { mode: 0o600 });
    const usher = await UsherProcess.prepare({
      homeserver: synapse.url,
      account,
      folder,
      env: { USHER_ACCESS_TOKEN_FILE: undefined, USHER_PASSWORD_FILE: passwordFile },
    });
    const devices = async (): Promise<unknown[]> => {
      const answer = await new ClientApi(synapse.url, account).call<{ devices: unknown[] }>(
        "GET",
        "/devices",
      );
      return answer.devices;
    };
    expect(await devices()).toHaveLength(1);
    await usher.start();
    expect(await devices()).toHaveLength(2);
    await usher.stop({ keep: true });
    await rm(passwordFile);
    await usher.restart();
    expect(await devices()).toHaveLength(2);
    expect(await usher.stop({ keep: true })).toEqual({ code: 0, signal: null });
  });

  it("says in plain sentences what is wrong with a configuration, and that a data directory is taken", async () => {
    const account = await synapse.register(`wrong${String(process.pid)}`);
    const options = { homeserver: synapse.url, account };
    const first = await UsherProcess.prepare({ ...options, folder });
    await first.start();
    const second = await UsherProcess.prepare({ ...options, folder });
    second.spawn();
    expect(await second.ended()).toEqual({ code: 1, signal: null });
    expect(second.stderr).toBe(
      `Another Usher is working with the data directory \`${first.dataDir}\`. Stop it first, or set \`dataDir\` to another folder.\n`,
    );
    await first.stop({ keep: true });

    const wrong = await UsherProcess.prepare({
      ...options,
      folder,
      config: { prefix: "!u" },
      env: { USHER_USER_ID: "usher" },
    });
    wrong.spawn();
    expect(await wrong.ended()).toEqual({ code: 1, signal: null });
    expect(wrong.stderr.trimEnd().split("\n").toSorted()).toEqual([
      "homeserver.userId (from USHER_USER_ID) must be a Matrix ID such as @name:example.org.",
      "prefix is not a setting. Did you mean prefixes?",
    ]);
  });
});
