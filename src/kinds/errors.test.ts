import { expect, it } from "vitest";
import { projectSources } from "../../scripts/sources.ts";
import { allErrorCodes } from "../integrations/errorCodes.ts";
import { ERROR_CODES, meaningOf } from "../kernel/errorCodes.ts";
import { BOT_ERRORS } from "./bots/errors.ts";
import { KINDS } from "./index.ts";
import { WIDGET_ERRORS } from "./widgets/errors.ts";

it.each([
  ["src/kinds/widgets/", WIDGET_ERRORS],
  ["src/kinds/bots/", BOT_ERRORS],
])("what can go wrong in %s is said nowhere else", (folder, errors) => {
  const elsewhere = projectSources()
    .filter(({ path }) => /^src\/.*(?<!\.test)\.ts$/.test(path) && !path.startsWith(folder))
    .flatMap(({ path, text }) =>
      Object.keys(errors).flatMap((code) =>
        text.includes(`"${code}"`) ? [`${path}: ${code}`] : [],
      ),
    );
  expect(elsewhere).toEqual([]);
});

it("all codes are the house's and those of each kind, no code twice", () => {
  const all = allErrorCodes(KINDS);
  expect(Object.keys(all)).toEqual(
    [ERROR_CODES, WIDGET_ERRORS, BOT_ERRORS].flatMap((codes) => Object.keys(codes)),
  );
  expect(() => allErrorCodes([{ errors: { unexpected: "Again." } }])).toThrow("unexpected");
});

it("a code means what the house says, and of a kind's own only its name is known below", () => {
  expect(meaningOf("token-unknown")).toBe(ERROR_CODES["token-unknown"]);
  expect(meaningOf("bot-self")).toBe("bot-self");
});
