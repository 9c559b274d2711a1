import { describe, expect, it } from "vitest";
import { ConfigError } from "../../config/problems.ts";
import type { EventId, RoomId } from "../../kernel/ids.ts";
import { openLibrary, type DefinitionChanges } from "./library.ts";
import { hostOf } from "./resolve.ts";

const circumstances = { room: "!room:example.org" as RoomId, cause: "$cause" as EventId };

const board = {
  name: "Board",
  description: "A board",
  price: "free",
  host: { by: "operator" },
  type: "m.custom",
  arguments: { board: { kind: "text", help: "its name", default: "{letters}" } },
  main: "board",
  url: "https://board.example.org/{board}",
  recognise: [{ hosts: ["board.example.org"], path: "/:board" }],
};

function problems(changes: DefinitionChanges): readonly string[] {
  try {
    openLibrary(changes);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe("openLibrary", () => {
  it("adds an operator's definition, which may take over an address", () => {
    const library = openLibrary({ board });
    expect(library.recognise(new URL("https://board.example.org/plans"))).toMatchObject({
      definition: { id: "board" },
      settings: { board: "plans" },
    });
    expect(library.entries().find(({ id }) => id === "board")).toMatchObject({
      kind: "widget",
      name: "Board",
      price: "free",
      enabled: true,
    });
    const mine = { ...board, recognise: [{ hosts: ["youtu.be"], path: "/:board" }] };
    expect(
      openLibrary({ mine }).recognise(new URL("https://youtu.be/dQw4w9WgXcQ")).definition.id,
    ).toBe("mine");
  });

  it("changes only what is said of one of its own", () => {
    const library = openLibrary({
      jitsi: { arguments: { domain: { default: "meet.example.org" } } },
    });
    const jitsi = library.get("jitsi");
    expect(jitsi?.arguments["domain"]).toMatchObject({
      kind: "server",
      help: "the Jitsi server",
      default: "meet.example.org",
    });
    expect(jitsi?.arguments["audio"]).toBeDefined();
    expect(library.recognise(new URL("https://meet.example.org/Standup")).definition.id).toBe(
      "jitsi",
    );
    // Another host than Element's: whoever runs that answers for it.
    expect(jitsi?.host).toMatchObject({ by: "third-party" });
  });

  it("takes one away from what is offered, and from what an address is taken for", () => {
    const library = openLibrary({ youtube: { enabled: false } });
    expect(library.entries().find(({ id }) => id === "youtube")?.enabled).toBe(false);
    expect(library.recognise(new URL("https://youtu.be/dQw4w9WgXcQ")).definition.id).toBe("custom");
    expect(() =>
      openLibrary({ custom: { enabled: false } }).recognise(new URL("https://pad.example.org/")),
    ).toThrow("widget-address-unknown");
  });

  it.each<[string, DefinitionChanges, string]>([
    [
      "a missing price (R13)",
      { board: { ...board, price: undefined } },
      "widgets.definitions.board.price:",
    ],
    [
      "a third party without a policy (R57)",
      { board: { ...board, host: { by: "third-party", who: "X" } } },
      "board.host.policy:",
    ],
    ["no host (R57)", { board: { ...board, host: undefined } }, "widgets.definitions.board.host:"],
    ["an unknown field", { board: { ...board, ulr: "x" } }, 'Unrecognized key: "ulr"'],
    [
      "an argument that is none",
      { board: { ...board, url: "https://x.example/{bord}" } },
      'board.url: names "bord", which is no argument.',
    ],
    [
      "a brace too many",
      { board: { ...board, url: "https://x.example/{board" } },
      "board.url: has a { or }",
    ],
    [
      "an address without https",
      { board: { ...board, url: "http://x.example/" } },
      "board.url: must begin with https://",
    ],
    [
      "a variable that no client knows",
      { board: { ...board, url: "https://x.example/$matrix_user" } },
      "which clients do not know",
    ],
    [
      "data that clients would mistake",
      { board: { ...board, data: { matrix_user: "x" } } },
      "would be taken for the beginning of",
    ],
    [
      "a bad regular expression",
      { board: { ...board, arguments: { board: { kind: "text", help: "x", pattern: "(" } } } },
      "a regular expression",
    ],
    [
      "a bad path",
      { board: { ...board, recognise: [{ path: "/(" }] } },
      "recognise.0.path: is no pattern of a path.",
    ],
    [
      "a path that fills nothing",
      { board: { ...board, recognise: [{ path: "/:plan" }] } },
      'names "plan", which is no argument.',
    ],
    [
      "a choice without choices",
      { board: { ...board, arguments: { board: { kind: "choice", help: "x" } } } },
      "choices: is missing.",
    ],
    ["an id that nobody can type", { "My Board": board }, "widgets.definitions.My Board.id:"],
    [
      "a bad change of its own",
      { jitsi: { arguments: { domain: { kind: "sever" } } } },
      "widgets.definitions.jitsi.arguments.domain.kind:",
    ],
  ])("refuses %s at the start, with the reason", (_, changes, reason) => {
    expect(problems(changes).join("\n")).toContain(reason);
  });

  it("says all that is wrong at once", () => {
    expect(
      problems({ board: { ...board, price: "cheap" }, jitsi: { price: "cheap" } }),
    ).toHaveLength(2);
  });
});

describe("secrets", () => {
  const library = openLibrary();
  it.each([
    "https://bbb.example.org/bigbluebutton/api/join?meetingID=1&password=mp&checksum=1",
    "https://bbb.example.org/x/bigbluebutton/api/join?fullName=a&PASSWORD=mp",
    "https://bbb.example.org/b/ada-abc-def?accessCode=123",
  ])("never reach a room's state, whichever way they are given: %s", (address) => {
    const url = new URL(address);
    const custom = library.get("custom");
    if (custom === undefined) throw new Error("no custom widget");
    expect(() => library.resolve(library.recognise(url), circumstances)).toThrow("widget-secret");
    expect(() =>
      library.resolve({ definition: custom, settings: { url: address } }, circumstances),
    ).toThrow("widget-secret");
  });
});

describe("recognise", () => {
  const library = openLibrary();
  it.each([
    ["https://youtu.be/dQw4w9WgXcQ", "youtube"],
    ["https://www.youtube.com/watch?list=PL1&v=dQw4w9WgXcQ", "youtube"],
    ["https://m.youtube.com/shorts/dQw4w9WgXcQ", "youtube"],
    ["https://www.youtube.com/@somebody", "custom"],
    ["https://www.youtube.com/watch?v=short", "custom"],
    ["https://vimeo.com/76979871", "vimeo"],
    ["https://player.vimeo.com/video/76979871?h=8272103f6e", "vimeo"],
    ["https://dai.ly/x8abcde", "dailymotion"],
    ["https://www.dailymotion.com/embed/video/x8abcde", "dailymotion"],
    ["https://video.example:8443/videos/watch/9c9de5e8-0a1e-484a-b099-e80766180a6d", "peertube"],
    ["https://wiki.example/w/Main_Page", "custom"],
    ["https://www.twitch.tv/monstercat", "twitch"],
    ["https://player.twitch.tv/?channel=monstercat&parent=a.example", "twitch"],
    ["https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC", "spotify"],
    ["https://open.spotify.com/embed/show/4uLU6hMCjMI75M1A2tKUQC", "spotify"],
    ["https://docs.google.com/document/u/1/d/1A2b3C4d5E6f7G8h9I0jKlMnOpQrStUv", "google-docs"],
    ["https://docs.google.com/forms/d/e/1FAIpQLSabcdefghijklmnop/viewform", "google-docs"],
    [
      "https://calendar.google.com/calendar/u/0/embed?src=a%40group.calendar.google.com",
      "google-calendar",
    ],
    [
      "https://calendar.google.com/calendar/ical/a%40group.calendar.google.com/public/basic.ics",
      "google-calendar",
    ],
    ["https://graphs.example/public-dashboards/0123456789abcdef0123456789abcdef", "grafana"],
    ["https://www.tradingview.com/symbols/BTCUSD/", "tradingview"],
    ["https://bbb.example.org/rooms/abc-def-ghi-jkl/join", "bigbluebutton"],
    ["https://meet.jit.si/Standup", "jitsi"],
    ["https://meet.jit.si/", "custom"],
    ["https://call.element.io/standup", "element-call"],
    ["https://scalar.vector.im/etherpad/p/team", "etherpad"],
    ["https://pad.example.org/p/team", "custom"],
    ["https://evil.example/https://youtu.be/dQw4w9WgXcQ", "custom"],
    ["https://youtu.be.evil.example/dQw4w9WgXcQ", "custom"],
    ["https://pad.example.org/%E0%A4%A", "custom"],
  ])("takes %s for %s", (address, id) => {
    expect(library.recognise(new URL(address)).definition.id).toBe(id);
  });
});

describe("hostOf (R57)", () => {
  const host = {
    by: "third-party",
    who: "Example Meetings",
    policy: "https://example.com/privacy",
  } as const;
  it("names the third party at its own sites only", () => {
    const sites = ["example.com"];
    expect(hostOf({ host, sites }, "https://meet.example.com/x")).toEqual({
      who: host.who,
      operator: false,
      policy: host.policy,
    });
    for (const elsewhere of [
      "https://meet.example.org/x",
      "https://notexample.com/x",
      "https://example.com.evil.org/x",
    ])
      expect(hostOf({ host, sites }, elsewhere)).toEqual({
        who: new URL(elsewhere).hostname,
        operator: false,
        policy: undefined,
      });
  });
});
