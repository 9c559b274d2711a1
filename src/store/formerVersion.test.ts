import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
// The kinds have their parts in rooms' documents.
import "../kinds/index.ts";
import { accountDocument } from "./account.ts";
import { auditDocument } from "./audit.ts";
import { beginningDocument } from "./beginning.ts";
import { catalogueDocument } from "./catalogue.ts";
import { peopleIn, type DocumentType } from "./documents.ts";
import { openEnvelope, parseEnvelope, type Envelope } from "./envelope.ts";
import { restrictionDocument } from "./restrictions.ts";
import { roomDocument } from "./room.ts";
import { credentialsDocument } from "./secrets.ts";

/** As Usher wrote it before documents had `held` fields, with every field that there was; never to be written again. */
function stored(kind: string): Envelope {
  const envelope = parseEnvelope(
    readFileSync(new URL(`../../test/fixtures/documents/${kind}.json`, import.meta.url), "utf8"),
  );
  if (typeof envelope === "string") throw new Error(envelope);
  return envelope;
}

/** Whom it is about, by the first part of their ids; and whether it is as it was, but for what another version has otherwise. */
function opened<T extends object>(
  type: DocumentType<T>,
  otherwise: object = {},
): { readonly same: boolean; readonly people: string } {
  const envelope = stored(type.kind);
  const found = openEnvelope(type, envelope);
  if (!found.ok) throw new Error(found.reason);
  const people = [...peopleIn(type, found.document)].map((id) => id.slice(1, id.indexOf(":")));
  return {
    same: isDeepStrictEqual(found.document, { ...(envelope.document as object), ...otherwise }),
    people: people.toSorted().join(" "),
  };
}

describe("documents of a data directory from before", () => {
  it("open unchanged, and everybody in them is found", () => {
    // What was half done stands in a list of its own since.
    const bot = { id: "poll", user: "@poll:e.org", cause: "$b:e.org", level: 50 };
    const halfDone = { deed: "add-bot", name: bot.user, state: "doing", results: {} };
    const otherwise = {
      bots: [{ ...bot, addedBy: "@jon:e.org", addedAt: 13 }],
      setUps: [{ ...bot, ...halfDone, step: "join", person: "@jon:e.org", at: 13 }],
    };
    expect(opened(roomDocument, otherwise)).toEqual({
      same: true,
      // Usher itself stands in a widget's state as its creator.
      people: "ann bob carol dan eve fay gil hal ida jon kim poll usher",
    });
    expect(opened(auditDocument)).toEqual({ same: true, people: "lea olga" });
    expect(opened(accountDocument)).toEqual({ same: true, people: "" });
    expect(opened(restrictionDocument)).toEqual({ same: true, people: "ann" });
    expect(opened(beginningDocument)).toEqual({ same: true, people: "" });
    // Its lists have other names since.
    expect(opened(catalogueDocument)).toEqual({ same: false, people: "" });
  });

  it("say how far a bot's set-up had come, as all set-ups do now", () => {
    const file = new URL("../../test/fixtures/roomOfVersion3.json", import.meta.url);
    const text = readFileSync(file, "utf8")
      .replaceAll("<ROOM>", "!r:e.org")
      .replaceAll(/<(ANN|USHER|LATE|SLOW)>/g, (_, name: string) => `@${name.toLowerCase()}:e.org`)
      .replaceAll(/<(LATE|SLOW)_ID>/g, (_, name: string) => name.toLowerCase());
    const envelope = parseEnvelope(text);
    if (typeof envelope === "string") throw new Error(envelope);
    const found = openEnvelope(roomDocument, envelope);
    if (!found.ok) throw new Error(found.reason);
    const { setUps, bots } = found.document;
    expect(setUps).toMatchObject([
      { id: "late", user: "@late:e.org", step: "join", person: "@ann:e.org", level: 20 },
      { id: "slow", user: "@slow:e.org", step: "invite", person: "@ann:e.org", level: 30 },
    ]);
    expect(JSON.stringify(bots)).not.toContain("step");
    expect([...peopleIn(roomDocument, found.document)]).toContain("@late:e.org");
  });

  it("know nothing of since when a set-up waits: that counts from the first look", () => {
    const file = new URL("../../test/fixtures/roomOfVersion4.json", import.meta.url);
    const envelope = parseEnvelope(readFileSync(file, "utf8"));
    if (typeof envelope === "string") throw new Error(envelope);
    const found = openEnvelope(roomDocument, envelope);
    expect(found).toMatchObject({ ok: true, oldVersion: 4, document: envelope.document as object });
  });

  it("know who added what, which they need not since version 6", () => {
    const { id } = stored("room");
    const addedBy = "@ann:e.org";
    const widgets = [{ id: "w", url: "u", name: "n", addedBy, addedAt: 1, cause: "$c" }];
    const of = { id, document: { id, handled: [], pending: [], journal: [], widgets } };
    expect(openEnvelope(roomDocument, { version: 5, ...of })).toMatchObject({
      oldVersion: 5,
      document: { widgets },
    });
    const [{ addedBy: _, ...nameless } = {}] = widgets;
    const left = { id, document: { ...of.document, widgets: [nameless] } };
    expect(openEnvelope(roomDocument, { version: 6, ...left }).ok).toBe(true);
  });

  it("say nothing of what a bridge changed, which its link tells since version 7", () => {
    const { id } = stored("room");
    const power = { before: null, given: 50 };
    const place = { id: "irc-k2m4q", entry: "irc", bot: "@irc:e.org", channel: "#c", name: "#c" };
    const bridges = [{ ...place, addedAt: 1, cause: "$c", power }];
    const document = { id, handled: [], pending: [], journal: [], bridges };
    expect(openEnvelope(roomDocument, { version: 6, id, document })).toMatchObject({
      oldVersion: 6,
      document: { bridges },
    });
    const had = [{ type: "m.room.name", content: { name: "Ours" } }];
    const lowered = [{ of: "m.bridge", before: null, given: 0 }];
    const more = { ...document, bridges: bridges.map((one) => ({ ...one, had, lowered })) };
    expect(openEnvelope(roomDocument, { version: 7, id, document: more }).ok).toBe(true);
    const latest = { ...more, bridges: more.bridges.map((one) => ({ ...one, wasHere: true })) };
    expect(openEnvelope(roomDocument, { version: 10, id, document: latest }).ok).toBe(true);
  });

  it("do not know when a credential was last used, which they may since version 2", () => {
    const person = "@ann:e.org";
    const one = { person, kind: "bot", id: "poll", name: "GitHub", at: 1, sealed: "v1.a" };
    const of = { id: person, document: { credentials: [one] } };
    expect(openEnvelope(credentialsDocument, { version: 1, ...of })).toMatchObject({
      oldVersion: 1,
      document: { credentials: [one] },
    });
    const used = { id: person, document: { credentials: [{ ...one, usedAt: 2 }] } };
    expect(openEnvelope(credentialsDocument, { version: 2, ...used }).ok).toBe(true);
  });

  it("say nothing of described commands, which they may since version 8", () => {
    const { id } = stored("room");
    const document = { id, handled: [], pending: [], journal: [] };
    expect(openEnvelope(roomDocument, { version: 7, id, document })).toMatchObject({
      oldVersion: 7,
      document,
    });
    const told = { ...document, described: "abc" };
    expect(openEnvelope(roomDocument, { version: 8, id, document: told }).ok).toBe(true);
  });

  it("owe what they owed, by the name that the sentence has now", () => {
    const { version, id, document } = stored("room");
    const owed = [{ template: "upgrade-carried", view: {}, cause: "$c", step: "s", until: 1 }];
    const found = openEnvelope(roomDocument, {
      version,
      id,
      document: { ...(document as object), owed },
    });
    expect(found).toMatchObject({ document: { owed: [{ template: "upgrade/carried" }] } });
  });
});
