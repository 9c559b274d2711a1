import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { openLibrary, type DefinitionChanges } from "./library.ts";

it("every configuration that docs/widgets.md shows is one that Usher starts with", () => {
  const page = readFileSync(new URL("../../../docs/widgets.md", import.meta.url), "utf8");
  const examples = [...page.matchAll(/```json\n(.*?)```/gs)].map(
    ([, json = ""]) => JSON.parse(json) as { widgets: { definitions: DefinitionChanges } },
  );
  expect(examples.length).toBeGreaterThan(1);
  const library = openLibrary(
    Object.assign({}, ...examples.map(({ widgets }) => widgets.definitions)) as DefinitionChanges,
  );
  expect(library.recognise(new URL("https://board.example.org/plans")).definition.id).toBe("board");
  expect(library.recognise(new URL("https://meet.example.org/Standup")).definition.id).toBe(
    "jitsi",
  );
  expect(library.get("tradingview")?.enabled).toBe(false);
});
