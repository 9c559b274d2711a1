import { beforeEach, expect, it } from "vitest";
import { WidgetTalk } from "../../../test/harness/widgetTalk.ts";
import type { CatalogueEntry } from "../../integrations/catalogue.ts";
import type { UserId } from "../../kernel/ids.ts";
import { WIDGET_TYPE } from "./state.ts";

const POLL: CatalogueEntry = {
  kind: "bot",
  id: "poll",
  name: "Poll bot",
  description: "Polls",
  price: "free",
  host: { by: "operator" },
  enabled: true,
};

let talk: WidgetTalk;
beforeEach(() => {
  talk = new WidgetTalk();
});

it("a conference or pad whose name can be guessed is said to be so, and one that cannot is not", async () => {
  for (const line of [
    "add widget jitsi call",
    "add widget https://meet.element.io/Standup",
    "add widget etherpad team",
  ])
    expect((await talk.preview(line)).body).toMatch(
      /Whoever guesses `(?:call|Standup|team)` can open it too/,
    );
  for (const line of [
    "add widget jitsi",
    'add widget jitsi name="Team call"',
    "add widget https://meet.element.io/Jitsiabcdefghijklmnopqrstuvwx",
  ])
    expect((await talk.preview(line)).body).not.toContain("guesses");
});

it("an address with the sign of a sentence at its end is kept, and said to be so", async () => {
  for (const ending of [".", ",", "!", "?"]) {
    const { body } = await talk.preview(`add widget https://board.example.org/page${ending}`);
    expect(body).toContain(`https://board.example.org/page${ending}`);
    expect(body).toContain(`The address ends with \`${ending}\`: if that is a slip, leave it off.`);
  }
  for (const address of ["https://board.example.org", "https://board.example.org/page#part"])
    expect((await talk.preview(`add widget ${address}`)).body).not.toContain("ends with");
});

it("a name without its quotes makes no conference of that name", async () => {
  expect(await talk.say("add widget jitsi name=Team call")).toContain(
    'Did you mean `!usher add widget jitsi name="Team call"`?',
  );
  expect(talk.room.sent).toEqual([]);
});

it("undo of a message that is about no change says so, and undo alone where there is nothing says that", async () => {
  await talk.say("add widget jitsi");
  expect(await talk.say("undo $another")).toContain("That is no message about a change of mine");
  await talk.say("undo");
  expect(await talk.say("undo")).toContain("There is nothing to take back");
});

it("an address with a password in it is refused with what to do about the message that holds it", async () => {
  const said = await talk.say("add widget https://ann:secret@board.example.org/");
  expect(said).toContain("delete your own message");
  expect(said).not.toContain("secret");
});

it("a slip in a name is answered with the line that was meant", async () => {
  await talk.say('add widget etherpad name="Bed plan"');
  for (const [line, meant] of [
    ["remove bed plans", 'remove "Bed plan"'],
    ["pin Bad plan", 'pin "Bed plan"'],
  ] as const)
    expect(await talk.say(line)).toContain(`Did you mean \`!usher ${meant}\`?`);
});

it("the preview says so where a widget of the same name is here already", async () => {
  expect((await talk.preview("add widget jitsi")).body).not.toContain("with this name");
  await talk.say("add widget jitsi");
  expect((await talk.preview("add widget jitsi")).body).toMatch(
    /A widget with this name, id `jitsi-\w{6}`, is here already/,
  );
  expect((await talk.preview("add widget jitsi name=Second")).body).not.toContain("with this name");
});

it("`show` tells all that a preview had no room for", async () => {
  talk.encryption = "encrypted";
  await talk.say("add widget etherpad team name=Notes");
  await talk.say("add widget https://nas.local/x name=notes");
  const id = String(talk.room.sent[1]?.stateKey);
  expect(await talk.say(`show ${id}`)).toMatch(
    /stay unencrypted[^]*`nas\.local` is no place on the internet[^]*with this name, id `etherpad-/,
  );
  const pad = String(talk.room.sent[0]?.stateKey);
  expect(await talk.say(`show ${pad}`)).toContain("Whoever guesses `team` can open it too");
  expect(await talk.say("info etherpad")).toContain("`!usher add widget custom <address>`");
  expect(await talk.say("info custom")).not.toContain("plain page");
});

it("the preview warns of an address that is another machine for everybody", async () => {
  for (const host of ["localhost:8080", "127.0.0.1", "192.168.1.5", "[::1]", "nas.local"])
    expect((await talk.preview(`add widget https://${host}/x`)).body).toContain(
      "is no place on the internet",
    );
  for (const host of ["example.org", "8.8.8.8", "local.example.org"])
    expect((await talk.preview(`add widget https://${host}/x`)).body).not.toContain(
      "no place on the internet",
    );
});

it("what is no widget is said to be none, with the line that adds it", async () => {
  talk = new WidgetTalk({}, { others: [POLL] });
  expect(await talk.say("add widget poll")).toBe(
    "Poll bot is no widget. To add it: `!usher add bot poll`",
  );
  expect(talk.room.sent).toEqual([]);
});

it("an address that a definition makes of a setting, and that is none, is refused with what one is", async () => {
  talk = new WidgetTalk({
    board: {
      name: "Board",
      description: "A board",
      price: "free",
      host: { by: "address" },
      type: "board",
      arguments: { team: { kind: "text", help: "the team" } },
      main: "team",
      url: "https://{team}.board.example/",
    },
  });
  expect(await talk.say("add widget board red")).toContain("https://red.board.example/");
  expect(await talk.say('add widget board team="red team"')).toMatch(
    /^I cannot make a widget of `https:\/\/red%20team\.board\.example\/`\..* beginning with https:\/\//,
  );
  expect(talk.room.sent).toHaveLength(1);
});

it("what has to be paid for is said to be so wherever it is offered", async () => {
  talk = new WidgetTalk({ jitsi: { price: "paid" } });
  expect(await talk.say("browse Jitsi")).toContain("It costs money.");
  expect(await talk.say("info jitsi")).toContain("It costs money.");
  expect((await talk.preview("add widget jitsi")).body).toContain("It costs money.");
  expect(await talk.say("info etherpad")).not.toContain("costs money");
});

it("a setting of a few words is told with them", async () => {
  expect(await talk.say("info spotify")).toContain(
    ": track, album, playlist, artist, episode, show",
  );
});

it("who has a privacy notice shows it before something is added", async () => {
  talk = new WidgetTalk({}, { noticeUrl: "https://example.org/privacy" });
  expect((await talk.preview("add widget jitsi")).body).toContain("https://example.org/privacy");
});

it("moving what somebody else put there names whose it is, and moving Usher's own nobody", async () => {
  const content = { type: "m.custom", url: "https://a.example/", name: "Plan" };
  talk.room.put(WIDGET_TYPE, "theirs", content, "@eve:example.org" as UserId);
  expect((await talk.preview("pin theirs")).body).toMatch(
    /It was not added through me: @eve:example\.org put it here\.$/,
  );
  await talk.say("add widget etherpad name=Mine");
  expect((await talk.preview("pin Mine")).body).not.toContain("not added through me");
});
