import { randomBytes } from "node:crypto";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GRACE_MS } from "../../src/rights/accounts/deactivation.ts";
import { deactivationsDocument, type AccountSigns } from "../../src/store/deactivations.ts";
import { exportDocument } from "../../src/store/exports.ts";
import { answerTo, ask, bodyOf, finalAnswerTo, messageFrom } from "../harness/expect.ts";
import { filesWith } from "../harness/filesIn.ts";
import type { Predicate } from "../harness/observed.ts";
import { eventually } from "../harness/patience.ts";
import { connectPerson, type Person } from "../harness/person.ts";
import { inCopy, withDocuments } from "../harness/stored.ts";
import { freePort, startSynapse, type Account, type Synapse } from "../harness/synapse.ts";
import { UNENCRYPTED, World } from "../harness/world.ts";

const MODULES = join(import.meta.dirname, "../../contrib/synapse");
const GIVEN = (process.env["USHER_TEST_HOMESERVER"] ?? "") !== "";

/** A Synapse with Usher's module in it, and another that it speaks with: they must be of our own making. */
describe.skipIf(GIVEN)("R26 an account that is deactivated on Synapse", () => {
  let folder: string;
  let synapse: Synapse;
  /** Another homeserver. */
  let far: Synapse;
  let admin: Account;
  let modulePort: number;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "usher-e2e-module-"));
    const secretFile = join(folder, "module-secret");
    await writeFile(secretFile, randomBytes(32).toString("hex"), { mode: 0o600 });
    modulePort = await freePort();
    const config = { url: `http://127.0.0.1:${String(modulePort)}`, secret_file: secretFile };
    const dataDir = join(folder, "synapse");
    const starting = startSynapse({ federates: true });
    synapse = await startSynapse({
      dataDir,
      federates: true,
      pythonPath: MODULES,
      settings: { modules: [{ module: "usher_synapse.UsherModule", config }] },
    });
    far = await starting;
    // On SQLite, Synapse 1.163 lost an index (its delta 78/01) that it needs to take an account into use again.
    using database = new DatabaseSync(join(dataDir, "hs.db"), { timeout: 10_000 });
    database.exec("CREATE UNIQUE INDEX profiles_full_user_id ON profiles(full_user_id)");
    admin = await synapse.register("keeper", { admin: true });
    await writeFile(join(folder, "admin-token"), admin.accessToken, { mode: 0o600 });
  });
  afterAll(async () => {
    await Promise.all([synapse.stop(), far.stop()]);
    await rm(folder, { recursive: true, force: true });
  });

  /** One that uses the module, or the admin API, as `synapse` of its configuration says. */
  async function begin(name: string, config: object): Promise<World> {
    const account = await synapse.register(name, { displayName: "Usher" });
    return World.begin(UNENCRYPTED, {
      homeserver: synapse.url,
      account,
      config: { synapse: config, access: { inviters: { allow: ["*"] } } },
    });
  }

  async function asAdmin(method: string, path: string, body: object): Promise<void> {
    const response = await fetch(`${synapse.url}/_synapse/admin/${path}`, {
      method,
      headers: { authorization: `Bearer ${admin.accessToken}` },
      body: JSON.stringify(body),
    });
    expect(response.status, path).toBeLessThan(300);
  }

  const deactivate = ({ userId }: Person): Promise<void> =>
    asAdmin("POST", `v1/deactivate/${encodeURIComponent(userId)}`, { erase: false });
  const reactivate = ({ userId }: Person): Promise<void> =>
    asAdmin("PUT", `v2/users/${encodeURIComponent(userId)}`, {
      deactivated: false,
      password: randomBytes(12).toString("hex"),
    });

  /** A room of this person with somebody else in it, and a widget of theirs. */
  async function furnished(world: World, owner: Person, other: Person): Promise<void> {
    const room = await world.room(owner, { powerLevels: { state_default: 0 } });
    await world.bring(owner, room, other);
    await ask(owner, room, "!usher add widget https://board.example.org/of-alice --yes");
    await ask(other, room, "!usher add widget https://pad.example.org/of-bob --yes");
  }

  /** Alice and Bob, in such a room of hers. */
  async function two(world: World): Promise<readonly [alice: Person, bob: Person]> {
    const [alice, bob] = await Promise.all([
      connectPerson(synapse, "alice"),
      connectPerson(synapse, "bob"),
    ]);
    await furnished(world, alice, bob);
    return [alice, bob];
  }

  /** The configuration of one that asks the admin API. */
  const asking = (): object => ({
    adminUrl: synapse.url,
    adminTokenFile: join(folder, "admin-token"),
  });

  const signsOf = (world: World, { userId }: Person): Promise<AccountSigns | undefined> =>
    inCopy(world.usher, async (documents) =>
      (await documents.get(deactivationsDocument, "self"))?.accounts.find(
        ({ person }) => person === userId,
      ),
    );

  it("is told of by the module at once, and its person erased when 72 hours are over, unless it is taken into use again", async () => {
    const world = await begin("usher-told", {
      moduleSecretFile: join(folder, "module-secret"),
      modulePort,
    });
    const [alice, bob] = await two(world);
    // The module goes on trying while Usher is down.
    await world.usher.stop({ keep: true });
    const stored = join(world.usher.dataDir, "documents");
    const backup = join(world.usher.folder, "backup");
    await cp(stored, backup, { recursive: true });
    const before = Date.now();
    await deactivate(alice);
    await deactivate(bob);
    const after = Date.now();
    await reactivate(bob);
    await world.usher.start();
    await eventually(async () => {
      const { deactivatedSince = 0 } = (await signsOf(world, alice)) ?? {};
      expect(deactivatedSince).toBeGreaterThanOrEqual(before);
      expect(deactivatedSince).toBeLessThanOrEqual(after);
      expect(await signsOf(world, bob)).toMatchObject({ activeAt: expect.any(Number) as number });
    });
    expect((await signsOf(world, bob))?.deactivatedSince).toBeUndefined();
    await world.usher.stop({ keep: true });
    await withDocuments(world.usher, (documents) =>
      documents.update(deactivationsDocument, "self", (document) => ({
        ...document,
        accounts: document.accounts.map(({ deactivatedSince, ...one }) =>
          deactivatedSince === undefined
            ? one
            : { ...one, deactivatedSince: deactivatedSince - GRACE_MS },
        ),
      })),
    );
    await world.usher.start();
    await eventually(async () => {
      expect(await filesWith(world.usher.dataDir, alice.userId)).toEqual([]);
    });
    expect(await filesWith(world.usher.dataDir, bob.userId)).not.toEqual([]);
    // A backup does not bring her back.
    await world.usher.stop({ keep: true });
    await rm(stored, { recursive: true });
    await cp(backup, stored, { recursive: true });
    expect(await filesWith(world.usher.dataDir, alice.userId)).not.toEqual([]);
    await world.usher.start();
    expect(await filesWith(world.usher.dataDir, alice.userId)).toEqual([]);
    expect(await filesWith(world.usher.dataDir, bob.userId)).not.toEqual([]);
    await Promise.all([alice.stop(), bob.stop()]);
    await world.end();
  });

  it("is found by the daily question where nobody tells, and its person erased within the promise", async () => {
    const world = await begin("usher-asks", asking());
    const [alice, bob] = await two(world);
    await world.usher.stop({ keep: true });
    await deactivate(alice);
    // 29 days without Usher.
    await withDocuments(world.usher, (documents) =>
      documents.update(deactivationsDocument, "self", (document) => {
        const at = Date.now() - 29 * 86_400_000;
        return { ...document, triedAt: at, completedAt: at };
      }),
    );
    await world.usher.start();
    await eventually(async () => {
      expect(await filesWith(world.usher.dataDir, alice.userId)).toEqual([]);
    });
    expect(await filesWith(world.usher.dataDir, bob.userId)).not.toEqual([]);
    await Promise.all([alice.stop(), bob.stop()]);
    await world.end();
  });

  it("is asked about as soon as it leaves a room", async () => {
    const world = await begin("usher-sees", asking());
    const [alice, bob] = await two(world);
    await deactivate(alice);
    await eventually(async () => {
      expect((await signsOf(world, alice))?.deactivatedSince).toBeDefined();
    });
    await Promise.all([alice.stop(), bob.stop()]);
    await world.end();
  });

  it("R31 has the file of an export deleted with its message when its 72 hours are over, which is said beforehand", async () => {
    const world = await begin("usher-deletes", asking());
    const alice = await connectPerson(synapse, "alice");
    const direct = await world.room(alice);
    const asked = await alice.say(direct, "privacy export here");
    const file = await alice.waitFor(
      (event) => answerTo(asked)(event) && event.content["msgtype"] === "m.file",
    );
    const words = await alice.waitFor(
      (event) => finalAnswerTo(asked, alice)(event) && event.content["msgtype"] !== "m.file",
    );
    expect(bodyOf(words)).toContain("and have my homeserver delete the file");
    const [, media = ""] = /^mxc:\/\/(.*)$/.exec(String(file.content["url"])) ?? [];
    const isThere = async (): Promise<number> => {
      const headers = { authorization: `Bearer ${admin.accessToken}` };
      const where = `${synapse.url}/_matrix/client/v1/media/download/${media}`;
      return (await fetch(where, { headers })).status;
    };
    expect(await isThere()).toBe(200);
    await world.usher.stop({ keep: true });
    await withDocuments(world.usher, async (documents) => {
      await documents.update(exportDocument, asked, (one) => ({ ...one, at: one.at - GRACE_MS }));
    });
    await world.usher.start();
    await alice.waitFor(
      ({ type, content }) => type === "m.room.redaction" && content["redacts"] === file.eventId,
      { what: "the redaction" },
    );
    await eventually(async () => {
      expect(await isThere()).toBe(404);
    });
    await alice.stop();
    await world.end();
  });

  it("R27 people of another homeserver are erased by direct message as those of Usher's own are", async () => {
    const world = await begin("usher-far", {});
    const cleo = await connectPerson(far, "cleo", { encrypted: true });
    const room = await world.room(cleo, { powerLevels: { state_default: 0 } });
    await ask(cleo, room, "!usher add widget https://board.example.org/of-cleo --yes");
    expect(await filesWith(world.usher.dataDir, cleo.userId)).not.toEqual([]);
    const direct = await world.direct(cleo);
    const from = cleo.mark();
    const said = bodyOf(await ask(cleo, direct, "privacy erase all now"));
    const word = /confirm ([a-z]+)/.exec(said)?.[1] ?? `no word in: ${said}`;
    await cleo.say(direct, `confirm ${word}`);
    const isFrom = messageFrom(world.usher.userId, direct);
    const isEnd: Predicate = (event) => isFrom(event) && bodyOf(event).includes("privacy receipt ");
    const end = await cleo.waitFor(isEnd, { from, what: "the receipt" });
    expect(bodyOf(end)).toContain("nothing is left but what this says");
    await eventually(async () => {
      expect(await filesWith(world.usher.dataDir, cleo.userId)).toEqual([]);
    });
    await cleo.stop();
    await world.end();
  });

  it("on another homeserver is suspected to be so at most, and its person not erased for that", async () => {
    const world = await begin("usher-suspects", {});
    const dora = await connectPerson(far, "dora");
    const room = await world.room(dora, { powerLevels: { state_default: 0 } });
    await ask(dora, room, "!usher add widget https://board.example.org/of-dora --yes");
    const response = await fetch(`${far.url}/_matrix/client/v3/account/deactivate`, {
      method: "POST",
      headers: { authorization: `Bearer ${dora.account.accessToken}` },
      body: JSON.stringify({
        erase: true,
        auth: {
          type: "m.login.password",
          identifier: { type: "m.id.user", user: dora.userId },
          password: dora.account.password,
        },
      }),
    });
    expect(response.status).toBe(200);
    await eventually(async () => {
      const stored = await inCopy(world.usher, (documents) =>
        documents.get(deactivationsDocument, "self"),
      );
      expect(stored?.accounts).toEqual([
        { person: dora.userId, suspectedSince: expect.any(Number) as number },
      ]);
    });
    expect(await filesWith(world.usher.dataDir, dora.userId)).not.toEqual([]);
    await dora.stop();
    await world.end();
  });
});
