import { describe, expect, it } from "vitest";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { ConfigError } from "../config/problems.ts";
import { catalogueDocument } from "../store/catalogue.ts";
import { botSection } from "../kinds/bots/section.ts";
import { WidgetSection } from "../kinds/widgets/section.ts";
import { LiveCatalogue, type EntryChanges } from "./liveCatalogue.ts";

/** Usher's own widgets, as the operator changed them, and no bots. */
class TestCatalogue extends LiveCatalogue {
  readonly library: WidgetSection["library"];
  readonly bots: ReturnType<typeof botSection>["entries"];

  constructor(definitions: EntryChanges = {}) {
    const widgets = new WidgetSection(definitions);
    const bots = botSection([]);
    super([widgets, bots]);
    this.library = widgets.library;
    this.bots = bots.entries;
  }
}

const poll = {
  name: "Poll bot",
  user: "@poll:example.org",
  description: "Counts votes",
  price: "free",
  host: { by: "operator" },
};

describe("LiveCatalogue", () => {
  it("changes what is offered at once, in the same objects, and again after a start", async () => {
    const documents = memoryDocuments();
    const offer = new TestCatalogue();
    const { catalogue, library, bots } = offer;
    expect(catalogue.find("jitsi")).toBeDefined();
    await offer.change(documents, "widget", "jitsi", {
      arguments: { domain: { default: "meet.example.org" } },
    });
    await offer.change(documents, "widget", "jitsi", { enabled: false });
    await offer.change(documents, "bot", "poll", poll);
    for (const [one, other] of [[offer, { catalogue, library, bots }], await reloaded()] as const) {
      expect(other.catalogue.find("jitsi")).toBeUndefined();
      expect(other.library.get("jitsi")?.arguments["domain"]).toMatchObject({
        kind: "server",
        default: "meet.example.org",
      });
      expect(other.bots.map(({ user }) => user)).toEqual(["@poll:example.org"]);
      expect(other.catalogue.find("poll bot")?.kind).toBe("bot");
      expect(one.all().flatMap(({ entry, changed }) => (changed ? [entry.id] : []))).toEqual([
        "jitsi",
        "poll",
      ]);
    }
    async function reloaded(): Promise<readonly [TestCatalogue, TestCatalogue]> {
      const again = new TestCatalogue();
      expect(await again.load(documents)).toBe(true);
      return [again, again];
    }
    await offer.change(documents, "widget", "jitsi", undefined);
    expect(library.get("jitsi")).toEqual(new TestCatalogue().library.get("jitsi"));
    expect(catalogue.find("jitsi")).toBeDefined();
  });

  it("lays commands over the configuration", async () => {
    const configured = new TestCatalogue({ jitsi: { name: "Meet", enabled: false } });
    await configured.change(memoryDocuments(), "widget", "jitsi", { enabled: true });
    expect(configured.catalogue.find("jitsi")?.name).toBe("Meet");
  });

  const wrong: Readonly<
    Record<string, readonly ["widget" | "bot", string, Readonly<Record<string, unknown>>, RegExp]>
  > = {
    "a field that is not there": ["widget", "jitsi", { colour: "red" }, /jitsi/],
    "an address without https": ["widget", "jitsi", { url: "javascript:alert(1)" }, /url/],
    "a bot without an account": [
      "bot",
      "poll",
      { ...poll, user: "poll" },
      /poll\.user: must be a Matrix ID/,
    ],
    "a bot with a widget's id": ["bot", "jitsi", poll, /jitsi: there is already/],
    "an id that nobody can type": ["bot", "P!", poll, /id/],
    "a bot without a price": ["bot", "poll", { ...poll, price: undefined }, /price/],
  };
  it.each(Object.keys(wrong))("refuses %s, and changes nothing", async (what) => {
    const [kind, id, change, problem] = wrong[what] ?? ["bot", "", {}, /never/];
    const documents = memoryDocuments();
    const offer = new TestCatalogue();
    const before = offer.all();
    const changing = offer.change(documents, kind, id, change);
    await expect(changing).rejects.toMatchObject({ code: "catalogue-invalid" });
    const problems = await changing.catch((error: unknown) =>
      (error as { view: { problems: string[] } }).view.problems.join("\n"),
    );
    expect(problems).toMatch(problem);
    expect(offer.all()).toEqual(before);
    expect(await documents.get(catalogueDocument, "self")).toBeUndefined();
  });

  it("goes on with the configuration alone where what was stored no longer fits", async () => {
    const documents = memoryDocuments();
    await documents.update(catalogueDocument, "self", () => ({
      changes: { widget: { jitsi: { gone: 1 } } },
    }));
    const offer = new TestCatalogue();
    expect(await offer.load(documents)).toBe(false);
    expect(offer.catalogue.find("jitsi")).toBeDefined();
  });

  it("knows which kind an id is of, and no other", () => {
    const offer = new TestCatalogue();
    expect(offer.kindOf("jitsi")).toBe("widget");
    expect(() => offer.kindOf("constructor")).toThrow("catalogue-unknown");
    expect(() => new TestCatalogue({ jitsi: { colour: 1 } })).toThrow(ConfigError);
  });
});
