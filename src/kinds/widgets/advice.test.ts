import { beforeEach, expect, it } from "vitest";
import { WidgetTalk } from "../../../test/harness/widgetTalk.ts";

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
