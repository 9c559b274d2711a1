import { describe, expect, it } from "vitest";
import { importFaults } from "./importDirections.ts";

const faults = (path: string, text: string) => importFaults([{ path, text }]).join();

describe("importFaults", () => {
  it.each([
    ["src/chat/a.ts", 'import { x } from "../matrix/port.ts";'],
    ["src/chat/a.ts", 'import { x } from "./b.ts";\nimport { z } from "zod";'],
    ["src/integrations/widgets/a.ts", 'import type { X } from "../../kernel/ids.ts";'],
    ["src/matrix/sdk.ts", 'import { x } from "matrix-bot-sdk";'],
    ["src/chat/a.test.ts", 'import { x } from "../commands/b.ts";\nimport "matrix-bot-sdk";'],
    ["test/e2e/a.test.ts", 'import { x } from "matrix-js-sdk";'],
    ["src/usher.ts", 'import { x } from "./commands/index.ts";'],
  ])("lets %s say %s", (path, text) => {
    expect(faults(path, text)).toBe("");
  });

  it.each([
    ["src/kernel/a.ts", 'import { x } from "../store/b.ts";', "upward"],
    ["src/matrix/crypto/a.ts", 'import type { X } from "../../chat/b.ts";', "upward"],
    ["src/store/a.ts", 'import {\n  x,\n  y,\n} from "../matrix/b.ts";', "upward"],
    ["src/store/a.ts", 'export { x } from "../matrix/b.ts";', "upward"],
    ["src/store/a.ts", 'export * from "../matrix/b.ts";', "upward"],
    ["src/store/a.ts", 'const x = await import("../matrix/b.ts");', "upward"],
    ["src/store/a.ts", 'import "../main.ts";', "upward"],
    ["src/chat/a.ts", 'import { x } from "matrix-bot-sdk";', "only src/matrix"],
    ["src/chat/a.ts", 'import { x } from "matrix-bot-sdk/lib/y.js";', "only src/matrix"],
    ["src/usher.ts", 'import { x } from "@matrix-org/matrix-sdk-crypto-wasm";', "only src/matrix"],
    ["src/chat/a.ts", 'import { x } from "../../test/b.ts";', "outside src"],
    ["src/attic/a.ts", 'import { x } from "../kernel/b.ts";', "in no room"],
    ["src/usher.ts", 'import { x } from "./attic/b.ts";', "in no room"],
  ])("finds what is wrong in %s: %s", (path, text, words) => {
    expect(faults(path, text)).toContain(words);
  });

  it("finds a circle, of types too", () => {
    const sources = [
      { path: "src/chat/a.ts", text: 'import type { B } from "./b.ts";' },
      { path: "src/chat/b.ts", text: 'import { c } from "./c.ts";' },
      { path: "src/chat/c.ts", text: 'import { a } from "./a.ts";' },
    ];
    expect(importFaults(sources)).toEqual([
      "a circle of imports: src/chat/a.ts -> src/chat/b.ts -> src/chat/c.ts -> src/chat/a.ts",
    ]);
    expect(importFaults(sources.slice(0, 2))).toEqual([]);
  });
});
