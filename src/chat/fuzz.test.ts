import { describe, expect, it } from "vitest";
import { generateMessages } from "../../test/harness/generateMessages.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import type { Content, RoomEvent } from "../matrix/port.ts";
import { addressed, type Addressed } from "./address.ts";
import { httpsUrl, restOfLine, text } from "./arguments.ts";
import { defineCommand, optional, required, type Command } from "./command.ts";
import { actionable, type Heard } from "./gate.ts";
import { beginsWithCommand } from "./commandIn.ts";
import { parseLine } from "./parse.ts";

const me = "@usher:example.org" as UserId;
const scene = {
  me,
  displayName: "Usher",
  prefixes: ["!usher", "!im"],
  other: "@usher-two:example.org",
  events: ["$one", "$two:example.org"],
} as const;

const answer = (): Promise<never> => Promise.reject(new Error("Nothing is run here"));
const telling = { parameters: {}, changes: false, answer } as const;
const commands: readonly Command[] = [
  defineCommand({
    ...telling,
    words: "help",
    parameters: { command: optional(restOfLine("command")) },
    example: "help",
  }),
  defineCommand({ ...telling, words: "list", example: "list" }),
  defineCommand({ ...telling, words: "status", example: "status" }),
  defineCommand({ ...telling, words: "privacy", example: "privacy" }),
  defineCommand({
    ...telling,
    words: "remove",
    parameters: { id: required(text("id")) },
    example: "remove board-a1b2c3",
  }),
  defineCommand({
    ...telling,
    words: "add widget",
    parameters: { url: required(httpsUrl()) },
    options: { name: optional(text("name")) },
    example: "add widget https://example.org",
  }),
];

function event(type: string, content: Content): RoomEvent {
  return {
    eventId: "$event" as EventId,
    roomId: "!room:example.org" as RoomId,
    type,
    sender: "@alice:example.org" as UserId,
    originServerTs: 0,
    content,
    redacted: false,
    encryption: "none",
  };
}

function hear(
  type: string,
  content: Content,
  direct: boolean,
): { heard?: Heard; said?: Addressed } {
  const gate = actionable(event(type, content), me);
  if (!("heard" in gate)) return {};
  if (gate.heard.kind !== "message") return { heard: gate.heard };
  const names = {
    ...scene,
    direct,
    isCommand: (line: string) => beginsWithCommand(line, commands),
  };
  const said = addressed(gate.heard, names);
  return said === undefined ? { heard: gate.heard } : { heard: gate.heard, said };
}

describe("10,000 generated messages", () => {
  it.each([1, 2, 3, 4])(
    "hears exactly those said to Usher and understands or refuses each (seed %i)",
    (seed) => {
      const messages = generateMessages(seed, scene);
      const outcomes = new Map<string, number>();
      for (let index = 0; index < 2_500; index += 1) {
        const { type, content, addressed: expected, what } = messages.next().value;
        const { said } = hear(type, content, false);
        expect(
          said !== undefined,
          `${what}, number ${String(index)}: ${JSON.stringify(content).slice(0, 300)}`,
        ).toBe(expected);
        if (said === undefined) continue;
        expect(said.line).not.toMatch(/[\n\r]/);
        const parsed = parseLine(said.line, commands);
        const outcome = "error" in parsed ? parsed.error.code : parsed.command.words;
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
      // The generator reaches every command and every way to fail, or the rest would prove little.
      for (const { words } of commands) expect(outcomes.has(words), words).toBe(true);
      for (const code of [
        "address-unknown-command",
        "argument-missing",
        "argument-invalid",
        "argument-unexpected",
      ])
        expect(outcomes.has(code), code).toBe(true);
    },
  );

  it("takes every readable message in a direct chat as said to Usher", () => {
    const messages = generateMessages(5, scene);
    for (let index = 0; index < 2_000; index += 1) {
      const { type, content, addressed: expected } = messages.next().value;
      const { heard, said } = hear(type, content, true);
      const something = heard?.kind === "message" && heard.line !== "";
      expect(
        said === undefined && (expected || something),
        JSON.stringify(content).slice(0, 300),
      ).toBe(false);
      if (said !== undefined) parseLine(said.line, commands);
    }
  });

  it("is the same for the same seed", () => {
    const [one, other] = [generateMessages(9, scene), generateMessages(9, scene)];
    for (let index = 0; index < 100; index += 1)
      expect(one.next().value).toEqual(other.next().value);
  });
});
