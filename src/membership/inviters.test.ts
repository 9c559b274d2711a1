import { describe, expect, it } from "vitest";
import { ManualClock } from "../kernel/clock.ts";
import type { UserId } from "../kernel/ids.ts";
import { decideInvite, InviteBudget, type InviterRules } from "./inviters.ts";

const alice = "@alice:example.org" as UserId;
const rules = (allow: string[]): InviterRules => ({ allow, perSenderPerHour: 2, perHour: 3 });

describe("decideInvite", () => {
  it.each([
    [["example.org"], "accept"],
    [["*.org"], "accept"],
    [["*"], "accept"],
    [["@alice:example.org"], "accept"],
    [["@a*:example.org"], "accept"],
    [["@bob:example.org"], "invite-refused"],
    [["xample.org"], "invite-refused"],
    [["exampleXorg"], "invite-refused"],
    [["@alice:*.net"], "invite-refused"],
    [[], "invite-refused"],
  ])("with %j allowed: %s", (allow, decision) => {
    expect(decideInvite(alice, rules(allow), [], 0)).toBe(decision);
  });

  it("refuses the third invitation of one person in an hour, and accepts again after it", () => {
    const accepted = [
      { sender: alice, at: 0 },
      { sender: alice, at: 10 },
    ];
    expect(decideInvite(alice, rules(["*"]), accepted, 20)).toBe("invite-budget");
    expect(decideInvite("@bob:example.org" as UserId, rules(["*"]), accepted, 20)).toBe("accept");
    expect(decideInvite(alice, rules(["*"]), accepted, 3_600_000)).toBe("accept");
  });

  it("refuses everybody when the total is used up", () => {
    const accepted = ["@b:x.org", "@c:x.org", "@d:x.org"].map((sender) => ({
      sender: sender as UserId,
      at: 0,
    }));
    expect(decideInvite(alice, rules(["*"]), accepted, 20)).toBe("invite-budget");
  });
});

describe("InviteBudget", () => {
  it("counts those it let, and forgets them after an hour", () => {
    const clock = new ManualClock();
    const budget = new InviteBudget(rules(["*"]), clock);
    expect([budget.take(alice), budget.take(alice), budget.take(alice)]).toEqual([
      "accept",
      "accept",
      "invite-budget",
    ]);
    clock.advance(3_599_999);
    expect(budget.take(alice)).toBe("invite-budget");
    clock.advance(1);
    expect(budget.take(alice)).toBe("accept");
  });
});
