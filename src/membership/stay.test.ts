import { describe, expect, it } from "vitest";
import { decideInvite } from "./inviters.ts";
import { sentenceOf } from "../../test/harness/sentenceOf.ts";
import type { UserId } from "../kernel/ids.ts";
import { roomDocument } from "../store/room.ts";
import { invitedTo, outcomeOf, refusalOf, stayIn } from "./stay.ts";

const ANN = "@ann:example.org" as UserId;

it("a document tells of a stay where Usher has greeted, was invited, or keeps silent", () => {
  expect(stayIn({})).toBeUndefined();
  expect(stayIn({ greetedAt: 0 })).toEqual({ greetedAt: 0 });
  expect(stayIn({ inviter: ANN })).toEqual({ greetedAt: undefined });
  expect(stayIn({ silentSince: 0 })).toEqual({ greetedAt: undefined });
});

describe("after an absence", () => {
  it.each([
    ["greets where it came in and had not greeted", undefined, true, "greet"],
    ["waits for the invitation where it had not come in", undefined, false, undefined],
    ["has lost the room that it is in no longer", 9, false, "over"],
    ["goes on where it still is", 9, true, undefined],
    ["has not lost what began after it asked", 11, false, undefined],
    ["nor what began in the same moment", 10, false, undefined],
  ])("Usher %s", (_what, greetedAt, joined, outcome) => {
    expect(outcomeOf({ greetedAt }, joined, 10)).toBe(outcome);
  });
});

describe("an invitation", () => {
  const plain = { hints: new Map() };
  const encrypted = { hints: new Map([["m.room.encryption", {}]]) };

  it("is accepted where the inviter may and Usher can read there", () => {
    expect(refusalOf(plain, "accept", false)).toBeUndefined();
    expect(refusalOf(encrypted, "accept", true)).toBeUndefined();
  });

  it("is refused with the first reason there is", () => {
    expect(refusalOf(encrypted, "accept", false)?.template).toBe("error/room-encrypted-unreadable");
    expect(refusalOf(encrypted, "invite-budget", false)).toEqual({
      template: "error/invite-budget",
      view: {},
    });
    expect(refusalOf(plain, "invite-refused", true)?.template).toBe("error/invite-refused");
  });

  it.each([
    [
      "help@example.org",
      "I may not come: the people who run me have not allowed invitations from you. Ask them: help@example.org.",
    ],
    [undefined, "I may not come: the people who run me have not allowed invitations from you."],
  ])("that is not allowed says whom to ask, where there is somebody: %s", (support, words) => {
    const rules = { allow: ["example.org"], perSenderPerHour: 1, perHour: 1 };
    const decision = decideInvite("@eve:evil.test" as UserId, rules, [], 0);
    const refusal = refusalOf(plain, decision, true);
    if (refusal === undefined) throw new Error("It is refused");
    expect(sentenceOf(refusal, { support })).toBe(words);
    expect(refusalOf(plain, decideInvite(ANN, rules, [], 0), true)).toBeUndefined();
  });

  it("is kept with who sent it and as what, whatever an earlier one said", () => {
    const empty = roomDocument.empty("!room:example.org");
    const direct = invitedTo(empty, { sender: ANN, direct: true }, 5);
    expect(direct).toEqual({ ...empty, inviter: ANN, invitedAt: 5, invitedAs: "direct" });
    const again = invitedTo(direct, { sender: ANN, direct: false }, 6);
    expect(again).toEqual({ ...empty, inviter: ANN, invitedAt: 6 });
    expect(again).not.toHaveProperty("invitedAs");
  });
});
