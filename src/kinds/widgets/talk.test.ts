import { beforeEach, describe, expect, it } from "vitest";
import { WidgetTalk } from "../../../test/harness/widgetTalk.ts";
import { WIDGET_TYPE } from "./state.ts";
import type { UserId } from "../../kernel/ids.ts";

const eve = "@eve:example.org" as UserId;

let talk: WidgetTalk;
beforeEach(() => {
  talk = new WidgetTalk();
});

describe("widgets of others", () => {
  it("are shown with the address that clients open, filled from their data", async () => {
    const url = "https://board.example/$boardId?who=$matrix_user_id&x=$boardId";
    talk.room.put(
      WIDGET_TYPE,
      "w",
      { type: "m.custom", url, name: "Board", data: { boardId: "a b" } },
      eve,
    );
    for (const line of ["list", "show w"])
      expect(await talk.say(line)).toContain("https://board.example/a%20b?who=&x=a%20b");
  });

  it("make no long text of a short one, whatever their data say", async () => {
    const url = `https://a.example/${"$a".repeat(900)}`;
    talk.room.put(
      WIDGET_TYPE,
      "w",
      { type: "m.odd", url, name: "Bomb", data: { a: "x".repeat(2_000), b: "y".repeat(30_000) } },
      eve,
    );
    expect((await talk.say("show w")).length).toBeLessThan(4_000);
  });

  it("are called by title or type where their name is empty", async () => {
    talk.room.put(
      WIDGET_TYPE,
      "a",
      { type: "m.custom", url: "https://a.example", name: " ", data: { title: "Plan" } },
      eve,
    );
    talk.room.put(
      WIDGET_TYPE,
      "b",
      { type: "m.odd", url: "https://b.example", name: "", data: { title: "" } },
      eve,
    );
    const said = await talk.say("list");
    expect(said).toContain("Plan, id `a`");
    expect(said).toContain("m.odd, id `b`");
  });

  it("can be shown and removed where their id is empty", async () => {
    talk.room.put(
      WIDGET_TYPE,
      "",
      { type: "m.custom", url: "https://a.example", name: "Plan" },
      eve,
    );
    expect(await talk.say("list")).toContain('id `""`');
    expect(await talk.say('show ""')).toContain("https://a.example");
    expect(await talk.say('remove ""')).toContain("Removed");
    expect(talk.room.json(WIDGET_TYPE, "")).toBe("{}");
  });

  it("are listed with ids as they must be typed, whatever stands in them", async () => {
    for (const key of ["a b", 'say "x"', "--yes", "a=b", "line\nbreak"])
      talk.room.put(
        WIDGET_TYPE,
        key,
        { type: "m.custom", url: "https://a.example", name: `N${key}` },
        eve,
      );
    const shown = [...(await talk.say("list")).matchAll(/id `([^`]+)`/g)].map(([, id = ""]) => id);
    expect(shown).toHaveLength(5);
    for (const id of shown) expect(await talk.say(`remove ${id}`)).toContain("Removed");
  });

  it("fill no more than a line with a name or an address, however long those are", async () => {
    const long = "x".repeat(40_000);
    talk.room.put(
      WIDGET_TYPE,
      "w",
      { type: "m.custom", url: `https://a.example/${long}`, name: long },
      eve,
    );
    for (const line of ["list", "show w", "remove w"]) {
      const said = await talk.say(line);
      expect(said.length).toBeLessThan(1_000);
      expect(said).toContain("a.example/xxx");
    }
  });
});

describe("names", () => {
  it("do wherever an id does, quoted or not", async () => {
    await talk.say('add widget etherpad name="Bed plan"');
    expect(await talk.say("show bed plan")).toContain("Bed plan");
    expect(await talk.say("pin Bed plan")).toContain("Pinned");
    expect(await talk.say("unpin bed")).toContain("Unpinned Bed plan");
    expect(await talk.say('set "bed plan" name=Beds')).toContain("Changed Beds: https://");
    expect(await talk.say("remove beds")).toContain("Removed Beds, which showed https://");
  });

  it("that several have are asked about, with the ids of those", async () => {
    await talk.say("add widget etherpad name=Agenda");
    await talk.say("add widget etherpad name=Minutes");
    const before = talk.room.sent.length;
    for (const line of [
      "set etherpad name=x",
      "remove etherpad",
      "pin etherpad",
      "show etherpad",
    ]) {
      const said = await talk.say(line);
      expect(said).toMatch(/Agenda, id `etherpad-\w+`/);
      expect(said).toMatch(/Minutes, id `etherpad-\w+`/);
    }
    expect(talk.room.sent).toHaveLength(before);
  });
});

describe("what an address says", () => {
  it.each([
    ["https://youtu.be/dQw4w9WgXcQ?t=1h6m47s", "start=4007"],
    ["https://vimeo.com/76979871#t=1m2s", "#t=1m2s"],
    ["https://www.twitch.tv/videos/1234567?t=1h2m3s", "time=1h2m3s"],
    ["https://www.dailymotion.com/video/x8abcde?start=90", "startTime=90"],
    ["https://tube.example/w/abcdefghijkmnopqrstuvw?start=1m30s&stop=2m", "start=90&stop=120"],
    ["https://open.spotify.com/episode/4rOoJ6Egrf8K2IrywzwOMk?t=30", "?t=30"],
    [
      "https://docs.google.com/document/d/1A2b3C4d5E6f7G8h9I0jKlMnOpQrStUv/edit#heading=h.abc",
      "#heading=h.abc",
    ],
    [
      "https://docs.google.com/presentation/d/1A2b3C4d5E6f7G8h9I0jKlMnOpQrStUv/embed?start=true&loop=true&delayms=3000",
      "delayms=3000",
    ],
    ["https://scalar.vector.im/etherpad/p/team?showChat=false&lang=de", "showChat=false&lang=de"],
    ["https://wbo.ophir.dev/boards/plan#120,40,0.5", "#120,40,0.5"],
  ])("stays: %s", async (address, kept) => {
    const { exactly = "" } = await talk.preview(`add widget ${address}`);
    expect(exactly).not.toContain("add widget custom");
    await talk.say(`add widget ${address}`);
    expect(talk.room.sent[0]?.content["url"]).toContain(kept);
  });

  it("is told where it is left out, to whoever skips the preview too", async () => {
    const line = "add widget https://meet.element.io/Standup#config.startWithAudioMuted=true&x=1";
    expect((await talk.preview(line)).body).toContain(
      "leaving out `#config.startWithAudioMuted` `#x`:",
    );
  });
});

it("an address with hundreds of parameters fills no page", async () => {
  const many = Array.from(
    { length: 300 },
    (_, index) => `p${String(index)}${"x".repeat(50)}=1`,
  ).join("&");
  const { body } = await talk.preview(
    `add widget https://meet.element.io/Standup?${many.slice(0, 1_900)}`,
  );
  expect(body.split("leaving out")[1]?.split("\n")[0]?.length).toBeLessThan(600);
});

describe("a secret in an address", () => {
  it.each([
    "https://x.example/?jwt=SECRET",
    "https://x.example/?a=1&access_token=SECRET",
    "https://x.example/#/room?scalar_token=SECRET",
    "https://x.example/#token_auth=SECRET",
    "custom https://x.example/?api_key=SECRET",
    "custom https://x.example/file?sig=SECRET",
    "https://x.example/?password=SECRET",
    "https://grafana.example/d/abcdefgh/board?auth_token=SECRET",
  ])("keeps it out of the room, and out of the answer: %s", async (what) => {
    const said = await talk.say(`add widget ${what}`);
    expect(said).toContain("holds a secret");
    expect(said).not.toContain("SECRET");
    expect(talk.room.sent).toEqual([]);
  });

  it("that a widget has no use for is left out, and not repeated", async () => {
    const said = await talk.preview("add widget https://meet.element.io/Standup?jwt=SECRET");
    expect(said.body).toContain("`jwt`");
    expect(JSON.stringify(said)).not.toContain("SECRET");
  });

  it("is covered where a mark shows the line", async () => {
    const said = await talk.say("add widget https://x.example/?jwt=SECRET extra");
    expect(said).not.toContain("SECRET");
  });

  it("is refused in a change too", async () => {
    await talk.say("add widget custom https://x.example/ name=Page");
    expect(await talk.say("set page url=https://x.example/?jwt=SECRET")).toContain(
      "holds a secret",
    );
    expect(talk.room.sent).toHaveLength(1);
  });

  it("may be shared where the definition says that it is meant for the room", async () => {
    await talk.say("add widget https://call.element.io/room/#/standup?password=abc");
    expect(talk.room.sent).toHaveLength(1);
  });
});

describe("answers", () => {
  it("say where a new widget is to be found, save a call, which apps show at once", async () => {
    const page = await talk.say("add widget etherpad");
    expect(page).toContain("under Extensions");
    expect(page).toMatch(/`!usher pin etherpad-\w+`/);
    expect(await talk.say("add widget jitsi")).not.toContain("Extensions");
  });

  it("say how a removal is taken back", async () => {
    await talk.say("add widget etherpad name=Pad");
    expect(await talk.say("remove Pad")).toContain("`!usher undo`");
  });

  it("say in an encrypted room that a widget is not encrypted", async () => {
    expect((await talk.preview("add widget etherpad")).body).not.toContain("encrypted");
    talk.encryption = "encrypted";
    expect((await talk.preview("add widget etherpad")).body).toContain(
      "Its name and address stay unencrypted",
    );
    await talk.say("add widget etherpad name=Pad");
    expect((await talk.preview("set Pad name=Other")).body).toContain(
      "Its name and address stay unencrypted",
    );
  });

  it("write what may be left out as such", async () => {
    expect(await talk.say("info jitsi")).toContain("add widget jitsi [conference]");
    expect(await talk.say("info youtube")).toContain("add widget youtube <video>");
  });
});
