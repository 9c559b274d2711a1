import { describe, expect, it } from "vitest";
import { UsherError } from "../kernel/errors.ts";
import { advised, corrected, inShort } from "./advice.ts";

describe("advised", () => {
  it.each([
    ["add widget jitis", { said: "jitis", nearest: "jitsi" }, "add widget jitsi"],
    ['add widget "jitis" name=x', { said: "jitis", nearest: "jitsi" }, "add widget jitsi name=x"],
    ["add bot le level=50", { said: "le", nearest: "poll" }, "add bot poll level=50"],
    ["info Pol bto", { said: "pol bto", nearest: "poll" }, "info poll"],
    ["show bed plans", { said: "bed plans", nearest: "Bed plan" }, 'show "Bed plan"'],
    [
      "add widget jitsi domian=x.example",
      { setting: "domian", nearest: "domain" },
      "add widget jitsi domain=x.example",
    ],
    ["add widget jitsi", { said: "elsewhere", nearest: "jitsi" }, undefined],
    ["add widget dance", { said: "dance", nearest: undefined }, undefined],
  ])("makes one whole line of %s", (line, view, advice) => {
    const error = advised(new UsherError("entry-unknown", view), line);
    expect(error.view).toEqual({ ...view, advice });
    expect(advised(error, line)).toBe(error);
  });

  it("leaves errors that know nothing near as they are", () => {
    const error = new UsherError("item-unknown", { id: "pad" });
    expect(advised(error, "show pad")).toBe(error);
  });
});

it("corrected repeats no password, and no line that nobody reads", () => {
  expect(corrected("info https://ann:secret@x.org", 0, 4, "show")).not.toContain("secret");
  expect(corrected(`inf ${"x".repeat(600)}`, 0, 3, "info")).toBeUndefined();
});

it("inShort tells which question it was, and no more", () => {
  expect(
    inShort('add widget jitsi conference="Jitsiabcdef" domain="meet.example" name="Team call"'),
  ).toBe('add widget jitsi name="Team call"');
  expect(inShort('remove "jitsi-7k2m4q"')).toBe('remove "jitsi-7k2m4q"');
  expect(inShort(`add bot ${"x".repeat(100)}`)).toHaveLength(60);
});
