import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { projectSources } from "../../scripts/sources.ts";
import { allErrorCodes } from "../integrations/errorCodes.ts";
import { ERROR_CODES, meaningOf } from "../kernel/errorCodes.ts";
import { KINDS } from "./index.ts";

/** The folder of each kind, and the codes that are its own. */
const kinds = await Promise.all(
  readdirSync(import.meta.dirname, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(async ({ name }) => {
      const exported = Object.values((await import(`./${name}/kind.ts`)) as object);
      return [`src/kinds/${name}/`, KINDS.find((kind) => exported.includes(kind))?.errors] as const;
    }),
);

it.each(kinds)("what can go wrong in %s is said nowhere else", (folder, errors = {}) => {
  expect(Object.keys(errors)).not.toEqual([]);
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
    [ERROR_CODES, ...KINDS.map(({ errors }) => errors)].flatMap((codes) => Object.keys(codes)),
  );
  expect(() => allErrorCodes([{ errors: { unexpected: "Again." } }])).toThrow("unexpected");
});

it("a code means what the house says, and of a kind's own only its name is known below", () => {
  expect(meaningOf("token-unknown")).toBe(ERROR_CODES["token-unknown"]);
  expect(meaningOf("bot-self")).toBe("bot-self");
});
