import { describe, expect, it } from "vitest";
import { Catalogue, type CatalogueEntry } from "./catalogue.ts";

function entry(id: string, more: Partial<CatalogueEntry> = {}): CatalogueEntry {
  const name = id[0]?.toUpperCase() + id.slice(1);
  return {
    kind: "widget",
    id,
    name,
    description: `About ${id}`,
    price: "free",
    host: { by: "address" },
    enabled: true,
    ...more,
  };
}

const kinds = [
  { kind: "widget", plural: "widgets" },
  { kind: "bot", plural: "bots" },
];

const catalogue = new Catalogue(
  [
    entry("poll", { kind: "bot", description: "Asks questions" }),
    entry("etherpad", { description: "Write a text together" }),
    entry("custom"),
    entry("secret", { enabled: false }),
  ],
  kinds,
);

describe("Catalogue", () => {
  it("finds an entry by its id or name, whatever the case", () => {
    expect(catalogue.find("Etherpad")?.id).toBe("etherpad");
    expect(catalogue.find("ETHERPAD")?.id).toBe("etherpad");
    expect(catalogue.find("pad")).toBeUndefined();
  });

  it("guesses what was meant", () => {
    expect(catalogue.nearest("ehterpad")).toBe("etherpad");
    expect(catalogue.nearest("zzz")).toBeUndefined();
  });

  it("neither finds, guesses nor lists what is disabled", () => {
    expect(catalogue.find("secret")).toBeUndefined();
    expect(catalogue.nearest("secrt")).toBeUndefined();
    expect(catalogue.browse().map(({ id }) => id)).not.toContain("secret");
  });

  it("lists by kind and name, of one kind, and with a word anywhere in what they say", () => {
    expect(catalogue.browse().map(({ id }) => id)).toEqual(["custom", "etherpad", "poll"]);
    expect(catalogue.browse({ kind: "bot" }).map(({ id }) => id)).toEqual(["poll"]);
    expect(catalogue.browse({ word: "TEXT" }).map(({ id }) => id)).toEqual(["etherpad"]);
    expect(catalogue.browse({ kind: "bot", word: "text" })).toEqual([]);
  });

  it("refuses two entries of one id, whatever their kinds", () => {
    expect(() => new Catalogue([entry("poll"), entry("poll", { kind: "bot" })], kinds)).toThrow(
      '"poll"',
    );
  });
});
