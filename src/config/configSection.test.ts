import { expect, it } from "vitest";
import { z } from "zod";
import { configSection } from "./configSection.ts";

it("a section that a file must have is refused, with what to do", () => {
  const site = z.string().default("https://notes.example.org");
  expect(configSection("notes", z.strictObject({ site }).prefault({})).key).toBe("notes");
  expect(() => configSection("notes", z.strictObject({ site }))).toThrow(
    /"notes".*\.prefault\(\{\}\)/,
  );
  expect(() =>
    configSection("notes", z.strictObject({ site: z.string() }).prefault({} as never)),
  ).toThrow("a default");
});
