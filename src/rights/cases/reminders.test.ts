import { describe, expect, it } from "vitest";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import { DAY_MS } from "../../kernel/days.ts";
import { dueDate } from "./dueDates.ts";
import { remind, type WaitingRequest } from "./reminders.ts";

const AT = Date.UTC(2026, 10, 20, 9);

async function told(is: WaitingRequest["is"], days: number, extended = false): Promise<string> {
  let said = "";
  const due = dueDate(AT) + (extended ? 60 * DAY_MS : 0);
  const named = is === "case" ? ({ is, kind: "human" } as const) : { is };
  const one = { id: "3f9c0a51e27b", what: "privacy human", at: AT, due, extended, ...named };
  const tell: Parameters<typeof remind>[0] = (answer) => {
    said = sentenceOf(answer);
    return Promise.resolve(true);
  };
  await remind(tell, one, AT + days * DAY_MS);
  return said;
}

describe("R66 what operators are told of a request that waits", () => {
  it("names the day that it is, where it was entered late, or nobody could be told for a while", async () => {
    expect(await told("case", 0)).toMatch(/^Somebody wrote to you: case `3f9c0a51e27b`/);
    expect(await told("case", 10)).toMatch(/^Case `3f9c0a51e27b` .* still open \(day 10 of 30\)/);
    expect(await told("case", 29)).toMatch(/longer: case .* still open \(day 29 of 30\)/);
    expect(await told("case", 71, true)).toContain("(day 10 of 30)");
    expect(await told("by-hand", 10)).toMatch(/^Somebody is erased.*\(day 10 of 30\)/);
    expect(await told("erasure", 10)).toMatch(/^Somebody asked to be erased.*\(day 10 of 30,/);
  });

  it("says that it is overdue, and not that it is day 28", async () => {
    for (const is of ["case", "by-hand", "erasure"] as const)
      expect(await told(is, 400)).toMatch(/^This cannot wait any longer: [^]*\(overdue/);
  });

  it("R68 goes to whoever can do it", async () => {
    const asked = async (request: Pick<WaitingRequest, "is" | "kind">): Promise<unknown> => {
      let roles: unknown;
      const waiting = { id: "3f9c", what: "privacy", at: AT, due: dueDate(AT), extended: false };
      const tell: Parameters<typeof remind>[0] = (_answer, _once, to) => {
        roles = to?.roles;
        return Promise.resolve(true);
      };
      await remind(tell, { ...waiting, ...request } as WaitingRequest, AT);
      return roles;
    };
    expect(await asked({ is: "case", kind: "human" })).toEqual(["dpo", "support"]);
    expect(await asked({ is: "case", kind: "complain" })).toEqual(["dpo"]);
    expect(await asked({ is: "by-hand" })).toEqual(["dpo"]);
    expect(await asked({ is: "erasure" })).toEqual(["operator", "dpo"]);
  });
});
