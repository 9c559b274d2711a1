import { describe, expect, it } from "vitest";
import { refusalOf } from "../../../test/harness/sentenceOf.ts";
import { restOfLine, userId } from "../../chat/arguments.ts";
import { defineCommand, required, type Command, type Request } from "../../chat/command.ts";
import { parseLine } from "../../chat/parse.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import { audited } from "./audited.ts";

const ADA = "@ada:example.org" as UserId;
const BEA = "@bea:example.org" as UserId;

const request: Request = {
  room: "!office:example.org" as RoomId,
  person: "@olga:example.org" as UserId,
  event: "$asked" as EventId,
  thread: undefined,
  direct: false,
  operator: true,
  calledAs: "!usher",
};

/** Notes what happens, in order. */
function scene(of: Parameters<typeof audited>[2] = {}): {
  readonly happened: unknown[];
  readonly command: (changes: boolean) => Command;
} {
  const happened: unknown[] = [];
  const answer = (): Promise<{ template: string; view: object & Record<string, never> }> => {
    happened.push("done");
    return Promise.resolve({ template: "x", view: {} });
  };
  const words = {
    parameters: { user: required(userId()), note: required(restOfLine("note")) },
    example: "",
  } as const;
  const command = (changes: boolean): Command =>
    changes
      ? defineCommand({
          ...words,
          words: "admin do",
          changes: true,
          deed: "x",
          needs: () => [],
          plan: () => Promise.resolve({ unseen: true }),
          perform: answer,
        })
      : defineCommand({ ...words, words: "admin tell", changes: false, answer });
  return {
    happened,
    command: (changes) =>
      audited(
        command(changes),
        {
          record: (deed) => {
            happened.push(deed);
            return Promise.resolve();
          },
          rolesOf: () => ["operator"],
        },
        { targets: ["user"], ...of },
      ),
  };
}

describe("audited", () => {
  it("R64 names nobody where whoever it is about must not hear of it", async () => {
    const { happened, command } = scene({ unnamed: "note" });
    for (const note of [true, false])
      await (command(true) as Command & { readonly changes: true }).perform(
        { user: ADA, note } as never,
        request,
      );
    expect(happened.filter((one) => one !== "done")).toMatchObject([
      { what: "admin do", targets: [] },
      { what: "admin do", targets: [ADA] },
    ]);
  });

  it.each([
    [false, "admin tell"],
    [true, "admin do"],
  ])(
    "records ids and never words, before anything is done (changes: %s)",
    async (changes, words) => {
      const { happened, command } = scene();
      const understood = parseLine(`${words} @ada:example.org something private`, [
        command(changes),
      ]);
      if ("error" in understood) throw understood.error;
      if (understood.command.changes) {
        await understood.command.plan(understood.input, request);
        expect(happened).toEqual([]);
        await understood.command.perform(understood.input, request);
      } else await understood.command.answer(understood.input, request);
      expect(happened).toEqual([
        {
          ...{ who: request.person, what: words, event: request.event },
          ...{ targets: ["@ada:example.org"], role: "operator" },
        },
        "done",
      ]);
    },
  );

  it("does nothing where it cannot be recorded", async () => {
    const { happened } = scene();
    const command = audited(
      defineCommand({
        words: "admin tell",
        parameters: {},
        example: "",
        changes: false,
        answer: () => {
          happened.push("done");
          return Promise.resolve({ template: "x", view: {} });
        },
      }),
      {
        record: () => Promise.reject(new Error("disk full")),
        rolesOf: () => ["operator"],
      },
    );
    if (command.changes) throw new Error("it only tells");
    await expect(command.answer({} as never, request)).rejects.toThrow("disk full");
    expect(happened).toEqual([]);
  });

  it("R68 is refused to whoever has another role, before anything is looked at or recorded", async () => {
    const { happened, command } = scene();
    const by = {
      record: () => Promise.reject(new Error("recorded")),
      rolesOf: () => ["operator", "support"] as const,
    };
    for (const changes of [false, true]) {
      const one = audited(command(changes), by, { roles: ["dpo"] });
      const input = { user: "@ada:example.org", note: "x" } as never;
      const asked = one.changes ? one.plan(input, request) : one.answer(input, request);
      expect(await refusalOf(asked)).toContain(
        "That is for the data-protection officer, and you are an operator and support.",
      );
      if (one.changes) await expect(one.perform(input, request)).rejects.toThrow("role-missing");
    }
    expect(happened).toEqual([]);
  });

  it("R68 leaves for each look about whom it is and why: as they say, or as such a look is for; a preview is one", async () => {
    const about = (): Promise<readonly UserId[]> => Promise.resolve([BEA, ADA]);
    const { happened, command } = scene({ look: { reason: "support", about } });
    const row = { who: request.person, event: request.event, role: "operator" };
    const tells = command(false);
    if (tells.changes) throw new Error("it only tells");
    await tells.answer({ user: ADA, note: "x" } as never, request);
    await tells.answer({ user: ADA, note: "x", reason: "law" } as never, request);
    const does = command(true);
    if (!does.changes) throw new Error("it only does");
    await does.plan({ user: ADA, note: "x" } as never, request);
    await does.perform({ user: ADA, note: "x" } as never, request);
    const targets = [ADA, BEA];
    expect(happened).toEqual([
      { ...row, what: "admin tell", targets, reason: "support" },
      "done",
      { ...row, what: "admin tell", targets, reason: "law" },
      "done",
      { ...row, what: "admin do", targets, reason: "support" },
      { ...row, what: "admin do", targets: [ADA] },
      "done",
    ]);
  });
});
