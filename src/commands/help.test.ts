import { describe, expect, it } from "vitest";
import { ALICE, MemoryConversation } from "../../test/harness/memoryConversation.ts";
import { unheardCommands } from "../../scripts/unheardCommands.ts";
import { sentenceOf } from "../../test/harness/sentenceOf.ts";
import type { Answer, Command, Request } from "../chat/command.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import { usageOf } from "../chat/usage.ts";
import { help } from "./help.ts";

const ADA = "@ada:example.org" as UserId;
const BOB = "@bob:example.org" as UserId;
const USHER = "@usher:example.org" as UserId;

const levels = { users: { [ADA]: 100, [USHER]: 100 } };
const power = () => Promise.resolve({ version: "11", creators: new Set<UserId>(), levels });

/** What help says to a word. */
async function answered(said: string, person: UserId, operator = false): Promise<Answer> {
  const command: Command = help({ me: USHER, power }, unheardCommands);
  if (command.changes) throw new Error("help changes nothing");
  const place = { room: "!r:example.org" as RoomId, event: "$e" as EventId, thread: undefined };
  const request: Request = { ...place, person, direct: false, operator, calledAs: "!usher" };
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

it("a word that begins a command, and is what another adds, is both", async () => {
  expect(await shown("webhook", ADA)).toEqual([
    "add webhook <name> [days=…]",
    "webhook resend <name or id …>",
  ]);
});

it("where nothing of a subject may be done here, the command with that name is explained", async () => {
  expect(await shown("widgets", BOB)).toEqual(["list"]);
});

it("a command's other names are explained as that command", async () => {
  expect(await shown("delete", ADA)).toEqual(["remove <name or id …>"]);
  expect(await shown("bot add", ADA)).toEqual(["add bot <bot> [level=…]"]);
});

it("help on a word does not greet again, and what begins alike is said to do something", async () => {
  const said = async (line: string): Promise<string> => sentenceOf(await answered(line, ADA));
  expect(await said("")).toMatch(/^I am Usher, a bot\. Here you can say/);
  // Behind the first thing to add stand all others that there are.
  expect(await said("")).toMatch(
    /^- `!usher add widget jitsi name="Team call"` – adds a page or something of the catalogue as a widget; `bot`(?: `[a-z]+`)* too: `!usher help add`$/m,
  );
  expect(await said("add")).toMatch(/^Here you can say/);
});

it.each([
  ["hello", "`!usher hello [more …]` – says hello back."],
  ["thanks", "`!usher thanks [more …]` – says that you are welcome."],
  ["set", "– changes the name or settings of something that was added."],
  ["pin", "`!usher pin <name or id …>` – puts a widget above the conversation."],
  ["unpin", "`!usher unpin <name or id …>` – puts a widget beside the conversation again."],
])("help %s says what it does", async (words, does) => {
  expect(sentenceOf(await answered(words, ADA))).toContain(does);
});

it("help on a command that begins others lists these too, so that no command is told of that cannot be found", async () => {
  const said = sentenceOf(await answered("privacy", BOB));
  const below = unheardCommands().filter(({ words }) => words.startsWith("privacy "));
  expect(below.length).toBeGreaterThan(20);
  for (const command of below) expect(said).toContain(`- \`${usageOf(command, "!usher")}\` – `);
  expect(sentenceOf(await answered("list", BOB))).not.toContain("There is also");
});

it("help on every command shows how it is typed, an example to copy, and that it asks first where it changes things", async () => {
  for (const { words, example, changes } of unheardCommands()) {
    const said = sentenceOf(await answered(words, ADA, true));
    expect(said).toMatch(new RegExp(`^\`!usher ${words}[ \`]`));
    expect(said).toContain(`For example: \`!usher ${example}\``);
    expect([words, said.includes("ask before I do it; `--yes` skips that")]).toEqual([
      words,
      changes,
    ]);
  }
});

const DEPENDS = "Who may: that depends; I check it, and say what power is lacking.";

it.each([
  ["status", false, "Who may: everybody."],
  ["leave", false, DEPENDS],
  ["resume", false, DEPENDS],
  ["move from", false, DEPENDS],
  ["pin", false, "Who may: anybody with power 50 or more in the room; I need as much."],
  ["set", false, "Who may: usually anybody with power 50 or more in the room; I need as much."],
  ["admin status", true, "Who may: the people who run me."],
])("help %s says who may", async (words, operator, who) => {
  expect(sentenceOf(await answered(words, ADA, operator))).toContain(who);
});

describe("help for operators", () => {
  const levels = { users: { [ALICE]: 100, [USHER]: 100 } };
  const power = () => Promise.resolve({ version: "11", creators: new Set<UserId>(), levels });
  const said = async (line: string, operator: boolean): Promise<readonly string[]> => {
    const commands = [help({ me: USHER, power }, unheardCommands)];
    const conversation = new MemoryConversation({ commands });
    if (operator) conversation.operators.add(ALICE);
    await conversation.say(`!usher ${line}`);
    return conversation.said.at(-1)?.body.split("\n") ?? [];
  };
  const meant: readonly (readonly [usage: string, meaning: string])[] = [
    ["admin status", "how I am as a whole"],
    ["admin doctor", "looks for faults, and says how to mend them"],
    ["admin catalogue list", "everything that can be added, disabled or not"],
    ["admin catalogue suggest", "finds bridges on this homeserver that are not in the catalogue"],
    ["admin catalogue add <kind> <id> <{ … } …>", "offers something new"],
    ["admin catalogue change <id> <{ … } …>", "changes an entry by what is given in JSON"],
    ["admin catalogue disable <id>", "offers something no longer"],
    ["admin catalogue enable <id>", "offers something again"],
    ["admin rooms [page] [reason=…]", "lists the rooms I am in"],
    ["admin leave <room>", "has me leave a room"],
    ["admin links [page]", "the links of all rooms"],
    ["admin unlink <room> <id>", "takes away a link of a room"],
    ["admin codes new <pack> <count>", "makes codes for a sticker pack"],
    ["admin cases [from]", "nobody has answered"],
    ["admin case <id> [answer or refuse or extend or done] [text …] [reason=…]", "puts it off"],
    ["admin case add <user> <what> [text …] [received=…]", "received"],
    ["admin complaints", "how each ended"],
    [
      "admin disclosure add <user> <ground> <recipient> [what was given …] [on=…] [--untold]",
      "one of four grounds",
    ],
    ["admin disclosures [user] [from=…] [reason=…]", "what was given to others"],
    ["admin underage <user>", "too young"],
    ["admin summary [days or month]", "in numbers"],
    ["admin controller", "who answers for people's data"],
    [
      "admin audit [days or month] [since=…] [reason=…]",
      "who had me do what, the whole record in a file",
    ],
    ["admin audit verify", "is as it was written"],
    ["admin article30", "hands over the record of processing (GDPR article 30) as a file"],
    ["admin backup", "makes a sealed backup of what I keep"],
    ["admin crypto", "the state of my encryption"],
    ["admin verify <user> <yes or no>", "how a comparison of emoji came out"],
    [
      "admin identity <user> [key] [reason=…]",
      "takes the new identity (cross-signing) of somebody",
    ],
    ["admin keys status", "shows the keys of the key ring"],
    ["admin keys add [kid]", "makes a new key in the key ring"],
    ["admin keys rewrap", "what older ones still lock"],
    ["admin keys retire <kid>", "takes a key that locks nothing any more"],
  ];

  it("has a line for each of their commands: how it is typed, and what it does", async () => {
    const lines = (await said("help admin", true)).filter((line) => line.startsWith("- "));
    expect(lines).toHaveLength(meant.length);
    for (const [index, [usage, meaning]] of meant.entries()) {
      expect(lines[index]).toContain(`\`!usher ${usage}\` – `);
      expect(lines[index]).toContain(meaning);
    }
  });

  it("tells nobody else of them", async () => {
    const lines = await said("help admin", false);
    expect(lines.join("\n")).not.toMatch(/admin (?:status|doctor|catalogue)/u);
  });
});
