import { beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { unheardCommands } from "../../scripts/unheardCommands.ts";
import { sentenceOf } from "../../test/harness/sentenceOf.ts";
import { defineCommand, type Command } from "../chat/command.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import type { Identity } from "../matrix/port.ts";
import { Restrictions } from "../rights/people/restrictions.ts";
import { personDocument } from "../store/people.ts";
import { commandGuard } from "./guard.ts";

const ANN = "@ann:example.org" as UserId;
const BOB = "@bob:example.org" as UserId;
const YOUNG = "@young:example.org" as UserId;
const ROOM = "!room:example.org" as RoomId;
const OTHER = "!other:example.org" as RoomId;

const telling = (words: string, signedDevice = false): Command =>
  defineCommand({
    words,
    parameters: {},
    example: words,
    signedDevice,
    changes: false,
    answer: () => Promise.resolve({ template: "thanks", view: {} }),
  });
const adding = telling("add widget");
const pin = telling("pin");
const list = telling("list");
const kinds = [{ kind: "widget", plural: "widgets", adding, more: [pin] }] as const;

let documents: ReturnType<typeof memoryDocuments>;
let restrictions: Restrictions;
let now: Identity;

beforeEach(() => {
  documents = memoryDocuments();
  restrictions = new Restrictions(documents);
  now = { is: "known", masterKey: "first" };
});

async function refused(
  command: Command,
  person = ANN,
  room = ROOM,
  direct = false,
): Promise<string | undefined> {
  const matrix = { identity: () => Promise.resolve(now) };
  const underage = { isReported: (one: unknown) => Promise.resolve(one === YOUNG) };
  const deps = { matrix, documents, restrictions, kinds, underage, minimumAge: 16 };
  const fault = await commandGuard(deps)(command, {
    person,
    room,
    direct,
  });
  return fault === undefined ? undefined : sentenceOf(fault);
}

describe("R37 whoever restricted everything", () => {
  beforeEach(() => restrictions.add({ person: ANN, at: 1 }));

  it("is told at each command how to end that, and others are not", async () => {
    for (const command of [adding, pin, list])
      expect(await refused(command)).toContain("`!usher privacy resume` ends that");
    expect(await refused(list, BOB)).toBeUndefined();
  });

  it("keeps their rights and help, and of all commands that there are nothing else", async () => {
    const left: string[] = [];
    for (const command of unheardCommands())
      if ((await refused({ ...command, signedDevice: false })) === undefined)
        left.push(command.words);
    expect(left.filter((words) => !words.startsWith("privacy"))).toEqual(["help", "confirm"]);
    expect(left).toContain("privacy");
    expect(left).toContain("privacy export");
    expect(await refused(telling("privacyfoo"))).toBeDefined();
  });
});

describe("R65 whoever is known to be too young", () => {
  it("is told so alone, and nobody else in a room is", async () => {
    const changing = unheardCommands().find(({ words }) => words === "add widget") ?? adding;
    expect(await refused(changing, YOUNG, ROOM, true)).toContain("I was told that you are younger");
    const inRoom = await refused(changing, YOUNG);
    expect(inRoom).toBe(
      "I cannot do that for you. Say it to me in a direct chat, and I tell you why.",
    );
    expect(await refused(list, YOUNG)).toBeUndefined();
  });
});

describe("R39 whoever objects", () => {
  it("to a kind may not add or change of it, and everything else", async () => {
    await restrictions.add({ person: ANN, at: 1, kind: "widget", case: "abc" });
    for (const command of [adding, pin])
      expect(await refused(command)).toMatch(/You objected to this, as far as it is about widgets/);
    expect(await refused(list)).toBeUndefined();
  });

  it("to a room may do nothing there, and everything elsewhere", async () => {
    await restrictions.add({ person: ANN, at: 1, room: ROOM, case: "abc" });
    expect(await refused(list)).toContain(`about \`${ROOM}\``);
    expect(await refused(list, ANN, OTHER)).toBeUndefined();
  });
});

describe("R34 R36 whose identity changed", () => {
  it("is refused what is about a person, and nothing else", async () => {
    const identity = { masterKey: "first", seen: "2026-11-29" };
    await documents.update(personDocument, ANN, () => ({ person: ANN, identity }));
    const about = telling("privacy data", true);
    expect(await refused(about)).toBeUndefined();
    now = { is: "known", masterKey: "second" };
    expect(await refused(about)).toContain("another identity");
    expect(await refused(list)).toBeUndefined();
  });
});
