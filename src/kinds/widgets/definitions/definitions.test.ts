import { readdirSync, readFileSync } from "node:fs";
import { Widget, type IWidget } from "matrix-widget-api";
import { describe, expect, it } from "vitest";
import { WidgetTalk } from "../../../../test/harness/widgetTalk.ts";
import { wordsIn } from "../../../chat/preview.ts";
import type { EventId, RoomId } from "../../../kernel/ids.ts";
import type { DefinitionChanges } from "../library.ts";
import { openLibrary } from "../library.ts";
import { DEFINITIONS } from "./index.ts";

interface Fixture {
  readonly said: string;
  readonly definitions?: DefinitionChanges;
  readonly preview: readonly string[];
  readonly event: {
    readonly type: string;
    readonly state_key: string;
    readonly content: Readonly<Record<string, unknown>>;
  };
}

const FOLDER = new URL("../../../../test/fixtures/widgets/", import.meta.url);
const fixtures = readdirSync(FOLDER).map(
  (file) =>
    [
      file.replace(".json", ""),
      JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")) as Fixture,
    ] as const,
);
const cause = "$fixture" as EventId;

/** What Element would know of the person who opens it. */
const visitor = {
  widgetRoomId: "!room:example.org",
  currentUserId: "@ada:example.org",
  userDisplayName: "Ada $theme & co",
  userHttpAvatarUrl: "https://example.org/ada.png",
  clientTheme: "dark",
};

describe.each(fixtures)("the widget %s", (_, { said, definitions, preview, event }) => {
  it("is previewed with who hosts it and what it hands over (R13, R16, R48, R57)", async () => {
    const { body } = await new WidgetTalk(definitions).preview(said, cause);
    expect(body.split("\n").filter((line) => line !== "")).toEqual(preview);
  });

  it("takes at most 80 words to read before a yes, in an encrypted room too", async () => {
    const talk = new WidgetTalk(definitions);
    talk.encryption = "encrypted";
    const body = await talk.wholePreview(said, cause);
    expect(wordsIn(body)).toBeLessThanOrEqual(80);
    expect(body).toContain("stay unencrypted");
  });

  it("becomes exactly this state event", async () => {
    const talk = new WidgetTalk(definitions);
    await talk.say(said, cause);
    expect(
      talk.room.sent.map(({ type, stateKey, content }) => ({ type, state_key: stateKey, content })),
    ).toEqual([event]);
  });

  it("is the same when its confirmed line runs, whatever the catalogue has become by then", async () => {
    const talk = new WidgetTalk(definitions);
    const { exactly = "" } = await talk.preview(said, cause);
    await talk.perform(exactly, cause);
    expect(talk.room.sent[0]?.content).toEqual(event.content);
  });

  it("is taken and filled in by the library that Element uses, and opens an address", () => {
    // As Element makes it of the event: with the state key and the sender, and with these in the data of every widget. The library's own
    // WidgetParser is no help: it compares protocols without their colon, and so takes no address at all.
    const data = {
      ...(event.content["data"] as object),
      theme: "dark",
      domain: "meet.element.io",
      conferenceId: "x",
    };
    const definition = {
      ...event.content,
      id: event.state_key,
      creatorUserId: "@usher:example.org",
      data,
    };
    const widget = new Widget(definition as unknown as IWidget);
    expect(widget.type).toBe(event.content["type"]);
    expect(widget.waitForIframeLoad).toBe(true);
    const opened = widget.getCompleteUrl(visitor);
    expect(new URL(opened).protocol).toBe("https:");
    expect(new URL(opened).host).toBe(widget.origin.replace("https://", ""));
    expect(opened).not.toContain("$");
  });

  it("is read back to the same settings from the room's state, as if somebody else had added it", () => {
    const library = openLibrary(definitions);
    const { type, url, data } = event.content as {
      type: string;
      url: string;
      data: Readonly<Record<string, unknown>>;
    };
    const understood = library.understand({ type, url, data });
    if (understood === undefined) throw new Error("not understood");
    const again = library.resolve(understood, { room: "!room:example.org" as RoomId, cause });
    // The hosts of clients stand in the address, and are as the operator has them.
    const compared = (address: string): string => address.replaceAll(/&parent=[^&]*/g, "");
    expect(compared(again.url)).toBe(compared(url));
    expect(again.data).toEqual(
      Object.fromEntries(Object.entries(data).filter(([key]) => key !== "title")),
    );
  });
});

describe("what a definition writes into data", () => {
  const written = fixtures.filter(
    ([, { event }]) => Object.keys(event.content["data"] as object).length > 1,
  );

  it.each(written)("is read back by it, whatever the address: %s", (_, { definitions, event }) => {
    const library = openLibrary(definitions);
    const { type, data } = event.content as {
      type: string;
      data: Readonly<Record<string, unknown>>;
    };
    const understood = library.understand({ type, url: "https://elsewhere.example/", data });
    if (understood === undefined) throw new Error("not understood");
    const again = library.resolve(understood, { room: "!room:example.org" as RoomId, cause });
    expect({ ...again.data, title: data["title"] }).toEqual(data);
  });
});

it("every definition has its event", () => {
  const names = fixtures.map(([name]) => name);
  expect(DEFINITIONS.map(({ id }) => id).filter((id) => !names.includes(id))).toEqual([]);
});
