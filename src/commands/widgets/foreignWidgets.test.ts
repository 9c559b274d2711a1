import { beforeEach, describe, expect, it } from "vitest";
import { WidgetTalk } from "../../../test/harness/widgetTalk.ts";
import { WIDGET_TYPE } from "../../integrations/widgets/state.ts";
import type { UserId } from "../../kernel/ids.ts";

const eve = "@eve:example.org" as UserId;

let talk: WidgetTalk;
beforeEach(() => {
  talk = new WidgetTalk();
});

describe("widgets of others", () => {
  it("are shown with the address that clients open, filled from their data", async () => {
    const url = "https://board.example/$boardId?who=$matrix_user_id&x=$boardId";
    talk.room.put(WIDGET_TYPE, "w", { type: "m.custom", url, name: "Board", data: { boardId: "a b" } }, eve);
    for (const line of ["list", "show w"]) expect(await talk.say(line)).toContain("https://board.example/a%20b?who=&x=a%20b");
  });

  it("are called by title or type where their name is empty", async () => {
    talk.room.put(WIDGET_TYPE, "a", { type: "m.custom", url: "https://a.example", name: " ", data: { title: "Plan" } }, eve);
    talk.room.put(WIDGET_TYPE, "b", { type: "m.odd", url: "https://b.example", name: "", data: { title: "" } }, eve);
    const said = await talk.say("list");
    expect(said).toContain("Plan, id `a`");
    expect(said).toContain("m.odd, id `b`");
  });

  it("can be shown and removed where their id is empty", async () => {
    talk.room.put(WIDGET_TYPE, "", { type: "m.custom", url: "https://a.example", name: "Plan" }, eve);
    expect(await talk.say("list")).toContain('id `""`');
    expect(await talk.say('show ""')).toContain("https://a.example");
    expect(await talk.say('remove ""')).toContain("Removed");
    expect(talk.room.json(WIDGET_TYPE, "")).toBe("{}");
  });

  it("are listed with ids as they must be typed, whatever stands in them", async () => {
    for (const key of ["a b", 'say "x"', "--yes", "a=b", "line\nbreak"])
      talk.room.put(WIDGET_TYPE, key, { type: "m.custom", url: "https://a.example", name: `N${key}` }, eve);
    const shown = [...(await talk.say("list")).matchAll(/id `([^`]+)`/g)].map(([, id = ""]) => id);
    expect(shown).toHaveLength(5);
    for (const id of shown) expect(await talk.say(`remove ${id}`)).toContain("Removed");
  });

  it("fill no more than a line with a name or an address, however long those are", async () => {
    const long = "x".repeat(40_000);
    talk.room.put(WIDGET_TYPE, "w", { type: "m.custom", url: `https://a.example/${long}`, name: long }, eve);
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
    expect(await talk.say("unpin bed")).toContain("no longer pinned");
    expect(await talk.say('set "bed plan" name=Beds')).toContain("Changed the widget Beds");
    expect(await talk.say("remove beds")).toContain("Removed the widget Beds");
  });

  it("that several have are asked about, with the ids of those", async () => {
    await talk.say("add widget etherpad name=Agenda");
    await talk.say("add widget etherpad name=Minutes");
    const before = talk.room.sent.length;
    for (const line of ["set etherpad name=x", "remove etherpad", "pin etherpad", "show etherpad"]) {
      const said = await talk.say(line);
      expect(said).toMatch(/Agenda, id `etherpad-\w+`/);
      expect(said).toMatch(/Minutes, id `etherpad-\w+`/);
    }
    expect(talk.room.sent).toHaveLength(before);
  });
});
