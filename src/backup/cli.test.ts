import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../kernel/clock.ts";
import type { EventId, RoomId } from "../kernel/ids.ts";
import { openDocuments } from "../store/lowdbDocuments.ts";
import { roomDocument } from "../store/room.ts";

const CLI = join(import.meta.dirname, "cli.ts");
const ROOM = "!room:example.org" as RoomId;

let folder: string;
let recipient: string;
const at = (...names: readonly string[]): string => join(folder, ...names);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "usher-backup-cli-"));
  const identity = await generateIdentity();
  recipient = await identityToRecipient(identity);
  writeFileSync(at("identity"), `# created: now\n${identity}\n`);
  mkdirSync(at("secrets"));
  writeFileSync(at("secrets", "data-erased"), '{"version":1,"last":0,"erased":[]}');
  configure({ recipient });
  await write("$before");
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function configure(backup: object): void {
  writeFileSync(
    at("config.json"),
    JSON.stringify({
      mode: "trial",
      dataDir: "./data",
      homeserver: { url: "http://127.0.0.1:1", userId: "@usher:example.org", accessToken: "token" },
      backup,
    }),
  );
}

async function inData<T>(
  work: (documents: Awaited<ReturnType<typeof openDocuments>>) => Promise<T>,
) {
  const documents = await openDocuments({
    dir: at("data"),
    clock: systemClock,
    onQuarantine: () => undefined,
  });
  try {
    return await work(documents);
  } finally {
    await documents.close();
  }
}
const write = (event: string): Promise<unknown> =>
  inData((documents) =>
    documents.update(roomDocument, ROOM, (room) => ({ ...room, handled: [event as EventId] })),
  );

/** What the program says, and how it ends. */
function run(
  ...words: readonly string[]
): Promise<{ readonly code: number; readonly said: string }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env["PATH"], USHER_CONFIG: at("config.json") };
    execFile(process.execPath, [CLI, ...words], { env, cwd: folder }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), said: out + err });
    });
  });
}

const theBackup = (): string =>
  at(
    "data-backups",
    readdirSync(at("data-backups")).find((name) => name.endsWith("Z.age")) ?? "none",
  );

describe("npm run backup and npm run restore", () => {
  it("make one, check it, and bring it back, saying what to do next", async () => {
    const made = await run("backup");
    expect(made.said).toContain(theBackup());
    expect([made.code, made.said]).toEqual([0, expect.stringContaining("on another machine")]);
    const identity = ["--identity", at("identity")];
    const checked = await run("restore", theBackup(), ...identity, "--check");
    expect([
      checked.code,
      checked.said.match(/ opens: \d+ files of @usher:example\.org/g)?.length,
    ]).toEqual([0, 2]);
    rmSync(at("data"), { recursive: true });
    const restored = await run("restore", theBackup(), ...identity);
    expect([restored.code, restored.said]).toEqual([0, expect.stringContaining("as a new device")]);
    const room = await inData((documents) => documents.get(roomDocument, ROOM));
    expect(room?.handled).toEqual(["$before"]);
  });

  it("say in a sentence why not, and how they are called", async () => {
    configure({});
    const nobody = await run("backup");
    expect([nobody.code, nobody.said]).toEqual([1, expect.stringContaining("age-keygen")]);
    for (const words of [
      ["restore"],
      ["backup", "a"],
      ["restore", "a", "--no"],
      ["restore", "a"],
    ]) {
      const { code, said } = await run(...words);
      expect([code, said.includes("npm run restore -- <file>")]).toEqual([1, true]);
    }
    expect((await run("restore", "a", "--check")).said).toContain("add --identity <file>");
    const nothing = await run("restore", "a", "--identity", at("none"));
    expect(nothing.said).toMatch(/identity in .*none cannot be read \(ENOENT\).*age-keygen made/);
    writeFileSync(at("sealed"), "-----BEGIN AGE ENCRYPTED FILE-----\n");
    const sealed = await run("restore", "a", "--identity", at("sealed"));
    expect([sealed.code, sealed.said]).toEqual([
      1,
      expect.stringContaining("opened first: age -d"),
    ]);
    const missing = await run("restore", at("none"), "--identity", at("identity"));
    expect([missing.code, missing.said]).toEqual([1, expect.stringContaining("cannot be read")]);
  });
});
