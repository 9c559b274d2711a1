import { describe, expect, it } from "vitest";
import { ALICE, MemoryConversation } from "../../../test/harness/memoryConversation.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { FilePath } from "../../privacy/declared.ts";
import type { MadeBackup } from "../../backup/makeBackup.ts";
import { adminBackup } from "./backup.ts";

async function asked(make: () => Promise<MadeBackup>): Promise<string> {
  const talk = new MemoryConversation({ commands: [adminBackup({ backups: { make } })] });
  talk.operators.add(ALICE);
  await talk.say("!usher admin backup");
  return talk.said.at(-1)?.body ?? "";
}

describe("admin backup", () => {
  it("says where both files are, that they belong in two places, and how to see that they open", async () => {
    const [data, keys] = ["/b/one.age", "/b/one.keys.age"] as FilePath[];
    const made = { at: 0, data: data as FilePath, keys: keys as FilePath, size: 2049, files: 1 };
    const said = await asked(() => Promise.resolve(made));
    expect(said).toContain("1 file, 3 KiB, in `/b/one.age`");
    expect(said).toContain("apart from it, in `/b/one.keys.age`");
    expect(said).toContain("npm run restore -- <file> --identity <file> --check");
    expect(await asked(() => Promise.resolve({ ...made, files: 7 }))).toContain("7 files");
  });

  it("says what to do where none could be made", async () => {
    const fail = (code: "backup-recipient" | "backup-busy" | "backup-not-kept") =>
      asked(() => Promise.reject(new UsherError(code, { code: "EPERM" })));
    expect(await fail("backup-recipient")).toContain("Make a key with `age-keygen`");
    expect(await fail("backup-busy")).toContain("did not stand still");
    expect(await fail("backup-not-kept")).toContain("cannot be deleted (`EPERM`)");
  });

  it("has a sentence for what a restore refuses before it reads that there is a later Usher", () => {
    const said = sentenceOf(new UsherError("backup-newer", { usher: "0.3.0" }));
    expect(said).toContain("made by a later Usher (0.3.0)");
    const keys = sentenceOf(new UsherError("backup-keys", { file: "/b/one.keys.age" }));
    expect(keys).toContain("name it with `--keys`");
  });
});
