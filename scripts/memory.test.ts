import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ALLOCATOR, NODE_OPTIONS } from "./memory.mjs";

const dockerfile = readFileSync(join(import.meta.dirname, "../Dockerfile"), "utf8");

it("starts Node in the container with the options that `npm start` gives it", () => {
  const command = /^CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? "[]";
  expect(JSON.parse(command)).toEqual(["node", ...NODE_OPTIONS, "src/main.ts"]);
});

it("sets the allocator in the container as `npm start` does", () => {
  for (const [name, value] of Object.entries(ALLOCATOR))
    expect(dockerfile).toMatch(new RegExp(`^ +${name}=${value}\\b`, "m"));
});
