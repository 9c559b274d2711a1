import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { NODE_OPTIONS } from "./nodeOptions.mjs";

it("starts Node in the container as npm start does", () => {
  const file = readFileSync(join(import.meta.dirname, "../Dockerfile"), "utf8");
  const command = /^CMD (.*)$/m.exec(file)?.[1] ?? "";
  expect(JSON.parse(command)).toEqual(["node", ...NODE_OPTIONS, "src/main.ts"]);
});
