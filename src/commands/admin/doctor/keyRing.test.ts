import { expect, it } from "vitest";
import { sentenceOf } from "../../../../test/harness/sentenceOf.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { KeyRingFacts } from "../../../secrets/dataKeys.ts";
import { keyRing } from "./keyRing.ts";

const sound = { unreadable: 0, needed: true };
const healthy: KeyRingFacts = {
  file: "/srv/ring",
  fault: undefined,
  keys: [{ ...sound, kid: "old", primary: true, wraps: 1 }],
  unreadable: 0,
};
const said = (more: Partial<KeyRingFacts>): string => {
  const { well, finding } = keyRing({ ...healthy, ...more });
  return `${well ? "well" : "fault"}: ${sentenceOf(finding)}`;
};
const replaced = (wraps: number): Partial<KeyRingFacts> => ({
  keys: [
    { ...sound, kid: "old", primary: false, wraps },
    { ...sound, kid: "new", primary: true, wraps: 0 },
  ],
});

it.each([
  [{}, "well: Key ring: 1 key in it; locked with it 1 key of people"],
  [{ fault: new UsherError("key-ring-inside") }, "leads into the data directory now"],
  [{ fault: new UsherError("key-changed", { kid: "old" }) }, "another key has the name `old` now"],
  [{ fault: new UsherError("key-ring-open") }, "others on this machine can read `/srv/ring`"],
  [{ fault: new UsherError("key-ring-missing") }, "`/srv/ring` is gone. I still know its keys"],
  [{ fault: new UsherError("key-missing", { kid: "old" }) }, "the key `old` is no longer in"],
  [{ fault: new UsherError("key-ring-damaged") }, "cannot be read, or is no key ring"],
  [{ fault: new UsherError("key-ring-unusable") }, "cannot be read, or is no key ring"],
  [{ unreadable: 1 }, "1 key of people cannot be opened"],
  [{ unreadable: 2 }, "2 keys of people cannot be opened"],
  [replaced(1), "an older key still locks 1 key of people"],
  [replaced(2), "an older key still locks 2 keys of people"],
  [replaced(0), "well: Key ring: 2 keys in it; locked with it 0 keys of people"],
])("says what is wrong with the key ring, and what to do: %o", (more, words) => {
  expect(said(more)).toContain(words);
  expect(said(more).startsWith("well")).toBe(words.startsWith("well"));
});
