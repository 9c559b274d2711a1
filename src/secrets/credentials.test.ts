import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { ALL_KEPT } from "../../test/harness/allKept.ts";
import { failingDocuments, memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { refusalOf } from "../../test/harness/sentenceOf.ts";
import { CrashingFiles } from "../../test/store/crashingFiles.ts";
import { Secret } from "../config/secret.ts";
import { ManualClock } from "../kernel/clock.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import { makeStandIn } from "../privacy/erased.ts";
import { StoredDocuments } from "../rights/holdings/storedDocuments.ts";
import type { Documents } from "../store/documents.ts";
import { credentialsDocument, dataKeyDocument } from "../store/secrets.ts";
import { KeptCredentials } from "./credentials.ts";
import { DataKeys } from "./dataKeys.ts";

const ANN = "@ann:example.org" as UserId;
const BOB = "@bob:example.org" as UserId;
const ROOM = "!r:example.org" as RoomId;
const clock = new ManualClock();
const at = { person: ANN, room: ROOM, id: "poll" };

let documents: Documents;
let keys: DataKeys;
let kept: KeptCredentials;
beforeEach(async () => {
  documents = memoryDocuments();
  keys = await DataKeys.open({
    ...{ documents, clock, files: new CrashingFiles(), mode: () => 0o600 },
    ...{ path: "/secrets/ring", dataDir: "/data" },
  });
  kept = new KeptCredentials({ documents, clock, dataKeys: keys, retention: ALL_KEPT });
});

const put = (text: string, place = at): Promise<void> =>
  kept.of("bot").put({ ...place, name: "GitHub" }, new Secret(text));
const got = async (place: Partial<typeof at> = {}, kind = "bot"): Promise<string | undefined> =>
  (await kept.of(kind).get({ ...at, ...place }))?.reveal();
/** What is stored of somebody, to be moved about. */
const stored = async (person = ANN): Promise<string> => {
  const [first] = await kept.about(person);
  return first?.sealed ?? "";
};
const forge = (person: UserId, change: object): Promise<unknown> =>
  documents.update(credentialsDocument, person, ({ credentials }) => ({
    credentials: credentials.map((one) => ({ ...one, ...change })),
  }));

describe("a credential", () => {
  it("says when it was last used, to the day; one in its place has not been", async () => {
    const used = async () => (await kept.about(ANN)).map(({ usedAt }) => usedAt);
    await put("one");
    expect(await used()).toEqual([undefined]);
    await got();
    const first = clock.now();
    clock.advance(1000);
    await got();
    expect(await used()).toEqual([first]);
    clock.advance(86_400_000);
    await got();
    expect(await used()).toEqual([clock.now()]);
    await put("two");
    expect(await used()).toEqual([undefined]);
  });

  it("is not kept while unused ones cannot be deleted; what is kept is used on", async () => {
    await put("one");
    const stopped = new KeptCredentials({
      ...{ documents, clock, dataKeys: keys },
      retention: { stops: ({ id }) => id === "D5" },
    }).of("bot");
    const refused = stopped.put({ ...at, name: "GitHub" }, new Secret("two"));
    expect(await refusalOf(refused)).toContain("I have not kept what you gave me for GitHub");
    expect((await stopped.get(at))?.reveal()).toBe("one");
  });

  it("comes back as it was, whatever text it is", async () => {
    const texts = ["", "\0", "two words ", "🔑", "\ud800", "x".repeat(65_536)];
    for (const text of texts) {
      await put(text);
      expect(await got()).toBe(text);
    }
    await fc.assert(
      fc.asyncProperty(fc.uint16Array(), async (units) => {
        const text = String.fromCharCode(...units);
        await put(text);
        expect(await got()).toBe(text);
      }),
    );
    expect(await kept.about(ANN)).toHaveLength(1);
  });

  it("is its person's, its kind's, its room's and its thing's alone", async () => {
    await put("s3cr3t");
    expect(await got({ person: BOB })).toBeUndefined();
    expect(await got({ room: "!o:example.org" as RoomId })).toBeUndefined();
    expect(await got({ id: "other" })).toBeUndefined();
    expect(await got({}, "widget")).toBeUndefined();
  });

  it.each([
    ["thing", { id: "other" }, { id: "other" }, "bot"],
    ["room", { room: "!o:example.org" as RoomId }, { room: "!o:example.org" as RoomId }, "bot"],
    ["kind", { kind: "widget" }, {}, "widget"],
  ])("moved to another %s opens no more", async (_, change, place, kind) => {
    await put("s3cr3t");
    await forge(ANN, change);
    expect(await refusalOf(got(place, kind))).toContain(
      "I cannot open the credential for GitHub any more. Take it back at that service",
    );
  });

  it("moved to another person opens no more, with their data key or with the one it was sealed with", async () => {
    await put("s3cr3t");
    await put("other", { ...at, person: BOB });
    await forge(BOB, { sealed: await stored(ANN) });
    await expect(got({ person: BOB })).rejects.toMatchObject({ code: "credential-unreadable" });
    const hers = await documents.get(dataKeyDocument, ANN);
    await documents.update(dataKeyDocument, BOB, (one) => ({
      ...one,
      wrapped: hers?.wrapped ?? "",
    }));
    await expect(got({ person: BOB })).rejects.toMatchObject({ code: "data-key-unreadable" });
    expect(await got()).toBe("s3cr3t");
  });

  it("of which one sign is another opens no more", async () => {
    await put("s3cr3t");
    const whole = await stored();
    for (let place = 0; place < whole.length; place++) {
      const sign = whole[place] === "A" ? "B" : "A";
      await forge(ANN, { sealed: whole.slice(0, place) + sign + whole.slice(place + 1) });
      await expect(got()).rejects.toMatchObject({ code: "credential-unreadable" });
    }
  });

  it("stands nowhere in what is stored, nor does the key that opens it", async () => {
    await put("canary-s3cr3t");
    const text = JSON.stringify([
      await documents.get(credentialsDocument, ANN),
      await documents.get(dataKeyDocument, ANN),
    ]);
    const key = (await keys.of(ANN))?.export();
    for (const secret of [Buffer.from("canary-s3cr3t"), key ?? Buffer.alloc(0)])
      for (const form of ["latin1", "hex", "base64", "base64url"] as const)
        expect(text).not.toContain(secret.toString(form));
  });

  it("is forgotten with its thing, and the key with the last one", async () => {
    await put("one");
    await put("two", { ...at, id: "other" });
    await kept.of("widget").forget(at);
    await kept.of("bot").forget(at);
    expect(await got()).toBeUndefined();
    expect(await got({ id: "other" })).toBe("two");
    await kept.of("bot").forget({ ...at, id: "other" });
    expect(await documents.get(dataKeyDocument, ANN)).toBeUndefined();
    expect(await documents.get(credentialsDocument, ANN)).toBeUndefined();
  });

  it("that could not be kept leaves a key for nothing, whose person is named so that it goes", async () => {
    const full = failingDocuments(documents, (what) => {
      if (what === "update credentials") throw new Error("ENOSPC");
    });
    const failing = new KeptCredentials({
      documents: full,
      clock,
      dataKeys: keys,
      retention: ALL_KEPT,
    });
    const place = { ...at, name: "GitHub" };
    await expect(failing.of("bot").put(place, new Secret("s"))).rejects.toThrow("ENOSPC");
    const people: UserId[] = [];
    for await (const person of kept.people()) people.push(person);
    expect(people).toEqual([ANN]);
    await kept.forget(ANN, () => false);
    expect(await documents.get(dataKeyDocument, ANN)).toBeUndefined();
  });

  it("put while the last other one is forgotten keeps its key", async () => {
    await put("one");
    await Promise.all([kept.of("bot").forget(at), put("two", { ...at, id: "other" })]);
    expect(await got({ id: "other" })).toBe("two");
    await Promise.all([put("three"), kept.of("bot").forget({ ...at, id: "other" })]);
    expect(await got()).toBe("three");
  });

  it("R36 is gone after an erasure: not even an older copy of it opens with the keys that are left", async () => {
    await put("s3cr3t");
    await put("other", { ...at, person: BOB });
    const backup = await documents.get(credentialsDocument, ANN);
    await new StoredDocuments(documents).erase({ person: ANN, standIn: makeStandIn() }, {});
    expect(await documents.get(dataKeyDocument, ANN)).toBeUndefined();
    expect(await documents.get(credentialsDocument, ANN)).toBeUndefined();
    await documents.update(credentialsDocument, ANN, (empty) => backup ?? empty);
    await expect(got()).rejects.toMatchObject({ code: "credential-unreadable" });
    // Nor once they have a new key, because they came back.
    await put("new", { ...at, id: "other" });
    await expect(got()).rejects.toMatchObject({ code: "credential-unreadable" });
    expect(await got({ id: "other" })).toBe("new");
    expect(await got({ person: BOB })).toBe("other");
  });

  it("R34 is told of with what it is for and since when, and never shown", async () => {
    await put("s3cr3t");
    const told: unknown[] = [];
    for await (const { record, handedOut } of new StoredDocuments(documents).about(ANN))
      told.push([record.id, handedOut]);
    expect(told).toContainEqual([
      "D5",
      { person: ANN, kind: "bot", room: ROOM, id: "poll", name: "GitHub", at: clock.now() },
    ]);
    expect(told).toContainEqual(["D6", { person: ANN, at: clock.now() }]);
    expect(told).toHaveLength(2);
  });
});
