import { describe, expect, it } from "vitest";
import { SECTION } from "./config.ts";
import { sentences } from "../../config/problems.ts";

const poll = {
  id: "poll",
  name: "Poll bot",
  user: "@poll:example.org",
  description: "Asks questions",
  price: "free",
  host: { by: "operator" },
} as const;

/** What is said about a catalogue of these entries. */
function said(...entries: readonly object[]): readonly string[] {
  const { error } = SECTION.schema.safeParse({ catalogue: entries });
  const issues = error?.issues.map((issue) => ({ ...issue, path: ["bots", ...issue.path] })) ?? [];
  return sentences({ issues } as never, { bots: { catalogue: entries } }, []);
}

describe("the section bots", () => {
  it("fills in what is usual: an entry is offered, asks for no power, says nothing and is kicked", () => {
    expect(SECTION.schema.parse(undefined)).toEqual({ joinSeconds: 20, catalogue: [] });
    expect(SECTION.schema.parse({ catalogue: [poll] }).catalogue).toEqual([
      { ...poll, enabled: true, level: 0 },
    ]);
  });

  it("R13: refuses an entry without its price", () => {
    const { price: _price, ...rest } = poll;
    expect(said(rest)).toEqual(['bots.catalogue[0].price must be one of "free", "paid", "mixed".']);
  });

  it("R17, R57, R62: refuses an entry that does not say who runs it, or whose policy applies", () => {
    const { host: _host, ...rest } = poll;
    expect(said(rest)[0]).toMatch(/^bots\.catalogue\[0\]\.host /);
    expect(said({ ...poll, host: { by: "third-party", who: "Example Bots" } })[0]).toMatch(
      /^bots\.catalogue\[0\]\.host\.policy /,
    );
    expect(
      said({
        ...poll,
        host: { by: "third-party", who: "Example Bots", policy: "http://bots.example.org" },
      }),
    ).toEqual(["bots.catalogue[0].host.policy must be an address that begins with https://."]);
  });

  it("says where an entry is wrong, and what was meant by a name that is none", () => {
    expect(said(poll, { ...poll, id: "two", user: "poll", level: 50.5 })).toEqual([
      "bots.catalogue[1].user must be a Matrix ID such as @name:example.org.",
      "bots.catalogue[1].level must be a whole number.",
    ]);
    expect(said({ ...poll, firstWord: "!poll" })).toEqual([
      "bots.catalogue[0].firstWord is not a setting. Did you mean bots.catalogue[0].firstWords?",
    ]);
    expect(said({ ...poll, leaveWords: " " })).toEqual([
      "bots.catalogue[0].leaveWords must be a text.",
    ]);
  });

  it("refuses two entries with one id or one account", () => {
    expect(said(poll, { ...poll, user: "@other:example.org" }, { ...poll, id: "third" })).toEqual([
      "bots.catalogue[1].id must be another than that of bots.catalogue[0].",
      "bots.catalogue[2].user must be another than that of bots.catalogue[0].",
    ]);
  });

  it("R46: has no place for a bot's password or token", () => {
    expect(said({ ...poll, accessToken: "secret" })[0]).toContain(
      "bots.catalogue[0].accessToken is not a setting.",
    );
  });
});
