import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../kernel/clock.ts";
import type { UserId } from "../kernel/ids.ts";
import { accountDocument } from "./account.ts";
import { auditDocument } from "./audit.ts";
import { catalogueDocument } from "./catalogue.ts";
import { openDocuments } from "./lowdbDocuments.ts";
import { openStore, storeFault } from "./openStore.ts";
import { roomDocument } from "./room.ts";

let dir: string;
const quarantined: string[] = [];
const options = (): Parameters<typeof openStore>[0] => ({
  dir,
  clock: new ManualClock(),
  onQuarantine: ({ file }) => quarantined.push(file),
});

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "usher-newer-"));
  quarantined.length = 0;
  const documents = await openDocuments(options());
  await documents.update(accountDocument, "self", () => ({ deviceId: "D" }));
  await documents.update(roomDocument, "!r:x", (document) => ({
    ...document,
    inviter: "@ann:x" as UserId,
  }));
  await documents.update(auditDocument, "2026-01", () => ({
    entries: [{ at: 0, who: "@ann:x" as UserId, what: "x", targets: [], event: "$e" as never }],
  }));
  await documents.update(catalogueDocument, "self", () => ({ changes: { widget: { a: {} } } }));
  await documents.close();
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

function fileOf(kind: string): string {
  const folder = join(dir, "documents", kind);
  const [file = ""] = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
  return join(folder, file);
}

describe("a document of a newer version", () => {
  it.each(["account", "room", "audit", "catalogue"])(
    "of kind %s ends a start, is named, and stays as it is",
    async (kind) => {
      const file = fileOf(kind);
      const newer = readFileSync(file, "utf8").replace(/"version":\d+,"/, '"version":99,"');
      writeFileSync(file, newer);
      const failure: unknown = await openStore(options()).then(
        (documents) => documents.close(),
        (error: unknown) => error,
      );
      expect(failure).toMatchObject({
        code: "data-directory-newer",
        view: { kind, version: 99, file, dir },
      });
      // It is no fault that safe mode could tell of.
      expect(storeFault(failure, dir)).toBeUndefined();
      expect(readFileSync(file, "utf8")).toBe(newer);
      expect(quarantined).toEqual([]);
    },
  );

  it("is none where all are of this one's", async () => {
    const documents = await openStore(options());
    expect(await documents.get(roomDocument, "!r:x")).toMatchObject({ inviter: "@ann:x" });
    await documents.close();
  });
});
