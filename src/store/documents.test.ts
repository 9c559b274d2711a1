import { describe, expect, it } from "vitest";
import { z } from "zod";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { userId } from "../kernel/idSchemas.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import { held, person } from "../privacy/fields.ts";
import { ACCOUNT } from "../privacy/records/account.ts";
import { JOURNAL } from "../privacy/records/commands.ts";
import { WIDGETS } from "../kinds/widgets/dataMap.ts";
// Widgets have their part in a room's document.
import "../kinds/widgets/records.ts";
import {
  defineDocument,
  definedDocuments,
  itemsAbout,
  peopleIn,
  type DocumentType,
} from "./documents.ts";
import { roomDocument } from "./room.ts";

const ann = "@ann:example.org" as UserId;
const bob = "@bob:example.org" as UserId;
const event = "$e" as EventId;

const one = { version: 1, empty: () => ({ words: "" }), migrations: {} };

describe("a kind of stored document", () => {
  it("is known whether its file exports it or not: whoever stores a person's words is in the data map", () => {
    defineDocument({ kind: "diary", ...one, shape: { words: held(JOURNAL, z.string()) } });
    const found = definedDocuments().find(({ kind }) => kind === "diary");
    expect([...(found?.records ?? [])]).toEqual([["words", JOURNAL]]);
  });

  it("does not compile where a field is in no record, nor where it is not made by defineDocument", async () => {
    const made = defineDocument({
      kind: "words",
      ...one,
      shape: { words: held(ACCOUNT, z.string()) },
    });
    // @ts-expect-error -- a field that is in no record
    expect(() => defineDocument({ kind: "loose", ...one, shape: { words: z.string() } })).toThrow(
      TypeError,
    );
    // @ts-expect-error -- an object that merely looks like a document type
    const forged: DocumentType<{ words: string }> = { ...made };
    await expect(memoryDocuments().get(forged, "a")).resolves.toBeUndefined();
  });

  it("cannot be made with an id of a user that nobody says anything about, however deep", () => {
    const widget = z.strictObject({ id: z.string(), addedBy: userId });
    const shape = { widgets: held(WIDGETS, z.array(widget).optional()) };
    expect(() =>
      defineDocument({ kind: "room", version: 1, shape, empty: () => ({}), migrations: {} }),
    ).toThrow(/"room" cannot be stored: room\.widgets\[\]\.addedBy is a Matrix ID of a user/);
  });

  it("cannot be made without a migration from each older version", () => {
    const shape = { words: held(ACCOUNT, z.string()) };
    expect(() =>
      defineDocument({ kind: "words", ...one, version: 3, shape, migrations: { 1: (old) => old } }),
    ).toThrow("from version 2");
  });

  it("cannot be stored by a test with somebody's id as a mere string", async () => {
    const type = defineDocument({
      kind: "forgotten",
      ...one,
      shape: { words: held(ACCOUNT, z.string()) },
    });
    await expect(memoryDocuments().update(type, "a", () => ({ words: ann }))).rejects.toThrow(
      "forgotten.words holds somebody's id",
    );
  });
});

describe("what of a document is about a person", () => {
  const document = {
    ...roomDocument.empty("!r:example.org"),
    inviter: ann,
    widgets: [
      {
        id: "pad",
        url: "https://pad.example.org",
        name: "Pad",
        addedBy: bob,
        addedAt: 0,
        cause: event,
      },
    ],
    journal: [{ event, person: ann, calledAs: "!usher", line: "list", at: 0, replyTo: event }],
    changes: [
      {
        ...{
          cause: event,
          person: ann,
          at: 0,
          id: "pad",
          name: "Pad",
          deed: "add" as const,
          recordBefore: null,
          recordAfter: null,
        },
        state: {
          type: "im.vector.modular.widgets",
          key: "pad",
          before: null,
          after: { creatorUserId: bob },
        },
      },
    ],
    upgrade: { to: "!new:example.org" as RoomId, event, by: bob, state: "found" as const },
  };

  it("is everybody in it", () => {
    expect([...peopleIn(roomDocument, document)].toSorted()).toEqual([ann, bob]);
  });

  it("R34 is told thing by thing, each with its record, and nothing of others in it", () => {
    const about = (who: UserId): readonly (readonly unknown[])[] =>
      itemsAbout(roomDocument, document, who).map(({ record, entry, handedOut }) => [
        record.id,
        entry?.join("."),
        handedOut,
      ]);
    expect(about(ann)).toEqual([
      ["D2", undefined, { inviter: ann }],
      [
        "D11",
        "journal.0",
        { event, person: ann, calledAs: "!usher", line: "list", at: 0, replyTo: event },
      ],
      [
        "D7-undo",
        "changes.0",
        {
          ...{ cause: event, person: ann, at: 0, id: "pad", name: "Pad", deed: "add" },
          ...{ recordBefore: null, recordAfter: null },
          state: { type: "im.vector.modular.widgets", key: "pad", before: null },
        },
      ],
    ]);
    expect(about(bob)).toEqual([
      [
        "D2-upgrade",
        undefined,
        { upgrade: { to: "!new:example.org", event, by: bob, state: "found" } },
      ],
      [
        "D7",
        "widgets.0",
        {
          id: "pad",
          url: "https://pad.example.org",
          name: "Pad",
          addedBy: bob,
          addedAt: 0,
          cause: event,
        },
      ],
      [
        "D7-undo",
        "changes.0",
        {
          person: "somebody else",
          at: 0,
          deed: "add",
          state: { before: null },
          recordBefore: null,
          recordAfter: null,
        },
      ],
    ]);
    expect(about("@eve:example.org" as UserId)).toEqual([]);
  });

  it("is found by the store", async () => {
    const documents = memoryDocuments();
    const type = defineDocument({
      kind: "liked",
      version: 1,
      shape: { by: held(ACCOUNT, z.array(person(userId))) },
      empty: () => ({ by: [] }),
      migrations: {},
    });
    await documents.update(type, "a", () => ({ by: [ann] }));
    const found: string[] = [];
    for await (const { id } of documents.aboutPerson(type, ann)) found.push(id);
    for await (const { id } of documents.aboutPerson(type, bob)) found.push(id);
    expect(found).toEqual(["a"]);
  });
});
