import { expect, it } from "vitest";
import { unheardCommands } from "../../scripts/unheardCommands.ts";
import type { Answer, Command, Request } from "../chat/command.ts";
import { createRenderer } from "../chat/render.ts";
import { loadTemplates } from "../chat/templates.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import { help } from "./help.ts";

const ADA = "@ada:example.org" as UserId;
const BOB = "@bob:example.org" as UserId;
const USHER = "@usher:example.org" as UserId;

/** What help says to a word. */
async function answered(said: string, person: UserId): Promise<Answer> {
  const levels = { users: { [ADA]: 100, [USHER]: 100 } };
  const power = () => Promise.resolve({ version: "11", creators: new Set<UserId>(), levels });
  const command: Command = help({ me: USHER, power }, unheardCommands);
  if (command.changes) throw new Error("help changes nothing");
  const place = { room: "!r:example.org" as RoomId, event: "$e" as EventId, thread: undefined };
  const request: Request = { ...place, person, direct: false, operator: false, calledAs: "!usher" };
  return command.answer({ command: said === "" ? undefined : said } as never, request);
}

/** The usages that help shows for a word. */
async function shown(said: string, person: UserId): Promise<readonly unknown[]> {
  const answer = await answered(said, person);
  const view = answer.view as { commands?: readonly { usage: string }[]; usage?: string };
  return view.commands?.map(({ usage }) => usage) ?? [view.usage];
}

it("a subject that is a name of another command too is the subject", async () => {
  expect(await shown("widgets", ADA)).toContain("add widget <entry or url> [key=value …]");
  expect(await shown("bots", ADA)).toContain("add bot <bot> [level=…]");
});

it("where nothing of a subject may be done here, the command with that name is explained", async () => {
  expect(await shown("widgets", BOB)).toEqual(["list"]);
});

it("a command's other names are explained as that command", async () => {
  expect(await shown("delete", ADA)).toEqual(["remove <name or id …>"]);
  expect(await shown("bot add", ADA)).toEqual(["add bot <bot> [level=…]"]);
});

it("help on a word does not greet again, and what begins alike is said to do something", async () => {
  const renderer = createRenderer(loadTemplates());
  const said = async (line: string): Promise<string> =>
    renderer.render(await answered(line, ADA), { calledAs: "!usher", usher: USHER }).body;
  expect(await said("")).toMatch(/^I am Usher, a bot\. Here you can say/);
  expect(await said("")).toContain(
    '- `!usher add widget jitsi name="Team call"` – adds a page or something of the catalogue as a widget; `bot` too: `!usher help add`',
  );
  expect(await said("add")).toMatch(/^Here you can say/);
});
