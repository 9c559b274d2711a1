import { beforeEach, expect, it } from "vitest";
import { WidgetTalk } from "../../../test/harness/widgetTalk.ts";

let talk: WidgetTalk;
beforeEach(() => {
  talk = new WidgetTalk();
});

it("a conference or pad whose name can be guessed is said to be so, and one that cannot is not", async () => {
  for (const line of ["add widget jitsi call", "add widget https://meet.element.io/Standup", "add widget etherpad team"])
    expect((await talk.preview(line)).body).toMatch(/Whoever guesses `(?:call|Standup|team)` can open it too/);
  for (const line of [
    "add widget jitsi",
    'add widget jitsi name="Team call"',
    "add widget https://meet.element.io/Jitsiabcdefghijklmnopqrstuvwx",
  ])
    expect((await talk.preview(line)).body).not.toContain("guesses");
});

it("a name without its quotes makes no conference of that name", async () => {
  expect(await talk.say("add widget jitsi name=Team call")).toContain('Did you mean `!usher add widget jitsi name="Team call"`?');
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
