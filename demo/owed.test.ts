import { describe, expect, it } from "vitest";
import { asksForConfirmation, owesAnswer } from "./owed.ts";

const room = {
  usherId: "@usher:home.test",
  displayName: "Usher",
  prefixes: ["!usher", "!im"],
  direct: false,
  asked: false,
};

describe("whether silence would be a fault of Usher's", () => {
  it.each([
    "!usher help",
    "!usher",
    "!IM list",
    "Usher: help",
    "@usher, help",
    "@usher:home.test help",
    "@usher:home.test: help",
  ])("is so for %j", (body) => {
    expect(owesAnswer(body, room)).toBe(true);
  });

  it.each([
    "hello",
    "!usherette help",
    "Usher is nice",
    "ushers: go",
    "I like !usher help",
    "yes",
    "no",
  ])("is not so for %j", (body) => {
    expect(owesAnswer(body, room)).toBe(false);
  });

  it("is so for everything in a direct chat, and for a plain yes or no where Usher asked", () => {
    expect(owesAnswer("hello", { ...room, direct: true })).toBe(true);
    expect(owesAnswer(" Yes ", { ...room, asked: true })).toBe(true);
    expect(owesAnswer("yes, let us", { ...room, asked: true })).toBe(false);
  });

  it("knows a question from an answer", () => {
    expect(asksForConfirmation("Answer yes or no, or react with ✅ (yes) or ❌ (no).")).toBe(true);
    expect(asksForConfirmation("There are no widgets in this room.")).toBe(false);
  });
});
