import { ALL_KEPT } from "../../../test/harness/allKept.ts";
import { beforeEach, describe, expect, it } from "vitest";
import { ann, bot, BotWorld, Crash, me, order, room } from "../../../test/harness/botWorld.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import type { Answer, Command, Request } from "../../chat/command.ts";
import { pointed } from "../../chat/culprit.ts";
import { parseLine } from "../../chat/parse.ts";
import { info } from "../../commands/info.ts";
import { list } from "../../commands/list.ts";
import { remove } from "../../commands/remove.ts";
import { resume } from "../../commands/resume.ts";
import { set } from "../../commands/set.ts";
import { show } from "../../commands/show.ts";
import { undo } from "../../commands/undo.ts";
import { Catalogue } from "../../integrations/catalogue.ts";
import { History } from "../../integrations/history.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, UserId } from "../../kernel/ids.ts";
import type { Content, Profiles } from "../../matrix/port.ts";
import { addBot } from "./addBot.ts";
import { BotAdoption } from "./adoption.ts";
import { botInfo } from "./botInfo.ts";
import type { BotEntry } from "./config.ts";
import { botItems } from "./items.ts";
import { botId } from "./presence.ts";
import { botUndoHandler } from "./undo.ts";

const eve = "@eve:x" as UserId;
const id = botId(bot);

let world: BotWorld;
let account: Awaited<ReturnType<Profiles["account"]>>["is"];
let replacement: Content | undefined;
beforeEach(() => {
  world = new BotWorld();
  account = "known";
  replacement = undefined;
});

function commands(): readonly Command[] {
  const { state } = world.matrix;
  const matrix = {
    ...world.matrix,
    members: () =>
      Promise.resolve({
        joined: new Set([ann, me, ...(world.membership() === "join" ? [bot] : [])]),
        invited: new Set<UserId>(),
      }),
    encryption: () => Promise.resolve("none" as const),
    account: () =>
      Promise.resolve(account === "known" ? { is: account, name: undefined } : { is: account }),
    state: (...about: Parameters<typeof state>) =>
      about[1] === "m.room.tombstone" ? Promise.resolve(replacement) : state(...about),
  };
  const bots = world.bots();
  const entries = [world.entry];
  const catalogue = new Catalogue(
    entries.map((entry) => ({ kind: "bot", ...entry })),
    [{ kind: "bot", plural: "bots" }],
  );
  const maubot = undefined;
  const items = [botItems({ matrix, bots, maubot })];
  const history = new History({
    documents: world.documents,
    clock: world.clock,
    undoHandlers: [botUndoHandler(bots, matrix)],
    setUps: world.setUps,
    retention: ALL_KEPT,
  });
  return [
    addBot({ matrix, bots, adoption: new BotAdoption(world), entries, maubot, joinSeconds: 1 }),
    info(catalogue, [
      { kind: "bot", info: (entry) => botInfo(entries, entry.id, () => undefined) },
    ]),
    list(items, ["bots"]),
    show(items),
    set(items),
    remove(items, ["bot"]),
    undo(history),
    resume(world.setUps),
  ];
}

let asked = 0;

/** What Usher says to a line of Ann's in the end, or, with `ask`, what it asks before it does something. */
async function said(line: string, how: "ask" | "do" = "do"): Promise<string> {
  const request: Request = {
    room,
    person: ann,
    event: `$asked${String((asked += 1))}` as EventId,
    thread: undefined,
    direct: false,
    operator: false,
    calledAs: "!usher",
  };
  const run = async (words: string, step: "ask" | "do"): Promise<Answer> => {
    const understood = parseLine(words, commands(), "!usher");
    if ("error" in understood) throw understood.error;
    const { command, input } = understood;
    if (!command.changes) return command.answer(input, request);
    if (step === "do") return command.perform(input, request);
    await command.needsHere?.(input, request);
    const plan = await command.plan(input, request);
    if ("nothing" in plan) return plan.nothing;
    if ("preview" in plan) return plan.preview;
    throw new Error(`${words} asks nothing`);
  };
  try {
    return sentenceOf(await world.done(run(line, how)));
  } catch (error) {
    if (error instanceof UsherError) return sentenceOf(pointed(error, line));
    throw error;
  }
}

const refuse = (view: object = {}): Promise<never> =>
  Promise.reject(
    new UsherError("room-unreachable", {
      status: 400,
      code: "M_BAD_JSON",
      action: "send",
      ...view,
    }),
  );

/** The bot is in the room, and Usher had no part in that. */
function broughtByEve(): void {
  world.move(room, "join", eve);
}

describe("adding a bot", () => {
  it("says so where its server cannot be reached, or knows no such account", async () => {
    expect(await said("add bot poll", "ask")).not.toMatch(/cannot be reached|knows no account/);
    account = "unreachable";
    expect(await said("add bot poll", "ask")).toContain("x is unreachable: may fail");
    account = "unknown";
    expect(await said("add bot poll", "ask")).toContain("x knows no account `@poll:x`");
  });

  it("with power that may not be given any more, says which, and how to give it", async () => {
    world.levels = { users: { [ann]: 0, [me]: 100 } };
    const body = await said("add bot poll level=50");
    expect(body).toContain("it is in the room now. I could not give it power 50: whoever asked");
    expect(body).toContain(`\`!usher set ${id} level=50\``);
    expect(body).not.toContain("The homeserver did not let me");
  });

  it("with power and words that the homeserver refuses, says so of both", async () => {
    world.matrix.setState = () => refuse();
    world.matrix.send = () => refuse();
    const body = await said("add bot poll level=50");
    expect(body).toContain("The homeserver did not let me give it power 50.");
    expect(body).toContain(`\`!usher set ${id} level=50\``);
    expect(body).toContain("My first words to it were refused");
  });

  it.each([
    ["setState", "giving @poll:x its power"],
    ["send", "saying the first words to @poll:x"],
  ] as const)("that a crash cut off at %s goes on there on request", async (method, step) => {
    const before = world.matrix[method];
    world.matrix[method] = () => Promise.reject(new Crash());
    await expect(said("add bot poll level=50")).rejects.toThrow(Crash);
    world.matrix[method] = before as never;
    expect(await said(`resume ${id}`, "ask")).toContain(step);
    expect(await said(`resume ${id}`)).toContain("it is in the room now");
  });

  it("that is here, with power that may not be given, says which, and how to give it", async () => {
    broughtByEve();
    world.levels = { users: { [ann]: 0, [me]: 100 } };
    const body = await said("add bot poll level=50");
    expect(body).toContain("is on my list now. I could not give it power 50");
    expect(body).toContain(`\`!usher set ${id} level=50\``);
  });

  it.each([
    [true, "Try again in a minute."],
    [false, "Check how the account is written."],
  ])(
    "that the homeserver refuses to invite (passing: %s) says what to do",
    async (passing, next) => {
      world.matrix.invite = () => refuse({ action: "invite", passing });
      const body = await said("add bot poll");
      expect(body).toMatch(/^@poll:x was not invited: the homeserver does not let me\. /);
      expect(body).toContain(next);
      expect(body.includes("ask them")).toBe(!passing);
    },
  );

  it("that is unknown leads to those there are, and to any other by its account", async () => {
    const body = await said("add bot weather");
    expect(body).toContain("My catalogue has no bot `weather`. `!usher browse bots` lists those");
    expect(body).toContain("by its Matrix ID, such as @name:example.org");
    expect(await said("add bot pol")).toContain("Did you mean `!usher add bot poll`?");
  });
});

describe("who runs a bot", () => {
  const policy = "https://example.org/bots";
  it.each<[BotEntry["host"], RegExp]>([
    [{ by: "operator" }, /run by (?:me|whoever runs me|the people who run me)/i],
    [{ by: "operator", policy }, /run me[^]*https:\/\/example\.org\/bots/],
    [
      { by: "third-party", who: "Example Bots", policy },
      /Example Bots[^]*https:\/\/example\.org\/bots/,
    ],
    [{ by: "address" }, /whoever runs x/],
  ])("is told before it is added, and by info and show: %j", async (host, says) => {
    world.entry = { ...world.entry, host };
    expect(await said("add bot poll", "ask")).toMatch(says);
    expect(await said("info poll")).toMatch(says);
    broughtByEve();
    expect(await said("show poll")).toMatch(says);
  });

  it("comes with the power it needs, what Usher will say to it, and the line that adds it", async () => {
    world.entry = { ...world.entry, level: 50, price: "paid" };
    const body = await said("info poll");
    expect(body).toContain("It needs power 50. When it has come I say to it: `!poll hello`");
    expect(body).toContain("Asks the room questions");
    expect(body).toMatch(/To add it: `!usher add bot poll/);
  });
});

describe("a bot that somebody else brought in", () => {
  beforeEach(broughtByEve);

  it("is listed apart, with its power, and shown as none of Usher's", async () => {
    world.levels = { users: { [ann]: 100, [me]: 100, [bot]: 75 } };
    expect(await said("list")).toMatch(/that are not on my list:\n- Poll bot .*, with power 75$/m);
    expect(await said("show poll")).toContain("I did not bring it in.");
    expect(await said("remove poll", "ask")).toContain("It was not brought in through me.");
  });

  it("is no stranger once it is on Usher's list", async () => {
    await said("add bot poll");
    expect(await said("list")).not.toContain("not on my list");
    expect(await said("show poll")).toContain("@ann:x asked for it on ");
    expect(await said("remove poll", "ask")).toContain("@ann:x asked for it.");
  });

  it("in a room that has been replaced is said to have stayed behind", async () => {
    expect(await said("list")).not.toContain("stayed behind");
    replacement = { replacement_room: "!new:x" };
    expect(await said("list")).toContain("bots that are still here stayed behind");
  });

  it("and made the room can be neither taken out nor given another power", async () => {
    world.matrix.power = () =>
      Promise.resolve({ version: "12", creators: new Set([bot]), levels: world.levels });
    for (const line of ["set poll level=50", "remove poll"])
      expect(await said(line, "ask")).toBe(
        "@poll:x created this room. Nobody can remove it or change its power; it can only leave by itself.",
      );
  });

  it.each(["101", "-1", "half"])("is given no power of %s", async (level) => {
    const body = await said(`set poll level=${level}`);
    expect(body).toContain("a whole number from 0 to 100, as `level=50`");
    expect(body).toContain(`level=${level}\n`);
  });

  it("and comes back at once is said to be there still, with how to keep it out", async () => {
    world.manners = "heeds no words";
    world.matrix.kick = () => Promise.resolve();
    expect(await said("remove poll")).toMatch(/^@poll:x is still in this room.*ban it/);
  });
});

it("a bot of which the room has never heard is not here", async () => {
  world.matrix.invite = () => Promise.resolve();
  await said("add bot poll");
  expect(await said("list")).toMatch(/Poll bot .*: not here; @ann:x asked for it/);
});

describe("undo", () => {
  it("of another power says that it will have the one before", async () => {
    await world.done(world.bots().add(room, order));
    await said("set poll level=75");
    expect(await said("undo", "ask")).toContain("It will have the power that it had before.");
  });

  it.each([
    ["stays away", "I have invited it again; when it comes, I will give it the power it had"],
    ["declines", "It has declined my invitation, so it is still out."],
    ["comes", "It is in the room again."],
  ] as const)("of a removal, where the bot %s, says how it stands", async (manners, says) => {
    await said("add bot poll");
    await said("remove poll");
    world.manners = manners;
    const body = await said("undo");
    expect(body).toMatch(/^Taken back: /);
    expect(body).toContain(says);
  });
});
