import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { sentenceOf } from "../../test/harness/sentenceOf.ts";
import { nodeFiles } from "../files/files.ts";
import { ManualClock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import type { UserId } from "../kernel/ids.ts";
import type { Documents } from "../store/documents.ts";
import { dataKeyDocument } from "../store/secrets.ts";
import { DataKeys } from "./dataKeys.ts";
import { ringText, withNewKey } from "./ring.ts";

const ANN = "@ann:x" as UserId;

let folder: string;
let documents: Documents;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "usher-ring-"));
  mkdirSync(join(folder, "data"));
  documents = memoryDocuments();
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const file = (): string => join(folder, "secrets", "ring");
const open = (path = file(), more: Partial<Parameters<typeof DataKeys.open>[0]> = {}) =>
  DataKeys.open({
    ...{ documents, clock: new ManualClock(), files: nodeFiles },
    ...{ path, dataDir: join(folder, "data"), ...more },
  });
const primary = async (keys: DataKeys): Promise<string> =>
  (await keys.status()).find((one) => one.primary)?.kid ?? "";
/** The sentence of what a start is refused with. */
async function refused(path = file()): Promise<string> {
  const error: unknown = await open(path).catch((thrown: unknown) => thrown);
  if (!(error instanceof UsherError)) throw error;
  return `${error.code}: ${sentenceOf(error)}`;
}
const write = (text: string, mode = 0o600): void => {
  mkdirSync(join(folder, "secrets"), { recursive: true });
  writeFileSync(file(), text, { mode });
};

describe("the key ring", () => {
  it("is made at the first start, for its owner alone, and is the same at the next", async () => {
    await open();
    const text = readFileSync(file(), "utf8");
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "secrets")).mode & 0o777).toBe(0o700);
    const keys = await open();
    expect(readFileSync(file(), "utf8")).toBe(text);
    expect(await keys.status()).toMatchObject([{ primary: true, wraps: 0 }]);
  });

  it("is refused within the data directory, also where a link leads there", async () => {
    expect(await refused(join(folder, "data", "ring"))).toMatch(
      /^key-ring-inside: .* lies in the data directory .* `keys\.file/,
    );
    symlinkSync(join(folder, "data"), join(folder, "elsewhere"));
    expect(await refused(join(folder, "elsewhere", "deep", "ring"))).toMatch(/^key-ring-inside/);
    expect(existsSync(join(folder, "data", "ring"))).toBe(false);
    // A folder whose name begins alike is another.
    await open(join(folder, "data-ring"));
  });

  it.each([0o640, 0o604, 0o620])("is refused where others may use it: %o", async (mode) => {
    await open();
    chmodSync(file(), mode);
    expect(await refused()).toMatch(/^key-ring-open: Others on this machine .* `chmod 600`/);
  });

  it("is taken from where systemd gives a service its credentials, whose group's bit opens nothing to others", async () => {
    await open();
    chmodSync(file(), 0o440);
    expect(await refused()).toMatch(/^key-ring-open/);
    await open(file(), { groupMayRead: true });
    chmodSync(file(), 0o444);
    await expect(open(file(), { groupMayRead: true })).rejects.toMatchObject({
      code: "key-ring-open",
    });
  });

  it("is refused damaged, with the line, and changed by nothing", async () => {
    write("# mine\nnonsense\n");
    expect(await refused()).toMatch(/^key-ring-damaged: .* no key in line 2/);
    write(ringText(withNewKey(undefined, "a")).replace(" primary", ""));
    expect(await refused()).toMatch(/^key-ring-damaged: .* exactly one key .* primary/);
    write("");
    expect(await refused()).toMatch(/^key-ring-damaged/);
    expect(readFileSync(file(), "utf8")).toBe("");
  });

  it("is refused where the system does not let Usher read or write it", async () => {
    mkdirSync(file(), { recursive: true });
    expect(await refused()).toMatch(/^key-ring-unusable: I cannot read or write .*\(EISDIR\)/);
    writeFileSync(join(folder, "taken"), "");
    expect(await refused(join(folder, "taken", "ring"))).toMatch(/^key-ring-unusable: .*ENOTDIR/);
  });

  it("is never made anew where something needs a key of it", async () => {
    await (await open()).make(ANN);
    rmSync(file());
    expect(await refused()).toMatch(/^key-ring-missing: .* is gone, .* Put back your copy/);
    expect(existsSync(file())).toBe(false);
  });

  it("is refused without a key that something needs, and with another of that name", async () => {
    const keys = await open();
    await keys.make(ANN);
    const [{ kid } = { kid: "" }] = await keys.status();
    write(ringText(withNewKey(undefined, "other")));
    expect(await refused()).toMatch(
      new RegExp(`^key-missing: The key \`${kid}\` is not in the key ring .* I try no other key`),
    );
    write(ringText(withNewKey(undefined, kid)));
    expect(await refused()).toMatch(
      new RegExp(`^data-key-unreadable: The key \`${kid}\` in the key ring .* does not open`),
    );
  });

  it("is not refused because of one damaged data key: the others show that it is the right one", async () => {
    const keys = await open();
    await keys.make(ANN);
    await keys.make("@bob:x" as UserId);
    await documents.update(dataKeyDocument, ANN, (one) => ({
      ...one,
      wrapped: one.wrapped.slice(0, -2),
    }));
    const again = await open();
    await expect(again.of(ANN)).rejects.toMatchObject({ code: "data-key-unreadable" });
    expect(await again.of("@bob:x" as UserId)).toBeDefined();
  });

  it("that holds another key of the same name is told of, and no command writes it back", async () => {
    const keys = await open();
    await keys.make(ANN);
    const right = readFileSync(file(), "utf8");
    const kid = await primary(keys);
    write(`${kid}:${randomBytes(32).toString("base64")} primary\n`);
    expect((await keys.facts()).fault?.code).toBe("key-changed");
    await expect(keys.add("new")).rejects.toMatchObject({ code: "key-changed" });
    expect(await keys.of(ANN)).toBeDefined();
    write(right);
    await keys.add("new");
    expect(await keys.of(ANN)).toBeDefined();
  });

  it("keeps a primary where the word was moved by hand in the file", async () => {
    const keys = await open();
    const old = await primary(keys);
    await keys.add("new");
    const lines = readFileSync(file(), "utf8").replace(" primary", "");
    write(lines.replace(new RegExp(`^(${old}:.*)$`, "m"), "$1 primary"));
    await expect(keys.retire(old)).rejects.toMatchObject({ code: "key-primary" });
    expect(await primary(await open())).toBe(old);
  });

  it("stays where a link leads, and the link stays a link, with a file there or none yet", async () => {
    mkdirSync(join(folder, "vault"));
    mkdirSync(join(folder, "secrets"));
    symlinkSync(join("..", "vault", "ring"), file());
    const keys = await open();
    const first = readFileSync(join(folder, "vault", "ring"), "utf8");
    await keys.add("new");
    expect(lstatSync(file()).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, "vault", "ring"), "utf8")).not.toBe(first);
    // A link that leads into the data directory is seen also where nothing is there yet, and while Usher runs.
    rmSync(file());
    symlinkSync(join(folder, "data", "ring"), file());
    expect((await keys.facts()).fault?.code).toBe("key-ring-inside");
    expect(await refused()).toMatch(/^key-ring-inside/);
  });

  it("is one where two begin at once", async () => {
    const others = memoryDocuments();
    let first: DataKeys | undefined;
    const create: typeof nodeFiles.create = async (...args) => {
      // Another Usher makes its ring after this one has seen that there is none.
      first ??= await open();
      return await nodeFiles.create(...args);
    };
    const second = await open(file(), { documents: others, files: { ...nodeFiles, create } });
    await first?.make(ANN);
    await second.make(ANN);
    expect(await (await open()).of(ANN)).toBeDefined();
    expect(await (await open(file(), { documents: others })).of(ANN)).toBeDefined();
    expect(readdirSync(join(folder, "secrets"))).toEqual(["ring"]);
  });
});
