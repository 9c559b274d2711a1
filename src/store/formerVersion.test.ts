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
import { roomDocument } from "./room.ts";

/** As Usher wrote it before documents had `held` fields, with every field that there was; never to be written again. */
function stored(kind: string): Envelope {
  const envelope = parseEnvelope(
    readFileSync(new URL(`../../test/fixtures/documents/${kind}.json`, import.meta.url), "utf8"),
  );
  if (typeof envelope === "string") throw new Error(envelope);
  return envelope;
}

/** Whom it is about, by the first part of their ids. */
function opened<T extends object>(
  type: DocumentType<T>,
): { readonly same: boolean; readonly people: string } {
  const envelope = stored(type.kind);
  const found = openEnvelope(type, envelope);
  if (!found.ok) throw new Error(found.reason);
  const people = [...peopleIn(type, found.document)].map((id) => id.slice(1, id.indexOf(":")));
  return {
    same: isDeepStrictEqual(found.document, envelope.document),
    people: people.toSorted().join(" "),
  };
}

describe("documents of a data directory from before", () => {
  it("open unchanged, and everybody in them is found", () => {
    expect(opened(roomDocument)).toEqual({
      same: true,
      // Usher itself stands in a widget's state as its creator.
      people: "ann bob carol dan eve fay gil hal ida jon kim poll usher",
    });
    expect(opened(auditDocument)).toEqual({ same: true, people: "lea olga" });
    expect(opened(accountDocument)).toEqual({ same: true, people: "" });
    expect(opened(beginningDocument)).toEqual({ same: true, people: "" });
    // Its lists have other names since.
    expect(opened(catalogueDocument)).toEqual({ same: false, people: "" });
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
