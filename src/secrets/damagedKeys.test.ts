import { ALL_KEPT } from "../../test/harness/allKept.ts";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Secret } from "../config/secret.ts";
import { nodeFiles } from "../files/files.ts";
import { ManualClock } from "../kernel/clock.ts";
import type { UserId } from "../kernel/ids.ts";
import type { Documents } from "../store/documents.ts";
import { openStore } from "../store/openStore.ts";
import { dataKeyDocument } from "../store/secrets.ts";
import { KeptCredentials } from "./credentials.ts";
import { DataKeys } from "./dataKeys.ts";

const ANN = "@ann:example.org" as UserId;
const BEA = "@bea:example.org" as UserId;
const CEM = "@cem:example.org" as UserId;
const clock = new ManualClock();
const poll = { person: ANN, id: "poll", name: "GitHub" };

let folder: string;
let documents: Documents;
let keys: DataKeys;
let kept: KeptCredentials;

async function start(): Promise<void> {
  const dir = join(folder, "data");
  documents = await openStore({ dir, clock, onQuarantine: () => undefined });
  keys = await DataKeys.open({
    ...{ documents, clock, files: nodeFiles },
    ...{ path: join(folder, "ring"), dataDir: dir },
  });
  kept = new KeptCredentials({ documents, clock, dataKeys: keys, retention: ALL_KEPT });
}
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "usher-damaged-keys-"));
  await start();
});
afterEach(async () => {
  await documents.close();
  rmSync(folder, { recursive: true });
});

/** Ends Usher, tears all documents of a kind, and starts it again. Puts them back as they were. */
async function torn(kind: string): Promise<() => Promise<void>> {
  await documents.close();
  const texts = new Map<string, string>();
  const place = join(folder, "data", "documents", kind);
  for (const name of readdirSync(place, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".json")) continue;
    const path = join(place, name);
    texts.set(path, readFileSync(path, "utf8"));
    writeFileSync(path, readFileSync(path, "utf8").slice(0, -5));
  }
  await start();
  return async () => {
    await documents.close();
    for (const [path, text] of texts) writeFileSync(path, text);
    const aside = join(folder, "data", "quarantine");
    for (const name of readdirSync(aside)) rmSync(join(aside, name));
    await start();
  };
}
const primary = async (): Promise<string> =>
  (await keys.status()).find((one) => one.primary)?.kid ?? "";
const got = async (): Promise<string | undefined> => (await kept.of("bot").get(poll))?.reveal();

describe("a damaged data key", () => {
  it("stops neither the replacement of the others nor the start after it", async () => {
    for (const person of [ANN, BEA, CEM]) await keys.make(person);
    const anns = (await documents.get(dataKeyDocument, ANN))?.wrapped ?? "";
    await documents.update(dataKeyDocument, BEA, (one) => ({ ...one, wrapped: anns }));
    const old = await primary();
    await keys.add("new");
    expect(await keys.rewrap()).toEqual({ count: 2, left: 1 });
    expect(await keys.rewrap()).toEqual({ count: 0, left: 1 });
    await expect(keys.retire(old)).rejects.toMatchObject({
      code: "key-in-use",
      view: { count: 1, rewrap: false, damaged: 1 },
    });
    await documents.close();
    await start();
    expect((await keys.facts()).unreadable).toBe(1);
    expect(await keys.of(CEM)).toBeDefined();
    // And once nothing is kept of her, the old key may go.
    await kept.forget(BEA, () => true);
    await keys.retire(old);
  });

  it("that was put aside is counted, keeps the key that may open it, and is not replaced", async () => {
    await kept.of("bot").put(poll, new Secret("s3cr3t"));
    const old = await primary();
    const mend = await torn("data-key");
    expect((await keys.facts()).unreadable).toBe(1);
    await keys.add("new");
    expect(await keys.rewrap()).toEqual({ count: 0, left: 1 });
    await expect(keys.retire(old)).rejects.toMatchObject({ code: "data-key-put-aside" });
    const another = { ...poll, id: "other" };
    await expect(kept.of("bot").put(another, new Secret("t"))).rejects.toMatchObject({
      code: "data-key-put-aside",
    });
    // Who has nothing to lose is not kept from it.
    await kept.of("bot").put({ ...poll, person: BEA }, new Secret("t"));
    await mend();
    expect(await got()).toBe("s3cr3t");
    await keys.rewrap();
    await keys.retire(old);
    expect(await got()).toBe("s3cr3t");
  });

  it("is none where the credentials were put aside: it stays for when they are mended", async () => {
    await kept.of("bot").put(poll, new Secret("s3cr3t"));
    const mend = await torn("credentials");
    await kept.forget(ANN, () => true);
    await mend();
    expect(await got()).toBe("s3cr3t");
  });
});
