import { beforeEach, describe, expect, it } from "vitest";
import { WidgetTalk } from "../../../test/harness/widgetTalk.ts";
import { LAYOUT_TYPE } from "./layout.ts";
import { WIDGET_TYPE } from "./state.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import { roomDocument } from "../../store/room.ts";

const eve = "@eve:example.org" as UserId;
const room = "!room:example.org" as RoomId;
const DAY = 24 * 3_600_000;

let talk: WidgetTalk;
beforeEach(() => {
  talk = new WidgetTalk();
});

/** The id of the last widget that was written. */
function lastId(): string {
  return talk.room.sent.filter(({ type }) => type === WIDGET_TYPE).at(-1)?.stateKey ?? "";
}

describe("add widget", () => {
  it("takes an entry, its own value, and settings in any order", async () => {
    expect(await talk.say("add widget youtube dQw4w9WgXcQ start=90 name=Song")).toContain(
      "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
    );
    expect(talk.room.sent[0]?.content).toMatchObject({
      name: "Song",
      url: "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?start=90",
    });
  });

  it("takes an address for what it is, unless the page itself is asked for", async () => {
    const { body, exactly } = await talk.preview("add widget https://youtu.be/dQw4w9WgXcQ");
    expect(body).toContain("add widget custom https://youtu.be/dQw4w9WgXcQ");
    expect(exactly).toBe('add widget youtube video="dQw4w9WgXcQ" name="YouTube"');
    await talk.say("add widget custom https://youtu.be/dQw4w9WgXcQ");
    expect(talk.room.sent[0]?.content).toMatchObject({
      type: "m.custom",
      url: "https://youtu.be/dQw4w9WgXcQ",
      name: "youtu.be",
    });
  });

  it("shows what is there already, and writes nothing", async () => {
    await talk.say("add widget https://youtu.be/dQw4w9WgXcQ");
    expect(await talk.say("add widget youtube dQw4w9WgXcQ")).toContain("here already");
    expect(talk.room.sent).toHaveLength(1);
  });

  it("is done once, however often it is repeated after a crash, and not again after somebody emptied it", async () => {
    const event = talk.nextEvent();
    const { exactly = "" } = await talk.preview("add widget jitsi", event);
    const first = await talk.perform(exactly, event);
    expect(await talk.perform(exactly, event)).toBe(first);
    expect(talk.room.sent).toHaveLength(1);
    talk.room.put(WIDGET_TYPE, lastId(), {}, eve);
    await talk.perform(exactly, event);
    expect(talk.room.json(WIDGET_TYPE, lastId())).toBe("{}");
  });

  it.each([
    ["add widget jisti", "Did you mean `!usher add widget jitsi`?"],
    ["add widget dance", "browse"],
    [
      "add widget jitsi domian=x.example",
      "Did you mean `!usher add widget jitsi domain=x.example`?",
    ],
    ["add widget jitsi auth=openidtoken-jwt", "no setting `auth`"],
    ["add widget jitsi domain=https://x", "the Jitsi server"],
    ["add widget jitsi audio=perhaps", "`yes` `no`"],
    ["add widget youtube", "video="],
    ["add widget youtube https://vimeo.com/76979871", "the video's id"],
    ["add widget twitch", "exactly one of"],
    ["add widget twitch channel=ada video=123456", "exactly one of"],
    ["add widget jitsi one two", 'name="Team call"'],
    ["add widget jitsi name=x name=y", 'name="Team call"'],
    ['add widget jitsi name="x', "never closed"],
    ["add widget https://youtu.be/dQw4w9WgXcQ more", "no setting `more`"],
    [
      "add widget https://bbb.example.org/bigbluebutton/api/join?password=mp&checksum=1",
      "link that is meant for guests",
    ],
    [
      "add widget custom https://bbb.example.org/bigbluebutton/api/join?password=mp&checksum=1",
      "link that is meant for guests",
    ],
  ])("refuses %s in words that help", async (line, said) => {
    expect(await talk.say(line)).toContain(said);
    expect(talk.room.sent).toEqual([]);
  });

  it("marks the setting that it does not know, or cannot use, in what was typed", async () => {
    expect(await talk.say("add widget jitsi name=Call domian=x.example")).toContain(
      "…name=Call domian=x.example\n           ^^^^^^^^^^^^^^^^",
    );
    expect(await talk.say("add widget jitsi nmae=Call")).toMatch(
      /Did you mean `!usher add widget jitsi name=Call`\?[^]*\n {17}\^{9}$/,
    );
    expect(await talk.say("add widget youtube https://vimeo.com/76979871")).toMatch(
      /\n {19}\^{21}$/,
    );
    expect(await talk.say("add widget youtube")).toMatch(/add widget youtube\n {18}\^$/);
  });

  it("offers no pages where the operator has disabled them", async () => {
    talk = new WidgetTalk({ custom: { enabled: false } });
    expect(await talk.say("add widget https://pad.example.org/")).toContain("cannot be added here");
    expect(await talk.say("add widget custom https://pad.example.org/")).toContain(
      "nothing called `custom`",
    );
    expect(await talk.say("add widget https://youtu.be/dQw4w9WgXcQ")).toContain("Added");
  });
});

describe("browse and info", () => {
  it("show what can be added, by kind and word", async () => {
    const all = await talk.say("browse");
    for (const id of ["jitsi", "etherpad", "youtube", "custom"]) expect(all).toContain(`\`${id}\``);
    const videos = await talk.say("browse widgets video from");
    expect(videos).toContain("`vimeo`");
    expect(videos).not.toContain("`etherpad`");
    expect(await talk.say("browse bots")).toContain("nothing of that kind");
    expect(await talk.say("browse dance")).toContain("`dance`");
  });

  it("R13, R16, R48, R57 tell settings, price, host and policy, and what the site comes to know", async () => {
    const jitsi = await talk.say("info Jitsi");
    for (const said of [
      "domain=",
      "meet.element.io",
      "costs nothing",
      "Element",
      "https://element.io/privacy",
      "display name",
      "IP address",
    ])
      expect(jitsi).toContain(said);
    expect(jitsi).not.toContain("auth=");
    expect(await talk.say("info custom")).toContain("whose own privacy policy applies");
    expect(await talk.say("info dance")).toContain("nothing called");
  });
});

describe("set", () => {
  it("changes a name or a setting, and nothing else that stands in the state", async () => {
    await talk.say("add widget etherpad team name=Notes");
    const id = lastId();
    const before = talk.room.sent[0]?.content ?? {};
    talk.room.put(WIDGET_TYPE, id, {
      ...before,
      avatar_url: "mxc://x/y",
      data: { ...(before["data"] as object), kept: 1 },
    });
    expect(await talk.say(`set ${id} name="Meeting notes"`)).toContain("Changed");
    expect(await talk.say(`set ${id.slice(0, -2)} pad=other`)).toContain("/p/other");
    expect(talk.room.sent.at(-1)?.content).toEqual({
      ...before,
      name: "Meeting notes",
      url: "https://scalar.vector.im/etherpad/p/other?userName=$matrix_display_name",
      avatar_url: "mxc://x/y",
      data: { kept: 1, title: "Meeting notes" },
    });
    expect(await talk.say("list")).toContain("Meeting notes");
  });

  it("says so and sends nothing where nothing would change", async () => {
    await talk.say("add widget etherpad team name=Notes");
    expect(await talk.say(`set ${lastId()} name=Notes pad=team`)).toContain("like that already");
    expect(await talk.say(`set ${lastId()} name=Notes`)).toContain("like that already");
    expect(talk.room.sent).toHaveLength(1);
  });

  it("asks first, tells what the new address hands over, and that everybody is asked again", async () => {
    await talk.say("add widget custom https://a.example/");
    const { body, exactly } = await talk.preview(
      `set ${lastId()} url=https://b.example/?u=$matrix_user_id`,
    );
    for (const said of ["ask again whether to open it", "b.example", "Matrix ID"])
      expect(body).toContain(said);
    expect(exactly).toBe(`set "${lastId()}" url="https://b.example/?u=$matrix_user_id"`);
  });

  it("reads the settings of others' widgets, names whose they are, and renames what it cannot read", async () => {
    talk.room.put(
      WIDGET_TYPE,
      "theirs",
      {
        type: "jitsi",
        url: "https://app.element.io/jitsi.html?x=$domain",
        name: "Call",
        data: { conferenceId: "abc", domain: "meet.example" },
      },
      eve,
    );
    expect(await talk.say("show theirs")).toContain("conference=abc");
    const { body } = await talk.preview("set theirs audio=yes");
    expect(body).toContain("not added through me: @eve:example.org");
    await talk.say("set theirs audio=yes");
    expect(talk.room.sent.at(-1)?.content).toMatchObject({
      data: { conferenceId: "abc", domain: "meet.example", isAudioOnly: true },
    });
    talk.room.put(WIDGET_TYPE, "odd", { type: "x", url: "http://a.example/", name: "Odd" }, eve);
    expect(await talk.say("set odd url=https://b.example/")).toContain("its name only");
    await talk.say("set odd name=Odder");
    expect(talk.room.sent.at(-1)?.content).toMatchObject({
      type: "x",
      url: "http://a.example/",
      name: "Odder",
    });
  });

  it.each([
    ["set none name=x", "Nothing here has the id `none`"],
    ["set ID", "missing"],
    ["set ID loud", "name="],
    ["set ID domian=x", "domain=x`?"],
    ["set ID domain=::", "the Jitsi server"],
  ])("refuses %s", async (line, said) => {
    await talk.say("add widget jitsi");
    expect(await talk.say(line.replace("ID", lastId()))).toContain(said);
    expect(talk.room.sent).toHaveLength(1);
  });

  it("leaves one alternative where another is given", async () => {
    await talk.say("add widget twitch monstercat");
    await talk.say(`set ${lastId()} video=123456789`);
    expect(talk.room.sent.at(-1)?.content["url"]).toContain("?video=123456789&parent=");
    expect(talk.room.sent.at(-1)?.content["url"]).not.toContain("channel");
  });
});

describe("pin and unpin", () => {
  it("write the layout once, and nothing where it is so already", async () => {
    await talk.say("add widget etherpad a");
    const id = lastId();
    expect(await talk.say(`pin ${id}`)).toContain("Pinned");
    expect(talk.room.json(LAYOUT_TYPE, "")).toBe(
      JSON.stringify({ widgets: { [id]: { container: "top", index: 0, height: 45 } } }),
    );
    const sent = talk.room.sent.length;
    expect(await talk.say(`pin ${id}`)).toContain("already");
    expect(await talk.say(`unpin ${id}`)).toContain("Unpinned");
    expect(await talk.say(`unpin ${id}`)).toContain("is not pinned");
    expect(talk.room.sent).toHaveLength(sent + 1);
  });

  it("refuse a fourth, naming the three", async () => {
    for (const pad of ["a", "b", "c", "d"]) {
      await talk.say(`add widget etherpad ${pad} name=${pad}`);
      const answer = await talk.say(`pin ${lastId()}`);
      expect(answer).toContain(pad === "d" ? "no room on top" : "Pinned");
    }
  });

  it("keep others' entries byte for byte", async () => {
    talk.room.put(WIDGET_TYPE, "theirs", { type: "m.custom", url: "https://x.example/" }, eve);
    talk.room.put(
      LAYOUT_TYPE,
      "",
      {
        v: 2,
        widgets: {
          theirs: { height: 40, container: "top", width: 33, x: [1] },
          gone: { container: "top" },
        },
      },
      eve,
    );
    await talk.say("add widget etherpad a");
    await talk.say(`pin ${lastId()}`);
    expect(talk.room.json(LAYOUT_TYPE, "")).toBe(
      JSON.stringify({
        v: 2,
        widgets: {
          theirs: { height: 40, container: "top", width: 33, x: [1] },
          [lastId()]: { container: "top", index: 1, height: 45 },
        },
      }),
    );
  });
});

describe("undo", () => {
  it("takes back what was done, step by step, to exactly what stood there", async () => {
    await talk.say("add widget etherpad team name=Notes");
    const id = lastId();
    const added = talk.room.json(WIDGET_TYPE, id);
    await talk.say(`set ${id} name=Other`);
    await talk.say(`pin ${id}`);
    await talk.say(`remove ${id}`);
    expect((await talk.preview("undo")).body).toMatch(
      /removed the widget Other, id `etherpad-\w+`, for @ada/,
    );
    expect(await talk.say("undo")).toContain("Taken back");
    expect(talk.room.json(WIDGET_TYPE, id)).toContain("Other");
    expect(await talk.say("list")).toMatch(/I added here:[^]*Other/);
    expect(await talk.say("undo")).toContain("pinned the widget");
    expect(talk.room.json(LAYOUT_TYPE, "")).toBe("{}");
    await talk.say("undo");
    expect(talk.room.json(WIDGET_TYPE, id)).toBe(added);
    await talk.say("undo");
    expect(talk.room.json(WIDGET_TYPE, id)).toBe("{}");
    expect(await talk.say("list")).toContain("no widgets");
    expect(await talk.say("undo")).toContain("nothing to take back");
  });

  it("is done once for one yes, also when it is repeated after a crash", async () => {
    await talk.say("add widget etherpad a");
    await talk.say("add widget etherpad b");
    const event = talk.nextEvent();
    const { exactly = "" } = await talk.preview("undo", event);
    const first = await talk.perform(exactly, event);
    expect(await talk.perform(exactly, event)).toBe(first);
    expect(talk.room.sent).toHaveLength(3);
  });

  it("does not take back what somebody else has changed since", async () => {
    await talk.say("add widget etherpad a");
    const theirs = { type: "m.custom", url: "https://theirs.example/", name: "Theirs" };
    talk.room.put(WIDGET_TYPE, lastId(), theirs, eve);
    expect(await talk.say("undo")).toContain("somebody has changed");
    expect(talk.room.json(WIDGET_TYPE, lastId())).toBe(JSON.stringify(theirs));
  });

  it("skips what somebody took back by hand, and forgets after 30 days", async () => {
    await talk.say("add widget etherpad a");
    await talk.say("add widget etherpad b");
    talk.room.put(WIDGET_TYPE, lastId(), {}, eve);
    expect((await talk.preview("undo")).body).toContain("Etherpad");
    talk.clock.advance(30 * DAY);
    expect(await talk.say("undo")).toContain("nothing to take back");
    await talk.history.sweepRoom(
      (await talk.documents.get(roomDocument, room)) ?? roomDocument.empty(room),
    );
    expect((await talk.documents.get(roomDocument, room))?.changes).toEqual([]);
  });

  it("restores a widget of somebody else that was removed, without taking it for Usher's", async () => {
    const theirs = {
      type: "m.custom",
      url: "https://theirs.example/",
      name: "Theirs",
      extra: [1, { a: null }],
    };
    talk.room.put(WIDGET_TYPE, "theirs", theirs, eve);
    await talk.say("remove theirs");
    await talk.say("undo");
    expect(talk.room.json(WIDGET_TYPE, "theirs")).toBe(JSON.stringify(theirs));
    expect(await talk.say("list")).toContain("others added");
  });
});

describe("every command that is not about them", () => {
  it("R15 leaves others' widgets and everything else as it is, byte for byte", async () => {
    const others = ["theirs", 'w$eird "id"', "__proto__"];
    for (const id of others)
      talk.room.put(
        WIDGET_TYPE,
        id,
        { url: "https://x.example/", type: "m.custom", id, z: 1, a: { b: [] } },
        eve,
      );
    talk.room.put("m.room.topic", "", { topic: "Ours" }, eve);
    const before = others.map((id) => talk.room.json(WIDGET_TYPE, id));
    await talk.say("add widget jitsi");
    const id = lastId();
    for (const line of [
      "list",
      `show ${id}`,
      `set ${id} name=x`,
      `unpin ${id}`,
      `pin ${id}`,
      "undo",
      `remove ${id}`,
      "undo",
      "browse",
      "info jitsi",
    ])
      await talk.say(line);
    expect(others.map((other) => talk.room.json(WIDGET_TYPE, other))).toEqual(before);
    const touched = talk.room.sent
      .slice(others.length + 1)
      .map(({ type, stateKey }) => (type === WIDGET_TYPE ? stateKey : type));
    expect([...new Set(touched)].sort()).toEqual([LAYOUT_TYPE, id].sort());
  });
});

describe("list and show", () => {
  it("give the link that a person can open, whatever the state holds", async () => {
    await talk.say("add widget https://youtu.be/dQw4w9WgXcQ");
    talk.room.put(
      WIDGET_TYPE,
      "call",
      {
        type: "jitsi",
        url: "https://app.element.io/jitsi.html?confId=abc#domain=$domain",
        data: { conferenceId: "abc", domain: "meet.example" },
      },
      eve,
    );
    const said = await talk.say("list");
    expect(said).toContain("https://www.youtube.com/watch?v=dQw4w9WgXcQ");
    expect(said).toContain("https://meet.example/abc");
    expect(await talk.say("show call")).toMatch(
      /@eve:example.org put it here, not through me\. It stands above the conversation/,
    );
  });

  it("tell what is gone", async () => {
    await talk.say("add widget https://youtu.be/dQw4w9WgXcQ");
    talk.room.put(WIDGET_TYPE, lastId(), {}, eve);
    expect(await talk.say(`show ${lastId()}`)).toContain("Somebody has removed it");
    expect(await talk.say(`remove ${lastId()}`)).toContain("gone already");
    expect(await talk.say(`show ${lastId()}`)).toContain("Nothing here has the id");
  });
});

it("ids of events that asked are kept with what was done, and no more than 20", async () => {
  for (let number = 0; number < 25; number += 1)
    await talk.say(`add widget etherpad pad${String(number)}`);
  const changes = (await talk.documents.get(roomDocument, room))?.changes ?? [];
  expect(changes).toHaveLength(20);
  expect(changes.at(-1)).toMatchObject({
    deed: "add",
    person: "@ada:example.org",
    cause: "$said25" as EventId,
  });
});
