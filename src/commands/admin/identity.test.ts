import { beforeEach, expect, it } from "vitest";
import { ALICE, BOB, MemoryConversation } from "../../../test/harness/memoryConversation.ts";
import { memoryDocuments } from "../../../test/harness/memoryDocuments.ts";
import { ManualClock } from "../../kernel/clock.ts";
import type { Identity } from "../../matrix/port.ts";
import { identityFault } from "../../rights/people/identity.ts";
import { personDocument } from "../../store/people.ts";
import { adminIdentity } from "./identity.ts";

const seen = "2026-11-29";

let documents: ReturnType<typeof memoryDocuments>;
let now: Identity;
let talk: MemoryConversation;

beforeEach(async () => {
  documents = memoryDocuments();
  now = { is: "known", masterKey: "second" };
  const matrix = { identity: () => Promise.resolve(now) };
  const clock = new ManualClock(Date.UTC(2026, 11, 1));
  talk = new MemoryConversation({ commands: [adminIdentity({ matrix, documents, clock })] });
  talk.operators.add(ALICE);
  await documents.update(personDocument, BOB, () => ({
    person: BOB,
    identity: { masterKey: "first", seen },
  }));
});

const fault = () =>
  identityFault({ documents, matrix: { identity: () => Promise.resolve(now) } }, BOB);
const said = (): string => talk.said.at(-1)?.body ?? "";
const identity = async (): Promise<unknown> => (await documents.get(personDocument, BOB))?.identity;

it("R34 an operator sees both keys, and takes the new one for the person's with a yes", async () => {
  expect(await fault()).toMatchObject({ code: "identity-changed" });
  await talk.say(`!usher admin identity ${BOB}`);
  expect(said()).toMatch(/`first` when I first saw it\. Now it is `second`/);
  expect(await identity()).toEqual({ masterKey: "first", seen });
  await talk.say("yes");
  expect(said()).toContain("They can ask for their data again");
  expect(await identity()).toEqual({ masterKey: "second", seen: "2026-12-01" });
  expect(await fault()).toBeUndefined();
});

it("R34 what an operator did not see is not accepted", async () => {
  await talk.say(`!usher admin identity ${BOB}`);
  now = { is: "known", masterKey: "third" };
  await talk.say("yes");
  expect(said()).toContain("has changed again since I showed it to you");
  expect(await identity()).toEqual({ masterKey: "first", seen });
});

it("R34 an account without a key is accepted, and the next key that it gets is its own", async () => {
  now = { is: "none" };
  await talk.say(`!usher admin identity ${BOB}`);
  expect(said()).toContain("Now there is none.");
  await talk.say("yes");
  expect(await identity()).toEqual({ seen: "2026-12-01" });
  expect(await fault()).toBeUndefined();
});

it("R34 there is nothing to accept of who is the same, or cannot be asked about", async () => {
  now = { is: "known", masterKey: "first" };
  await talk.say(`!usher admin identity ${BOB}`);
  expect(said()).toContain("Nothing was to be accepted");
  now = { is: "unreachable" };
  await talk.say(`!usher admin identity ${BOB}`);
  expect(said()).toContain("Try again later");
});
