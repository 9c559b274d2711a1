import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { userId } from "../../src/kernel/idSchemas.ts";
import type { UserId } from "../../src/kernel/ids.ts";
import { held, person } from "../../src/privacy/fields.ts";
import { ACCOUNT } from "../../src/privacy/records/account.ts";
import { defineDocument, type DocumentOf, type Documents } from "../../src/store/documents.ts";

/** A fresh, empty store. */
export interface DocumentsUnderTest {
  readonly documents: Documents;
  /** Closes it and opens it again on what is stored. */
  reopen(): Promise<Documents>;
  /** The kinds of the documents that were put aside so far, in order. */
  readonly quarantined: readonly string[];
  /** Closes it and removes everything. */
  end(): Promise<void>;
}

const noteShape = {
  text: held(ACCOUNT, z.string()),
  count: held(ACCOUNT, z.number()),
  people: held(ACCOUNT, z.array(person(userId))),
};

function noteType(kind: string) {
  return defineDocument({
    kind,
    version: 1,
    shape: noteShape,
    empty: () => ({ text: "", count: 0, people: [] }),
    migrations: {},
  });
}
const note = noteType("note");
type Note = DocumentOf<typeof note>;

/** The same kind in its third version: the text has become a title, and there is a colour. */
const titled = (old: unknown): unknown => ({ title: (old as Note).text });
const asItIs = (old: unknown): unknown => old;
const cardDefinition = {
  kind: "note",
  version: 3,
  shape: { title: held(ACCOUNT, z.string()), colour: held(ACCOUNT, z.string()) },
  empty: () => ({ title: "", colour: "white" }),
  migrations: { 1: titled, 2: (old: unknown): unknown => ({ ...(old as object), colour: "grey" }) },
};
const card = defineDocument(cardDefinition);

async function all<T>(documents: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of documents) found.push(one);
  return found;
}

const say =
  (text: string) =>
  (current: Note): Note => ({ ...current, text });
const countUp = (current: Note): Note => ({ ...current, count: current.count + 1 });

/** What every store of documents does. */
export function documentsContract(name: string, open: () => Promise<DocumentsUnderTest>): void {
  describe(`${name} keeps the contract of Documents`, () => {
    let store: DocumentsUnderTest;
    let documents: Documents;
    beforeEach(async () => {
      store = await open();
      documents = store.documents;
    });
    afterEach(async () => {
      await store.end();
    });

    it("has nothing at first", async () => {
      expect(await documents.get(note, "!a:x")).toBeUndefined();
      expect(await documents.delete(note, "!a:x")).toBe(false);
      expect(await all(documents.scan(note))).toEqual([]);
      expect(await all(documents.aboutPerson(note, "@a:x" as UserId))).toEqual([]);
    });

    it("begins with the empty document, tells what is stored, and keeps it", async () => {
      expect(await documents.update(note, "!a:x", countUp)).toEqual({
        text: "",
        count: 1,
        people: [],
      });
      expect(await documents.update(note, "!a:x", say("hello"))).toEqual({
        text: "hello",
        count: 1,
        people: [],
      });
      expect(await documents.get(note, "!a:x")).toEqual({ text: "hello", count: 1, people: [] });
      documents = await store.reopen();
      expect(await documents.get(note, "!a:x")).toEqual({ text: "hello", count: 1, people: [] });
    });

    it("takes any text as id and in documents", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.string({ unit: "binary", maxLength: 300 }),
          fc.string({ unit: "grapheme" }),
          async (id, text) => {
            await documents.update(note, id, say(text));
            expect((await documents.get(note, id))?.text).toBe(text);
          },
        ),
        {
          numRuns: 50,
          examples: [
            ["../../etc/passwd", ""],
            ["", "\u0000"],
            ["@a/b:x", "\u2028"],
            ["constructor", "__proto__"],
          ],
        },
      );
    });

    it("keeps kinds and ids apart", async () => {
      const other = noteType("other");
      await documents.update(note, "a", say("note a"));
      await documents.update(note, "A", say("note A"));
      await documents.update(other, "a", say("other a"));
      expect(await documents.delete(note, "a")).toBe(true);
      expect(await documents.get(other, "a")).toMatchObject({ text: "other a" });
      expect(await all(documents.scan(note))).toMatchObject([
        { id: "A", document: { text: "note A" } },
      ]);
    });

    it("writes nothing when the change returns what it was given", async () => {
      const empty = await documents.update(note, "a", (current) => current);
      expect(empty).toEqual({ text: "", count: 0, people: [] });
      expect(await documents.get(note, "a")).toBeUndefined();
      const stored = await documents.update(note, "a", say("x"));
      expect(await documents.update(note, "a", (current) => current)).toEqual(stored);
    });

    it("cannot be changed through what it gave", async () => {
      await documents.update(note, "a", (current) => ({ ...current, people: ["@a:x" as UserId] }));
      const change = (got: Note | undefined): void => {
        (got?.people as string[] | undefined)?.push("@b:x");
      };
      const changes = [
        async () => {
          change(await documents.get(note, "a"));
        },
        async () => {
          for await (const { document } of documents.scan(note)) change(document);
        },
        async () => {
          await documents.update(note, "a", (current) => {
            change(current);
            return current;
          });
        },
      ];
      for (const attempt of changes) {
        await expect(attempt()).rejects.toThrow(TypeError);
        expect((await documents.get(note, "a"))?.people).toEqual(["@a:x"]);
      }
    });

    it("does not notice what is done later to what it was given", async () => {
      const people = ["@a:x"];
      await documents.update(note, "a", (current) => ({ ...current, people: people as UserId[] }));
      people.push("@b:x");
      expect((await documents.get(note, "a"))?.people).toEqual(["@a:x"]);
    });

    it("stays as it was when a change fails, and goes on", async () => {
      await documents.update(note, "a", say("x"));
      const failing = documents.update(note, "a", () => {
        throw new RangeError("no");
      });
      const wrong = documents.update(note, "a", (current) => ({
        ...current,
        text: 1 as unknown as string,
      }));
      const asynchronous = documents.update(note, "a", (async (current: Note) =>
        Promise.resolve(current)) as unknown as (current: Note) => Note);
      const after = documents.update(note, "a", countUp);
      await expect(failing).rejects.toThrow(RangeError);
      await expect(wrong).rejects.toThrow("does not fit its schema");
      await expect(asynchronous).rejects.toThrow("must not be asynchronous");
      expect(await after).toEqual({ text: "x", count: 1, people: [] });
    });

    it("loses none of many changes to one document at once", async () => {
      await Promise.all(Array.from({ length: 50 }, () => documents.update(note, "a", countUp)));
      expect((await documents.get(note, "a"))?.count).toBe(50);
    });

    it("changes many documents at once", async () => {
      const ids = Array.from({ length: 50 }, (_, index) => `!${String(index)}:x`);
      await Promise.all(ids.map((id) => documents.update(note, id, say(id))));
      documents = await store.reopen();
      const found = await all(documents.scan(note));
      expect(found.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
      expect(found.every(({ id, document }) => document.text === id)).toBe(true);
    });

    it("gives a reader the document before or after a change, never later an older one", async () => {
      await documents.update(note, "a", countUp);
      const writing = Promise.all(
        Array.from({ length: 20 }, () => documents.update(note, "a", countUp)),
      );
      let last = 1;
      while (last < 21) {
        // A store may answer from memory: the writers need their turn.
        await new Promise((resolve) => setImmediate(resolve));
        const count = (await documents.get(note, "a"))?.count ?? 0;
        expect(count).toBeGreaterThanOrEqual(last);
        last = count;
      }
      await writing;
    });

    it("deletes in its turn, and begins anew after it", async () => {
      const [, deleted, after, again] = await Promise.all([
        documents.update(note, "a", say("x")),
        documents.delete(note, "a"),
        documents.update(note, "a", countUp),
        documents.delete(note, "b"),
      ]);
      expect(deleted).toBe(true);
      expect(again).toBe(false);
      expect(after).toEqual({ text: "", count: 1, people: [] });
      expect(await documents.delete(note, "a")).toBe(true);
      documents = await store.reopen();
      expect(await documents.get(note, "a")).toBeUndefined();
    });

    it("scans while others change, add and delete: whatever stays comes exactly once", async () => {
      const ids = Array.from({ length: 40 }, (_, index) => `!${String(index)}:x`);
      await Promise.all(ids.map((id) => documents.update(note, id, say("x"))));
      const leaving = new Set(ids.slice(0, 10));
      const seen: string[] = [];
      let left = ids.length;
      for await (const { id, document } of documents.scan(note)) {
        seen.push(id);
        expect(document.text).toBe("x");
        await documents.update(note, id, countUp);
        const [next] = leaving;
        if (next === undefined) continue;
        leaving.delete(next);
        await documents.delete(note, next);
        await documents.update(note, `${next} new`, say("x"));
        left--;
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual(expect.arrayContaining(ids.slice(10)));
      expect((await all(documents.scan(note))).length).toBe(left + 10);
    });

    it("scans what is there when its turn comes, as it is then, also where it was read ahead", async () => {
      const ids = Array.from({ length: 240 }, (_, index) => `!${String(index)}:x`);
      await Promise.all(ids.map((id) => documents.update(note, id, say("then"))));
      const order = (await all(documents.scan(note))).map(({ id }) => id);
      // Of every three that follow each other, the first deletes the second and changes the third.
      const found: string[] = [];
      for await (const { id, document } of documents.scan(note)) {
        found.push(`${id} ${document.text}`);
        const at = order.indexOf(id);
        const [second, third] = order.slice(at + 1, at + 3);
        if (at % 3 !== 0 || second === undefined || third === undefined) continue;
        await documents.delete(note, second);
        await documents.update(note, third, say("now"));
      }
      expect(found).toEqual(
        order.flatMap((id, at) => (at % 3 === 1 ? [] : [`${id} ${at % 3 === 0 ? "then" : "now"}`])),
      );
    });

    it("finds what is about a person", async () => {
      const about = (...people: string[]) =>
        documents.update(note, people.join(), (current) => ({
          ...current,
          people: people as UserId[],
        }));
      await Promise.all([
        about("@a:x"),
        about("@a:x", "@b:x"),
        about("@b:x"),
        about("@a:xy"),
        about(),
      ]);
      const found = await all(documents.aboutPerson(note, "@a:x" as UserId));
      expect(found.map(({ id }) => id).toSorted()).toEqual(["@a:x", "@a:x,@b:x"]);
    });

    it("brings older documents to the present version, once", async () => {
      await documents.update(note, "a", say("hello"));
      documents = await store.reopen();
      expect(await documents.get(card, "a")).toEqual({ title: "hello", colour: "grey" });
      await documents.update(card, "a", (current) => ({ ...current, colour: "red" }));
      documents = await store.reopen();
      expect(await all(documents.scan(card))).toEqual([
        { id: "a", document: { title: "hello", colour: "red" } },
      ]);
      expect(store.quarantined).toEqual([]);
    });

    describe("puts aside what it cannot read, and nothing else", () => {
      const failing: Readonly<Record<string, typeof card>> = {
        "a migration throws": defineDocument({
          ...cardDefinition,
          migrations: { 1: (): never => expect.fail("no"), 2: asItIs },
        }),
        "a migration makes something else": defineDocument({
          ...cardDefinition,
          migrations: { 1: asItIs, 2: asItIs },
        }),
        "it is not of its schema": defineDocument({ ...cardDefinition, version: 1 }),
      };
      it.each(Object.keys(failing))("because %s", async (reason) => {
        const type = failing[reason] ?? card;
        await documents.update(note, "a", say("x"));
        await documents.update(noteType("other"), "a", say("x"));
        documents = await store.reopen();
        expect(await documents.get(type, "a")).toBeUndefined();
        expect(store.quarantined).toEqual(["note"]);
        const counts = [type, noteType("other")].flatMap((one) => [
          documents.countPutAside<object>(one),
          documents.countPutAside<object>(one, "a"),
          documents.countPutAside<object>(one, "b"),
        ]);
        expect(await Promise.all(counts)).toEqual([1, 1, 0, 0, 0, 0]);
        expect(
          await documents.update(type, "a", (current) => ({ ...current, title: "anew" })),
        ).toEqual({ title: "anew", colour: "white" });
        documents = await store.reopen();
        expect(await all(documents.scan(type))).toHaveLength(1);
        expect(await documents.get(noteType("other"), "a")).toMatchObject({ text: "x" });
        expect(store.quarantined).toEqual(["note"]);
      });
    });

    it("leaves a document of a newer version as it is, and refuses to read it", async () => {
      await documents.update(card, "a", (current) => ({ ...current, title: "x" }));
      documents = await store.reopen();
      const readings = [
        () => documents.get(note, "a"),
        () => documents.update(note, "a", say("y")),
        () => all(documents.scan(note)),
      ];
      for (const reading of readings)
        await expect(reading()).rejects.toMatchObject({
          code: "data-directory-newer",
          view: { kind: "note", version: 3, known: 1 },
        });
      expect(store.quarantined).toEqual([]);
      expect(await documents.get(card, "a")).toMatchObject({ title: "x" });
    });

    it("finishes what runs before it closes, and takes nothing after", async () => {
      const writing = documents.update(note, "a", say("x"));
      await documents.close();
      expect(await writing).toMatchObject({ text: "x" });
      await expect(documents.update(note, "a", say("y"))).rejects.toThrow("closed");
      await expect(documents.get(note, "b")).rejects.toThrow("closed");
      documents = await store.reopen();
      expect(await documents.get(note, "a")).toMatchObject({ text: "x" });
    });
  });
}
