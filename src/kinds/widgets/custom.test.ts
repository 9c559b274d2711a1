import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EventId, UserId } from "../../kernel/ids.ts";
import { handsOver, stateUrl, URL_VARIABLES, widgetContent, widgetId } from "./custom.ts";

const cause = "$event" as EventId;

describe("stateUrl", () => {
  it("keeps the variables that clients know and encodes every other $", () => {
    expect(
      stateUrl(new URL("https://a.example/?u=$matrix_user_id&price=$5&x=$matrix_user_identity")),
    ).toBe("https://a.example/?u=$matrix_user_id&price=%245&x=%24matrix_user_identity");
  });

  it("leaves no $ that is not a known variable, whatever is typed, and stays an address", () => {
    fc.assert(
      fc.property(
        fc.webUrl({ withQueryParameters: true }),
        fc.string(),
        fc.constantFrom(...URL_VARIABLES.keys()),
        (base, text, variable) => {
          const url = new URL(base);
          url.searchParams.set("q", text);
          const written = stateUrl(new URL(`${url.href}$${text.replaceAll("#", "")}$${variable}`));
          expect(URL.canParse(written)).toBe(true);
          const rest = [...URL_VARIABLES.keys()]
            .sort((a, b) => b.length - a.length)
            .reduce((left, name) => left.replaceAll(`$${name}`, ""), written);
          expect(rest).not.toContain("$");
        },
      ),
    );
  });
});

describe("handsOver", () => {
  it("names what the address gives away, each once", () => {
    expect(
      handsOver("https://a.example/?u=$matrix_user_id&v=$matrix_user_id&r=$matrix_room_id"),
    ).toEqual(["user-id", "room-id"]);
    expect(handsOver("https://a.example/?price=%245")).toEqual([]);
  });
});

describe("widgetId", () => {
  it("is the same for the same command and another for another", () => {
    const url = new URL("https://www.pad.example.org/p/team");
    expect(widgetId(url, cause)).toBe(widgetId(url, cause));
    expect(widgetId(url, cause)).toMatch(/^example-[a-z0-9]{6}$/);
    expect(widgetId(url, "$other" as EventId)).not.toBe(widgetId(url, cause));
  });

  it("is a plain word for addresses without a name", () => {
    expect(widgetId(new URL("https://[::1]/"), cause)).toMatch(/^[a-z0-9-]+-[a-z0-9]{6}$/);
  });
});

it("a custom widget's state is exactly what clients read", () => {
  expect(
    widgetContent({
      id: "pad-1",
      type: "m.custom",
      url: "https://pad.example/",
      name: "Pad",
      creator: "@usher:hs" as UserId,
    }),
  ).toEqual({
    type: "m.custom",
    url: "https://pad.example/",
    name: "Pad",
    id: "pad-1",
    creatorUserId: "@usher:hs",
    waitForIframeLoad: true,
    data: { title: "Pad" },
  });
});
