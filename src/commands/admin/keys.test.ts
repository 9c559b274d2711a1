import { beforeEach, describe, expect, it } from "vitest";
import { ALICE, BOB, MemoryConversation } from "../../../test/harness/memoryConversation.ts";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import { CrashingFiles } from "../../../test/store/crashingFiles.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import { replaceFile } from "../../files/replaceFile.ts";
import { ManualClock } from "../../kernel/clock.ts";
import type { FilePath } from "../../privacy/declared.ts";
import { DataKeys } from "../../secrets/dataKeys.ts";
import type { Documents } from "../../store/documents.ts";
import { dataKeyDocument } from "../../store/secrets.ts";
import { keyRing } from "./doctor/keyRing.ts";
import { keysCommands } from "./keys.ts";

let documents: Documents;
let aside: number;
let keys: DataKeys;
let files: CrashingFiles;
let talk: MemoryConversation;

const PATH = "/secrets/ring";

beforeEach(async () => {
  files = new CrashingFiles();
  aside = 0;
  documents = { ...memoryDocuments(), countPutAside: () => Promise.resolve(aside) };
  keys = await DataKeys.open({
    ...{ documents, clock: new ManualClock(Date.UTC(2026, 10, 29)), files },
    ...{ path: PATH, dataDir: "/data", mode: () => 0o600 },
  });
  talk = new MemoryConversation({ commands: [...keysCommands({ dataKeys: keys })] });
  talk.operators.add(ALICE);
});

const ask = async (line: string): Promise<string> => {
  await talk.say(`!usher admin keys ${line}`);
  return talk.said.at(-1)?.body ?? "";
};
const yes = async (): Promise<string> => {
  await talk.say("yes");
  return talk.said.at(-1)?.body ?? "";
};
const primary = async (): Promise<string> =>
  (await keys.status()).find((one) => one.primary)?.kid ?? "";
const doctor = async (): Promise<string> => {
  const { well, finding } = keyRing(await keys.facts());
  return `${well ? "well" : "fault"}: ${sentenceOf(finding)}`;
};

describe("admin keys", () => {
  it("leads through the replacement of a key, step by step", async () => {
    for (const person of [ALICE, BOB]) await keys.make(person);
    const old = await primary();
    expect(await doctor()).toMatch(/^well: Key ring: 1 key in it; .* 2 keys of people/);
    expect(await ask("status")).toContain(`${old}\`, the primary: 2 keys`);
    expect(await ask(`retire ${old}`)).toContain("is the one in use. Add another");

    expect(await ask("add")).toMatch(/I would make the key `2026-11-29-[0-9a-f]{6}`/);
    expect(await yes()).toMatch(/is the primary of the key ring now\. Copy `\/secrets\/ring` anew/);
    expect(await primary()).not.toBe(old);
    expect(await doctor()).toContain("fault: Key ring: an older key still locks 2 keys of people");
    expect(await ask("status")).toContain("`!usher admin keys rewrap` locks all with the primary");
    expect(await ask(`retire ${old}`)).toContain("still locks 2 keys of people. Say");

    const done = await ask("rewrap");
    expect(done).toContain("I locked 2 keys of people anew. All data keys are locked with the key");
    expect(done).toContain(`admin keys retire ${old}`);
    expect(await ask("rewrap")).not.toContain("anew");
    expect(await ask("status")).toContain(`Nothing needs \`${old}\``);
    expect(await ask(`retire ${old}`)).toContain(
      "A backup from before it was replaced still needs",
    );
    expect(await yes()).toContain(`The key \`${old}\` is no longer in the key ring`);
    expect(await ask(`retire ${old}`)).toContain(`has no key \`${old}\``);
    expect(await doctor()).toMatch(/^well: Key ring: 1 key in it; /);
  });

  it("takes no key away that a single person's needs", async () => {
    await keys.make(ALICE);
    const old = await primary();
    await ask("add");
    await yes();
    expect(await ask(`retire ${old}`)).toContain("still locks 1 key of people. Say");
  });

  it("adds the key that was shown, once, and takes no name that is none", async () => {
    expect(await ask("add autumn")).toContain("I would make the key `autumn`");
    await yes();
    expect(await primary()).toBe("autumn");
    expect(await ask("add autumn")).toBe("The key ring has a key `autumn` already.");
    expect(await ask("add My.Key")).toContain("No key can be called “My.Key”");
    // As after a crash in the middle.
    const [, add] = keysCommands({ dataKeys: keys });
    if (add?.changes !== true) throw new Error("no command");
    await add.perform({ kid: "autumn" } as never, {} as never);
    expect((await keys.status()).map(({ kid }) => kid)).toHaveLength(2);
  });

  it("writes over no ring that lacks a key of now", async () => {
    const { file } = await keys.facts();
    await files.remove(file);
    expect(await doctor()).toContain("fault: Key ring: `/secrets/ring` is gone. I still know");
    await ask("add");
    expect(await yes()).toContain("is gone, and I keep things that only its keys open");
    expect(await files.read(file)).toBeUndefined();
  });

  it("writes over no ring in which another key has the name of one of now", async () => {
    const text = (await files.read(PATH)) ?? "";
    const other = `${await primary()}:${Buffer.alloc(32, 7).toString("base64")} primary\n`;
    await replaceFile(files, PATH as FilePath, other);
    expect(await doctor()).toContain(
      "fault: Key ring: in `/secrets/ring` another key has the name",
    );
    await ask("add");
    expect(await yes()).toMatch(/another key has the name .* I still know the right one/);
    expect(await files.read(PATH)).toBe(other);
    expect(text).not.toBe(other);
  });

  it("goes past a damaged key of somebody, says so, and names what to do with it", async () => {
    for (const person of [ALICE, BOB]) await keys.make(person);
    const old = await primary();
    await documents.update(dataKeyDocument, BOB, (one) => ({
      ...one,
      wrapped: one.wrapped.slice(0, -2),
    }));
    await keys.add("new");
    expect(await ask("rewrap")).toMatch(
      /^I locked 1 key of people anew\. 1 key of people I could not open, .* All others/,
    );
    expect(await ask(`retire ${old}`)).toMatch(
      /still locks 1 key of people\. 1 of them cannot be opened: `!usher admin doctor` says/,
    );
    expect(await ask("status")).not.toContain("rewrap` locks");
    expect(await doctor()).toMatch(/^fault: Key ring: 1 key of people cannot be opened\./);
  });

  it("takes no key out while a damaged data key lies put aside", async () => {
    const old = await primary();
    await keys.add("new");
    aside = 1;
    expect(await ask("status")).not.toContain("Nothing needs");
    expect(await ask(`retire ${old}`)).toMatch(/put aside .* `quarantine` .* may need the key/);
    aside = 0;
    expect(await ask("status")).toContain(`Nothing needs \`${old}\``);
  });

  it("says nothing of the keys themselves", async () => {
    await keys.make(BOB);
    const text = (await files.read(PATH)) ?? "";
    await ask("status");
    await ask("add");
    await yes();
    await ask("rewrap");
    const key = /:(\S{44})/.exec(text)?.[1] ?? "";
    expect(key).toHaveLength(44);
    expect(JSON.stringify(talk.said)).not.toContain(key);
  });
});
