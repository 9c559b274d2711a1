import { randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ALL_KEPT } from "../../test/harness/allKept.ts";
import { refusalOf } from "../../test/harness/sentenceOf.ts";
import { nodeFiles, type Files } from "../files/files.ts";
import { StillFiles } from "../files/stillFiles.ts";
import { ManualClock } from "../kernel/clock.ts";
import { Secret } from "../config/secret.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import { Runs, runsEnd } from "../retention/runs.ts";
import { DataKeys } from "../secrets/dataKeys.ts";
import { KeptCredentials } from "../secrets/credentials.ts";
import { accountDocument } from "../store/account.ts";
import { caseDocument, type CaseFacts } from "../store/cases.ts";
import { restrictionDocument } from "../store/restrictions.ts";
import { underageDocument } from "../store/underage.ts";
import { takeDataDirectory } from "../store/lock.ts";
import type { Documents } from "../store/documents.ts";
import { openDocuments } from "../store/lowdbDocuments.ts";
import { roomDocument } from "../store/room.ts";
import { knownBackups } from "./backupFiles.ts";
import { Backups } from "./backups.ts";
import { identitiesIn } from "./identity.ts";
import { makeBackup, type MadeBackup } from "./makeBackup.ts";
import { checkBackup, openBackup } from "./openBackup.ts";
import { finishRestore } from "./replaceDirectory.ts";
import { restore, type RestoreOptions } from "./restore.ts";

const USHER = "@usher:example.org";
const ANN = "@ann:example.org" as UserId;
const ROOM = "!room:example.org" as RoomId;
const CANARY = "a needle in the hay of documents";
const DAY = 86_400_000;
const START = Date.UTC(2026, 10, 29, 13, 40);
let clock = new ManualClock(START);

let folder: string;
let identity: string;
let recipient: string;

beforeEach(async () => {
  clock = new ManualClock(START);
  folder = mkdtempSync(join(tmpdir(), "usher-backup-"));
  identity = await generateIdentity();
  recipient = await identityToRecipient(identity);
  await fill("data");
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const WHOLE = { torn: 0, broken: [], missing: undefined, noted: true };
const runs = (data: string) => new Runs(at(data), nodeFiles, runsEnd(settings(data)));
const sweeps = (data: string) => runs(data).verify(clock.now());
const sweep = (data: string) =>
  runs(data).append({ startedAt: START, finishedAt: START, outcome: "kept", classes: [] });

const at = (...names: readonly string[]): string => join(folder, ...names);
const settings = (data: string) => ({
  dataDir: at(data),
  tombstonesFile: at("secrets", "erased"),
  runsEndFile: at("secrets", "runs-end"),
  keys: { file: at("secrets", "ring") },
  homeserver: { userId: USHER },
  backup: { folder: at("backups"), recipient, keepDays: 14 },
  clock,
});

/** A data directory as Usher leaves it, with a room and something that a person gave it to keep. */
async function fill(data: string, name = CANARY): Promise<void> {
  const documents = await openDocuments({ dir: at(data), clock, onQuarantine: () => undefined });
  const dataKeys = await DataKeys.open({
    ...{ documents, clock, files: nodeFiles, path: settings(data).keys.file, dataDir: at(data) },
  });
  const credentials = new KeptCredentials({ documents, clock, dataKeys, retention: ALL_KEPT });
  await credentials.of("bridge").put({ person: ANN, id: "a", name: "Chat" }, new Secret("token"));
  await documents.update(roomDocument, ROOM, (room) => ({
    ...room,
    journal: [
      {
        event: "$a" as never,
        person: ANN,
        calledAs: "!usher",
        line: name,
        at: 1,
        replyTo: "$a" as never,
      },
    ],
  }));
  await documents.close();
  mkdirSync(at(data, "crypto"), { recursive: true });
  writeFileSync(at(data, "crypto", "store.sqlite"), randomBytes(300_000));
  writeFileSync(
    at(data, "crypto", "device.json"),
    JSON.stringify({ userId: USHER, deviceId: "OLD", engine: "wasm" }),
  );
  writeFileSync(at(data, "session.json"), "the access token");
  mkdirSync(at(data, "logs"), { recursive: true });
  writeFileSync(at(data, "logs", "line"), "a line of the log");
  mkdirSync(dirname(settings(data).tombstonesFile), { recursive: true });
  writeFileSync(settings(data).tombstonesFile, JSON.stringify({ version: 1, last: 0, erased: [] }));
}

const YOUNG = { who: "a hash", at: 1 };
const ASKED: CaseFacts = {
  ...{ person: ANN, kind: "human", at: 1, due: 2 },
  ...{ extended: false, state: "open" },
};

class Dead extends Error {}

/** The system, until that many changes of it were begun: from then on whoever uses it is dead. */
function dyingAt(step: number): { readonly files: Files; readonly isDead: () => boolean } {
  let left = step;
  const living =
    <A extends readonly unknown[], R>(change: (...given: A) => Promise<R>) =>
    (...given: A): Promise<R> => {
      left -= 1;
      return left <= 0 ? Promise.reject(new Dead()) : change(...given);
    };
  const { rename, remove, create, syncFolder } = nodeFiles;
  const files = {
    ...nodeFiles,
    rename: living(rename),
    remove: living(remove),
    create: living(create),
    syncFolder: living(syncFolder),
  };
  return { files, isDead: () => left <= 0 };
}

const bring = (made: MadeBackup, data: string, more: Partial<RestoreOptions> = {}) =>
  restore(settings(data), {
    file: made.data,
    identities: [identity],
    withoutTombstones: false,
    ...more,
  });

async function withDocuments<T>(
  data: string,
  use: (documents: Documents) => Promise<T>,
): Promise<T> {
  const documents = await openDocuments({ dir: at(data), clock, onQuarantine: () => undefined });
  try {
    return await use(documents);
  } finally {
    await documents.close();
  }
}

async function lineIn(data: string): Promise<string | undefined> {
  const room = await withDocuments(data, (documents) => documents.get(roomDocument, ROOM));
  return room?.journal[0]?.line;
}

describe("a backup", () => {
  it("is sealed: no word of a document is in its files, nor in what is left in the data directory", async () => {
    const made = await makeBackup(settings("data"));
    for (const file of [made.data, made.keys]) {
      const bytes = readFileSync(file);
      expect(bytes.toString("latin1").startsWith("age-encryption.org/v1")).toBe(true);
      expect(bytes.includes(CANARY)).toBe(false);
    }
    expect(readdirSync(at("backups"))).toHaveLength(2);
    expect(existsSync(at("data", "backing-up"))).toBe(true);
    expect(readdirSync(at("data", "backing-up"))).toEqual([]);
  });

  it("holds documents, the encryption's store and no token, log or key of people", async () => {
    const made = await makeBackup(settings("data"));
    const names = async (file: string): Promise<string[]> => {
      const { entries } = await openBackup(file, [identity]);
      const found: string[] = [];
      for await (const { name, bytes } of entries) {
        for await (const piece of bytes) void piece;
        found.push(name.replace(/\/[0-9a-f]{2}\/[0-9a-f]{64}\.json$/, ""));
      }
      return found;
    };
    const inside = await names(made.data);
    expect(inside).toContain("names.key");
    expect(inside).toContain("documents/room");
    expect(inside).toContain("crypto/store.sqlite");
    for (const name of inside) expect(name).not.toMatch(/session|logs|exports|data-key/);
    for (const name of await names(made.keys)) expect(name).toBe("documents/data-key");
    expect(await checkBackup(made.data, [identity])).toMatchObject({ files: inside.length });
  });

  it("is not made for nobody, or for what is no recipient, and nothing of it stays", async () => {
    for (const wrong of [undefined, "age1nobody"]) {
      const deps = { ...settings("data"), backup: { folder: at("backups"), recipient: wrong } };
      expect(await refusalOf(makeBackup(deps))).toContain("names nobody who can open it");
    }
    expect(existsSync(at("backups")) ? readdirSync(at("backups")) : []).toEqual([]);
  });

  it("goes when it is as old as the operator keeps it, and a directory that a restore replaced too", async () => {
    const backups = new Backups({ ...settings("data"), identities: undefined });
    const made = await backups.make();
    await bring(made, "data");
    const begun = clock.now();
    clock.advance(14 * DAY - 1);
    await backups.sweep();
    expect([made.data, made.keys].map(existsSync)).toEqual([true, false]);
    clock.advance(1);
    writeFileSync(at("backups", `usher-backup-${String(begun)}-data.part`), "");
    await backups.sweep();
    expect(readdirSync(at("backups"))).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.includes(".before-"))).toEqual([]);
  });

  it("that was made by a clock that was ahead counts from when it is known to be, and not from a day that is to come", async () => {
    const backups = new Backups({ ...settings("data"), identities: undefined });
    clock.advance(400 * DAY);
    await backups.make();
    clock.advance(-400 * DAY);
    const names = () => readdirSync(at("backups")).sort();
    const [ahead] = names();
    await backups.sweep();
    clock.advance(DAY - 1);
    await backups.sweep();
    // As long as that the present clock may be the one that is wrong.
    expect(names()[0]).toBe(ahead);
    clock.advance(1);
    await backups.sweep();
    const [known] = await knownBackups(at("backups"));
    expect([known?.at, names().length]).toEqual([clock.now(), 2]);
    clock.advance(14 * DAY);
    await backups.sweep();
    expect(names()).toEqual([]);
  });

  it("that a killed restore has left opened goes after a day; one that the next start goes on with stays", async () => {
    const backups = new Backups({ ...settings("data"), identities: undefined });
    const unpacked = at("data.restoring");
    mkdirSync(unpacked);
    writeFileSync(join(unpacked, "names.key"), CANARY);
    utimesSync(unpacked, START / 1000, START / 1000);
    clock.advance(DAY);
    await backups.sweep();
    expect(existsSync(unpacked)).toBe(true);
    clock.advance(1);
    const mark = join(unpacked, "restoring.json");
    writeFileSync(mark, "{}");
    utimesSync(unpacked, START / 1000, START / 1000);
    await backups.sweep();
    expect(existsSync(unpacked)).toBe(true);
    rmSync(mark);
    utimesSync(unpacked, START / 1000, START / 1000);
    await backups.sweep();
    expect(existsSync(unpacked)).toBe(false);
  });

  it("of documents that are written all the time is made all the same: what is written waits for a moment", async () => {
    const still = new StillFiles(nodeFiles);
    const { onQuarantine, dir } = { onQuarantine: () => undefined, dir: at("data") };
    const documents = await openDocuments({ dir, clock, onQuarantine, files: still.files });
    let written = 0;
    let over = false;
    // Room after room, so that the second is never ahead of the first.
    const writing = (async () => {
      while (!over) {
        written += 1;
        for (const room of [ROOM, "!second:example.org"])
          await documents.update(roomDocument, room, (one) => ({ ...one, invitedAt: written }));
      }
    })();
    const backups = new Backups({
      ...{ ...settings("data"), identities: undefined },
      still: still.during,
    });
    for (let times = 0; times < 3; times += 1) {
      const made = await backups.make();
      clock.advance(1000);
      await bring(made, "other");
      const [first = 0, second = 0] = await withDocuments("other", (there) =>
        Promise.all(
          [ROOM, "!second:example.org"].map(
            async (room) => (await there.get(roomDocument, room))?.invitedAt,
          ),
        ),
      );
      expect([0, 1]).toContain(first - second);
    }
    over = true;
    await writing;
    await documents.close();
    expect(written).toBeGreaterThan(3);
  });

  it("R36 is known to who is erased: until when the last one is kept that has it", async () => {
    const backups = new Backups({ ...settings("data"), identities: undefined });
    expect(await backups.copiesUntil(clock.now())).toBeUndefined();
    const before = clock.now();
    await backups.make();
    clock.advance(DAY);
    await backups.make();
    const last = clock.now();
    expect(await backups.copiesUntil(last)).toBe(last + 14 * DAY);
    expect(await backups.copiesUntil(last - 1)).toBe(before + 14 * DAY);
    clock.advance(14 * DAY);
    await backups.sweep();
    expect(await backups.copiesUntil(last)).toBeUndefined();
  });

  it("is known to the doctor, who says whether it opens where the identity is here", async () => {
    const facts = (open?: string) =>
      new Backups({
        ...settings("data"),
        identities: open === undefined ? undefined : () => Promise.resolve([open]),
      }).facts();
    expect(await facts()).toEqual({ configured: true, lastAt: undefined, opens: undefined });
    await makeBackup(settings("data"));
    expect(await facts()).toEqual({ configured: true, lastAt: clock.now(), opens: undefined });
    expect(await facts(identity)).toMatchObject({ opens: true });
    expect(await facts(await generateIdentity())).toMatchObject({ opens: false });
  });
});

describe("a restore", () => {
  it("puts back what was kept, and keeps what stood there; the encryption that is there stays, for it is never behind", async () => {
    const made = await makeBackup(settings("data"));
    await fill("data", "something later");
    const store = readFileSync(at("data", "crypto", "store.sqlite"));
    const restored = await bring(made, "data");
    expect(restored).toMatchObject({ device: "kept", head: { userId: USHER } });
    expect(await lineIn("data")).toBe(CANARY);
    expect(readFileSync(at("data", "crypto", "store.sqlite")).equals(store)).toBe(true);
    expect(readFileSync(at("data", "session.json"), "utf8")).toBe("the access token");
    expect(existsSync(join(restored.before ?? "none", "names.key"))).toBe(true);
  });

  it("R37 R39 R65 takes along what people restricted and asked since, and who is too young, from a directory that is later than the backup and can be read", async () => {
    const made = await makeBackup(settings("data"));
    const write = (syncedAt: number): Promise<unknown> =>
      withDocuments("data", async (documents) => {
        await documents.update(accountDocument, "self", (account) => ({ ...account, syncedAt }));
        await documents.update(restrictionDocument, ANN, () => ({
          restrictions: [{ person: ANN, at: 1 }],
        }));
        await documents.update(underageDocument, "self", () => ({ reported: [YOUNG] }));
        await documents.update(caseDocument, "3f9c", () => ({ facts: ASKED, words: [] }));
      });
    const there = (): Promise<unknown> =>
      withDocuments("data", async (documents) => [
        (await documents.get(restrictionDocument, ANN))?.restrictions,
        (await documents.get(underageDocument, "self"))?.reported,
        (await documents.get(caseDocument, "3f9c"))?.facts,
      ]);
    await write(clock.now() - 1);
    expect(await bring(made, "data")).toMatchObject({ takenAlong: 0 });
    expect(await there()).toEqual([undefined, undefined, undefined]);
    await write(clock.now() + 1);
    clock.advance(2);
    expect(await bring(made, "data")).toMatchObject({ takenAlong: 3 });
    expect(await there()).toEqual([[{ person: ANN, at: 1 }], [YOUNG], ASKED]);
    await write(clock.now());
    const cases = at("data", "documents", "case");
    for (const name of readdirSync(cases, { recursive: true, encoding: "utf8" }))
      if (name.endsWith(".json")) writeFileSync(join(cases, name), "{");
    clock.advance(1);
    expect(await bring(made, "data")).toMatchObject({ takenAlong: "unread" });
  });

  it("R55 R60 leaves no log line nor export in the directory that lies aside, where nothing sweeps them: the log goes on in the new one", async () => {
    const made = await makeBackup(settings("data"));
    for (const name of ["logs/bot", "exports/one"])
      mkdirSync(at("data", name), { recursive: true });
    writeFileSync(at("data", "logs/bot/bot-2026-11-29T13Z.ndjson"), "{}\n");
    writeFileSync(at("data", "exports/one/data.json"), "what is kept of somebody");
    const { before = "none" } = await bring(made, "data");
    expect(readdirSync(before)).toContain("names.key");
    expect(readdirSync(before)).not.toContain("logs");
    expect(readdirSync(before)).not.toContain("exports");
    expect(readdirSync(at("data", "logs/bot"))).toEqual(["bot-2026-11-29T13Z.ndjson"]);
    expect(existsSync(at("data", "exports"))).toBe(false);
  });

  it.each([
    ["as the directory before had heard it", "data", Date.UTC(2026, 10, 29, 13, 50)],
    ["now, where there was none", "other", Date.UTC(2026, 10, 29, 13, 55)],
  ])(
    "forgets the place in the stream, and knows when the homeserver was last heard: %s",
    async (_, to, heardAt) => {
      const hear = (data: string, syncToken: string, syncedAt: number) =>
        withDocuments(data, (documents) =>
          documents.update(accountDocument, "self", () => ({ syncToken, syncedAt })),
        );
      await hear("data", "s1", clock.now());
      const made = await makeBackup(settings("data"));
      await hear("data", "s2", Date.UTC(2026, 10, 29, 13, 50));
      clock.advance(Date.UTC(2026, 10, 29, 13, 55) - clock.now());
      await bring(made, to);
      const account = await withDocuments(to, (documents) =>
        documents.get(accountDocument, "self"),
      );
      expect(account).toEqual({ syncToken: "", syncedAt: heardAt });
    },
  );

  it("begins a new account of the sweeps where that of before stayed on another machine", async () => {
    const made = await makeBackup(settings("data"));
    await sweep("data");
    rmSync(at("data"), { recursive: true });
    expect(await sweeps("data")).toMatchObject({ missing: START });
    await bring(made, "data");
    expect(await sweeps("data")).toEqual({ ...WHOLE, noted: true });
  });

  it("that is killed at any step leaves the old directory or the new one, whole, once Usher starts again", async () => {
    const found = new Set<string>();
    for (let step = 1; !found.has("done"); step += 1) {
      const data = `killed-${String(step)}`;
      await fill(data);
      const made = await makeBackup(settings(data));
      await fill(data, "something later");
      await sweep(data);
      const store = readFileSync(at(data, "crypto", "store.sqlite"));
      const { files, isDead } = dyingAt(step);
      const brought = await restore(
        { ...settings(data), files },
        { file: made.data, identities: [identity], withoutTombstones: false },
      ).catch((error: unknown) => {
        if (!(error instanceof Dead)) throw error;
        return undefined;
      });
      expect(brought === undefined).toBe(isDead());
      await finishRestore(at(data));
      await finishRestore(at(data));
      const line = (await lineIn(data)) ?? "none";
      expect(["something later", CANARY]).toContain(line);
      expect(readFileSync(at(data, "crypto", "store.sqlite")).equals(store)).toBe(true);
      expect(readFileSync(at(data, "session.json"), "utf8")).toBe("the access token");
      expect(await sweeps(data)).toEqual(WHOLE);
      expect(existsSync(at(data, "logs", "line"))).toBe(true);
      expect(existsSync(at(data, "restoring.json"))).toBe(false);
      const replaced = readdirSync(folder).filter((name) => name.startsWith(`${data}.before-`));
      expect(replaced).toHaveLength(line === CANARY ? 1 : 0);
      found.add(brought === undefined ? line : "done");
      // The next one begins from there.
      if (line !== CANARY) expect(await bring(made, data)).toMatchObject({ device: "kept" });
    }
    expect(found).toEqual(new Set(["something later", CANARY, "done"]));
  });

  it("onto another machine brings no store of the encryption: nothing could use a key of a message twice", async () => {
    const made = await makeBackup(settings("data"));
    const restored = await bring(made, "other");
    expect(restored).toMatchObject({ device: "new", before: undefined });
    expect(await lineIn("other")).toBe(CANARY);
    expect(existsSync(at("other", "crypto"))).toBe(false);
    expect(existsSync(at("other", "session.json"))).toBe(false);
  });

  it.each<[string, string, (made: MadeBackup) => Promise<unknown>]>([
    [
      "with another identity",
      "The identity does not open",
      async (made) => bring(made, "data", { identities: [await generateIdentity()] }),
    ],
    [
      "of a file that is damaged in the middle",
      "or it is damaged",
      (made) => {
        const bytes = readFileSync(made.data);
        bytes[bytes.length - 100_000] = (bytes[bytes.length - 100_000] ?? 0) ^ 1;
        writeFileSync(made.data, bytes);
        return bring(made, "data");
      },
    ],
    [
      "of a file that is cut",
      "or it is damaged",
      (made) => {
        const bytes = readFileSync(made.data);
        writeFileSync(made.data, bytes.subarray(0, bytes.length - 70_000));
        return bring(made, "data");
      },
    ],
    [
      "of another account",
      "the settings name another account",
      (made) => {
        const other = { ...settings("data"), homeserver: { userId: "@other:example.org" } };
        return restore(other, {
          file: made.data,
          identities: [identity],
          withoutTombstones: false,
        });
      },
    ],
    [
      "where nobody knows who was erased since",
      "says who was erased since the backup was made",
      (made) => {
        rmSync(settings("data").tombstonesFile);
        return bring(made, "data");
      },
    ],
    ["of the keys alone", "This is no backup", (made) => bring(made, "data", { file: made.keys })],
    [
      "with the keys of another backup",
      "or it is damaged",
      async (made) => {
        clock.advance(1000);
        const later = await makeBackup(settings("data"));
        return bring(made, "data", { keysFile: later.keys });
      },
    ],
    [
      "of what a later Usher wrote",
      "was written by a newer version",
      async () => {
        await fill("newer");
        const folderOfRooms = at("newer", "documents", "room");
        for (const name of readdirSync(folderOfRooms, { recursive: true, encoding: "utf8" })) {
          if (!name.endsWith(".json")) continue;
          const path = join(folderOfRooms, name);
          writeFileSync(path, readFileSync(path, "utf8").replace(/"version":\d+/, '"version":99'));
        }
        return bring(await makeBackup(settings("newer")), "data");
      },
    ],
    [
      "while Usher runs",
      "Another Usher is working",
      async (made) => {
        const release = takeDataDirectory(at("data"));
        try {
          return await bring(made, "data");
        } finally {
          release();
        }
      },
    ],
  ])("%s is refused, and replaces nothing", async (_, words, attempt) => {
    const made = await makeBackup(settings("data"));
    await fill("data", "something later");
    expect(await refusalOf(attempt(made))).toContain(words);
    expect(await lineIn("data")).toBe("something later");
    expect(readdirSync(folder).filter((name) => name.startsWith("data."))).toEqual([]);
  });

  it("does without the keys of what people gave Usher to keep where the operator says so: it is left out then", async () => {
    const made = await makeBackup(settings("data"));
    rmSync(made.keys);
    expect(await refusalOf(bring(made, "data"))).toContain("--without-keys");
    await bring(made, "data", { withoutKeys: true });
    expect(await lineIn("data")).toBe(CANARY);
    expect(existsSync(at("data", "documents", "credentials"))).toBe(false);
  });

  it("goes on without a record of who was erased where the operator says so", async () => {
    const made = await makeBackup(settings("data"));
    rmSync(settings("data").tombstonesFile);
    await bring(made, "data", { withoutTombstones: true });
    expect(await lineIn("data")).toBe(CANARY);
  });
});

describe("an identity", () => {
  it("is found in the file as age-keygen writes it, with those of before", () => {
    expect(
      identitiesIn(
        "# created: 2026\r\n# public key: age1x\r\nAGE-SECRET-KEY-1ABC\r\n\r\nAGE-SECRET-KEY-PQ-1D",
      ),
    ).toEqual(["AGE-SECRET-KEY-1ABC", "AGE-SECRET-KEY-PQ-1D"]);
    expect(identitiesIn("-----BEGIN AGE ENCRYPTED FILE-----\nother\n")).toEqual([]);
  });

  it("of before opens what was sealed for it, whichever stands first", async () => {
    const made = await makeBackup(settings("data"));
    const newer = await generateIdentity();
    for (const identities of [
      [newer, identity],
      [identity, newer],
    ])
      expect(await bring(made, "data", { identities })).toMatchObject({ device: "kept" });
  });
});
