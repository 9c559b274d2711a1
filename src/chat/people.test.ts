import { describe, expect, it } from "vitest";
import type { RoomId } from "../kernel/ids.ts";
import type { Content } from "../matrix/port.ts";
import { pages } from "./pages.ts";
import { withNames } from "./people.ts";
import { createRenderer } from "./render.ts";

const room = "!r:example.org" as RoomId;
const about = { calledAs: "!usher" };
const PILL = '<a href="https://matrix.to/#/@ann:example.org">';

function say(
  template: string,
  view: Record<string, string>,
): { readonly body: string; readonly html: string } {
  return createRenderer(new Map([["it", template]])).render({ template: "it", view }, about);
}

function members(names: Readonly<Record<string, unknown>>): {
  state: () => Promise<Content | undefined>;
} {
  return {
    state: (_room: RoomId = room, _type = "", user = "") =>
      user in names
        ? Promise.resolve({ displayname: names[user] })
        : Promise.reject(new Error("not now")),
  };
}

describe("people in answers", () => {
  it("are pills in HTML, and ids in plain text", () => {
    expect(say("<p>For {{who}}.</p>", { who: "@ann:example.org" })).toEqual({
      body: "For @ann:example.org.",
      html: `<p>For ${PILL}@ann:example.org</a>.</p>`,
    });
  });

  it("stay text where something is to be typed, and where an id is only part of the words", () => {
    const { html } = say("<p><code>remove {{who}}</code> {{words}}</p>", {
      who: "@ann:example.org",
      words: "ask @ann:example.org",
    });
    expect(html).toBe("<p><code>remove @ann:example.org</code> ask @ann:example.org</p>");
  });

  it("get the name that the room has for them, and keep their id where it has none", async () => {
    const { html } = say("<p>{{a}} {{b}} {{c}}</p>", {
      a: "@ann:example.org",
      b: "@bob:example.org",
      c: "@eve:example.org",
    });
    const named = await withNames(
      html,
      room,
      members({ "@ann:example.org": "Ann <b>", "@bob:example.org": "" }),
    );
    expect(named).toContain(`${PILL}Ann &lt;b&gt;</a>`);
    expect(named).toContain(">@bob:example.org</a>");
    expect(named).toContain(">@eve:example.org</a>");
  });

  it.each(["@bob:example.org", " @bob", 7, "\u202e", null])(
    "are not called %j, which is no name or somebody's id",
    async (name) => {
      const { html } = say("<p>{{a}}</p>", { a: "@ann:example.org" });
      expect(await withNames(html, room, members({ "@ann:example.org": name }))).toBe(html);
    },
  );

  it("are ids in the plain text of every page", async () => {
    const list = `<ul>${"<li>{{a}} {{words}}</li>".repeat(50)}</ul>`;
    const { body, html } = say(list, { a: "@ann:example.org", words: "word ".repeat(20) });
    const named = await withNames(html, room, members({ "@ann:example.org": "Ann" }));
    const all = pages({ body, html: named }, 3_000);
    expect(all.length).toBeGreaterThan(1);
    for (const page of all) {
      expect(page.body).toContain("@ann:example.org word");
      expect(page.body).not.toContain("matrix.to");
      expect(page.html).toContain(`${PILL}Ann</a>`);
    }
  });

  it.each([
    "https://matrix.to/#/%ZZ",
    "https://matrix.to/#/#room:example.org",
    "https://matrix.to/#/@ann:example.org",
  ])("are none where the address %s is shown as an address", async (url) => {
    const { body, html } = say('<p><a href="{{url}}">{{url}}</a></p>', { url });
    expect(body).toBe(url);
    expect(await withNames(html, room, members({ "@ann:example.org": "Ann" }))).toBe(html);
  });

  it("with odd names in their ids are linked and read back", () => {
    const { body, html } = say("<p>{{a}}</p>", { a: "@a/b?c&d:example.org" });
    expect(html).toContain('href="https://matrix.to/#/@a%2Fb%3Fc%26d:example.org"');
    expect(body).toBe("@a/b?c&d:example.org");
  });
});
