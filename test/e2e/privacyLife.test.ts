import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
// Loads everything that declares something.
import "../../src/program.ts";
import { allDeclared, type Elsewhere } from "../../src/privacy/declared.ts";
import { presentShapes } from "../../scripts/storedShapes.ts";
import { unheardCommands } from "../../scripts/unheardCommands.ts";
import { BotPeer } from "../harness/botPeer.ts";
import { theSynapse } from "../harness/e2eSetup.ts";
import { ask, bodyOf, messageFrom } from "../harness/expect.ts";
import { filesIn, filesWith } from "../harness/filesIn.ts";
import { connectPerson, type Person } from "../harness/person.ts";
import { random as seeded } from "../harness/random.ts";
import { ENCRYPTED, World } from "../harness/world.ts";

/** The tables of the encryption library, as it has them now. A new one has to be looked at: what is in it about people, and until when? */
const LIBRARY_TABLES: readonly string[] = [
  "backup_keys",
  "core",
  "devices",
  "gossip_requests",
  "identities",
  "inbound_group_sessions3",
  "lease_locks",
  "matrix-sdk-crypto",
  "olm_hashes",
  "outbound_group_sessions",
  "received_room_key_bundles",
  "room_key_backups_fully_downloaded",
  "room_settings",
  "rooms_pending_key_bundle",
  "secrets_inbox2",
  "session",
  "tracked_users",
  "withheld_sessions",
];

/** Kinds of documents that need what this life has not: an admin's token, the homeserver's module, a kind that keeps credentials, a bridge with log-ins, a sticker pack in the catalogue, pictures for one. */
const NOT_IN_THIS_LIFE: readonly string[] = [
  "bridge-logins",
  "bridge-logins-made",
  "bridge-lost-links",
  "credentials",
  "data-key",
  "deactivations",
  "export-file",
  "sticker-codes",
  "sticker-collecting",
  "sticker-person",
];
const POLL_BOT =
  '{"name": "Poll bot", "user": "@poll:example.org", "description": "Counts votes", "price": "free", "host": {"by": "operator"}}';

/** Words that nobody says by chance: what Ann says and adds holds one each. */
const NEEDLES = {
  words: "needle-words-7261",
  name: "needle-name-9f03",
  address: "https://needle-address-5b1e.example.org/board",
  gone: "https://needle-gone-44d2.example.org/board",
  asked: "https://needle-asked-c1a8.example.org/board",
  typed: "needle-typed-e0b7",
  label: "needle-label-3d55",
};

/** What of this kind is declared, as it is named. */
function declaredNames(where: Elsewhere): readonly string[] {
  return allDeclared().flatMap((one) => (one.where === where ? [one.name] : []));
}

/** Whether a name is one that is declared: as it stands, by how it begins (`x*`), or by the folder that it lies in (`x/`). */
function isDeclared(name: string, where: Elsewhere): boolean {
  return declaredNames(where).some((one) =>
    one.endsWith("*")
      ? name.startsWith(one.slice(0, -1))
      : name === one || (one.endsWith("/") && (name + "/").startsWith(one)),
  );
}

describe("R24 R42 R69 a long life of Usher", () => {
  let world: World;
  let olga: Person;
  let ann: Person;
  let ben: Person;
  let eve: Person;
  let root: Person;
  let echo: BotPeer;
  let room: string;
  let bens: string;
  let direct: string;
  let evesRoom: string;
  let evesDirect: string;

  beforeAll(async () => {
    echo = await BotPeer.begin(ENCRYPTED, "echo", "comes");
    root = await connectPerson(theSynapse(), "root", { admin: true });
    ({ world, olga } = await World.withOffice(ENCRYPTED, {
      config: { limits: { commandsPerMinute: 100_000 } },
    }));
    ann = await world.person("needle-ann");
    ben = await world.person("ben");
    eve = await world.person("eve");
    const levels = { usherPower: 100, powerLevels: { users: { [ben.userId]: 100 } } };
    room = await world.room(ann, levels);
    await world.bring(ann, room, ben);
    bens = await world.room(ben, { usherPower: 100 });
    [direct, evesRoom] = [await world.direct(ann), await world.room(eve, { usherPower: 100 })];
    evesDirect = await world.direct(eve);
    await live();
  });
  afterAll(async () => {
    await world.end();
    await Promise.all([echo.stop(), root.stop()]);
  });

  /** What Ann does with Usher, and Ben beside her. */
  async function live(): Promise<void> {
    const { words, name, address, gone, asked, typed, label } = NEEDLES;
    await ask(ann, room, `!usher add widget ${address} name=${name} --yes`);
    await ask(ann, room, `!usher add widget ${gone} name=${label} --yes`);
    await ask(ann, room, `!usher remove ${label} --yes`);
    await ask(ann, room, `!usher add bot ${echo.userId} --yes`);
    await ask(ben, bens, "!usher add widget https://of-ben.example.org/ --yes");
    // He has no chat with Usher yet, so that it makes one.
    await ask(ben, room, "!usher privacy data");
    await ask(ann, room, `!usher ${typed} what is this`);
    await ask(ann, direct, `privacy human ${words}`);
    await ask(ann, direct, `what do you know about me? ${words}`);
    await ask(ann, direct, "privacy data");
    await ask(ann, direct, "privacy export");
    const olgas = await world.direct(olga);
    await ask(olga, olgas, `admin catalogue add bot poll --yes ${POLL_BOT}`);
    await ask(olga, olgas, "admin audit");
    await ask(olga, olgas, `admin disclosure add ${ben.userId} law Court --yes His rooms.`);
    await ask(olga, olgas, "admin underage @kid:usher.test --yes");
    const bensDirect = await world.direct(ben);
    await ask(olga, olgas, 'admin catalogue change custom --yes {"erasedByHand": true}');
    await erased(ben, bensDirect, "privacy erase widgets now");
    await ask(olga, olgas, 'admin catalogue change custom --yes {"erasedByHand": false}');
    await ask(ben, bensDirect, "privacy erase all");
    await ask(ben, bensDirect, "privacy restrict");
    // A question that waits for an answer for ever.
    await ask(ann, room, `!usher add widget ${asked} name=${label}`);
    await world.usher.restart();
  }

  /** Erases, and waits for the receipt. */
  async function erased(person: Person, where: string, line: string): Promise<void> {
    const said = bodyOf(await ask(person, where, line));
    const from = person.mark();
    await ask(person, where, `confirm ${/confirm ([a-z]+)/.exec(said)?.[1] ?? ""}`);
    const isFrom = messageFrom(world.usher.userId, where);
    await person.waitFor((event) => isFrom(event) && bodyOf(event).includes("privacy receipt "), {
      from,
      what: "the receipt",
    });
  }

  /** The documents that are stored, with their kinds. */
  async function storedDocuments(): Promise<readonly { kind: string; document: Stored }[]> {
    const folder = join(world.usher.dataDir, "documents");
    return [...(await filesIn(folder))]
      .filter(([name]) => name.endsWith(".json"))
      .map(([name, content]) => ({
        kind: name.split("/")[0] ?? "",
        document: JSON.parse(content.toString()) as Stored,
      }));
  }

  it("writes no file that the data map does not name", async () => {
    const found = await readdir(world.usher.dataDir, { recursive: true, withFileTypes: true });
    // A folder is what is in it.
    const names = found
      .filter((entry) => entry.isFile())
      .map((entry) => relative(world.usher.dataDir, join(entry.parentPath, entry.name)));
    expect(names.length).toBeGreaterThan(20);
    expect(
      names.filter((name) => !isDeclared(name.replace(/(\.new|-journal|-wal|-shm)$/, ""), "file")),
    ).toEqual([]);
  });

  it("stores no field that the data map does not know, in documents of every kind", async () => {
    const known = fieldsByKind();
    const stored = await storedDocuments();
    const unknown = stored.flatMap(({ kind, document }) =>
      unknownFields(document.document, known.get(kind)).map((field) => `${kind}: ${field}`),
    );
    expect([...new Set(unknown)]).toEqual([]);
    const kinds = new Set(stored.map(({ kind }) => kind));
    const missing = [...known.keys()].filter((kind) => !kinds.has(kind));
    expect(missing.toSorted()).toEqual(NOT_IN_THIS_LIFE);
  });

  it("has no account data that is not declared", async () => {
    const { account_data: found } = await adminAsks<{
      account_data: { global: object; rooms: object };
    }>(`/_synapse/admin/v1/users/${encodeURIComponent(world.usher.userId)}/accountdata`);
    const types = Object.keys(found.global).filter((type) => type !== "m.push_rules");
    expect(types).toContain("m.direct");
    expect(types.filter((type) => !isDeclared(type, "account data"))).toEqual([]);
    expect(Object.keys(found.rooms)).toEqual([]);
  });

  it("has no table of keys but those that were looked at", async () => {
    await world.usher.stop({ keep: true });
    const tables: string[] = [];
    const crypto = join(world.usher.dataDir, "crypto");
    for (const name of await readdir(crypto, { recursive: true })) {
      if (!/\.(sqlite3?|db)$/.test(name)) continue;
      const db = new DatabaseSync(join(crypto, name), { readOnly: true });
      for (const row of db.prepare("SELECT schema FROM database").all())
        tables.push(
          ...(JSON.parse(String(row["schema"])) as Schema).stores.map(({ name }) => name),
        );
      db.close();
    }
    await world.usher.start();
    expect(tables.sort()).toEqual(LIBRARY_TABLES);
  });

  it("R75 tells a stranger nothing of hers, whatever they say", async () => {
    const random = seeded(Number(process.env["SEED"] ?? 1));
    const caseId = (await storedDocuments()).find(({ kind }) => kind === "case")?.document.id ?? "";
    const hers = [ann.userId, room, direct, NEEDLES.address, NEEDLES.name, echo.userId, caseId];
    const lines = unheardCommands().flatMap(({ words, example }) => {
      const some = Array.from({ length: 2 }, () => hers[Math.floor(random() * hers.length)] ?? "");
      return [example, ...some.map((one) => `${words} ${one}`)];
    });
    const from = eve.mark();
    for (const line of lines) {
      if (/^(leave|admin leave)/.test(line)) continue;
      await ask(eve, evesDirect, line);
      if (random() < 0.3) await ask(eve, evesRoom, `!usher ${line}`);
    }
    const told = eve.seen
      .slice(from)
      .filter((event) => event.sender === world.usher.userId)
      .map((event) => JSON.stringify(event.content));
    expect(told.length).toBeGreaterThan(lines.length / 2);
    const shown = told.filter((text) =>
      // What was said to it, it may say again; what it knows beside that, not.
      [NEEDLES.words, NEEDLES.gone, NEEDLES.asked, NEEDLES.typed, NEEDLES.label, ben.userId].some(
        (needle) => text.includes(needle),
      ),
    );
    expect(shown).toEqual([]);
  });

  it("R36 keeps no byte of hers after an erasure, but what others use on", async () => {
    await erased(ann, direct, "privacy erase all now");
    const { address: _address, name: _name, ...gone } = NEEDLES;
    for (const needle of [ann.userId, ...Object.values(gone)])
      await expect
        .poll(() => filesWith(world.usher.dataDir, needle), { timeout: 60_000 })
        .toEqual([]);
    const { account_data: left } = await adminAsks<{ account_data: object }>(
      `/_synapse/admin/v1/users/${encodeURIComponent(world.usher.userId)}/accountdata`,
    );
    expect(JSON.stringify(left)).not.toContain(ann.userId);
    for (const needle of [ann.userId, ...Object.values(NEEDLES)])
      expect(world.usher.stderr).not.toContain(needle);
  });

  async function adminAsks<T>(path: string): Promise<T> {
    const response = await fetch(`${theSynapse().url}${path}`, {
      headers: { authorization: `Bearer ${root.account.accessToken}` },
    });
    expect(response.status).toBe(200);
    return (await response.json()) as T;
  }
});

interface Stored {
  readonly id: string;
  readonly document: unknown;
}

/** The fields of documents of one kind, and of what others add to them. */
interface Fields {
  readonly names: Set<string>;
  /** Those that hold what others wrote, as it came (a state event): what is in there is theirs. */
  readonly open: Set<string>;
}

/** Of each kind of document, from its schema. */
function fieldsByKind(): ReadonlyMap<string, Fields> {
  const byKind = new Map<string, Fields>();
  for (const [name, { shape }] of Object.entries(presentShapes())) {
    const [kind = "", added] = name.split(/[. ]/);
    const fields = byKind.get(kind) ?? { names: new Set(), open: new Set() };
    if (added !== undefined) fields.names.add(added);
    noteProperties(shape, fields);
    byKind.set(kind, fields);
  }
  return byKind;
}

function noteProperties(schema: unknown, fields: Fields): void {
  if (typeof schema !== "object" || schema === null) return;
  for (const [key, value] of Object.entries(schema)) {
    if (key === "properties")
      for (const [name, one] of Object.entries(value as object)) {
        fields.names.add(name);
        if (JSON.stringify(one).includes('"propertyNames"') && !("items" in (one as object)))
          fields.open.add(name);
      }
    noteProperties(value, fields);
  }
}

function unknownFields(value: unknown, fields: Fields | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => unknownFields(one, fields));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, below]) => [
    ...(fields?.names.has(key) === true ? [] : [key]),
    ...(fields?.open.has(key) === true ? [] : unknownFields(below, fields)),
  ]);
}

/** What the keys' store says of its own tables. */
interface Schema {
  readonly stores: readonly { readonly name: string }[];
}
