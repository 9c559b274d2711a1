import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { sampleFaults } from "../../scripts/templateSamples.ts";
import { countedNames, unaskedPlurals, withCount } from "../../scripts/templateCounts.ts";
import { SAMPLES } from "../../templates/samples.ts";
import { kindSamples } from "../../templates/samples/kinds.ts";
import type { View } from "../kernel/errors.ts";
import type { Answer } from "./command.ts";
import { MOST_WORDS, previewOf, wordsIn } from "./preview.ts";
import { createRenderer } from "./render.ts";
import { loadTemplates } from "./templates.ts";

const LANGUAGES = readdirSync(new URL("../../templates/", import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "samples")
  .map(({ name }) => name);
const about = { calledAs: "!usher" };

/** The sentences that ask for a yes: by its type a plan has no other. */
const previews = Object.entries(SAMPLES).flatMap(([template, views]) =>
  template.endsWith("preview") && template !== "preview"
    ? views.map((view) => ({ template, view }))
    : [],
);

/** All ways in which a yes is asked for: by reaction too, in words only, from a session that cannot read it. */
const FRAMES = [
  { inWords: false, unread: false },
  { inWords: true, unread: false },
  { inWords: true, unread: true },
];

describe.each(LANGUAGES)("the sentences in %s", (language) => {
  const templates = loadTemplates(language);
  const renderer = createRenderer(templates, language);
  const read = (answer: Answer): string => renderer.render(answer, about).body;
  const asked = (what: Answer, how: View, cautions: readonly Answer[] = []): string => {
    const frame = { what, minutes: 5, person: "@ada:example.org", direct: false, ...how };
    return read(previewOf(frame, cautions, read));
  };

  it.each(previews)("$template takes at most 80 words to read before a yes", (preview) => {
    for (const frame of FRAMES) {
      const body = asked(preview, frame);
      expect(`${String(Math.max(wordsIn(body), MOST_WORDS))} words: ${body}`).toBe(
        `${String(MOST_WORDS)} words: ${body}`,
      );
      for (const needed of ["yes", "no", "5", "@ada:example.org"]) expect(body).toContain(needed);
    }
  });

  it("a preview tells the cautions that it has room for, those that matter most first", () => {
    const what = { template: "widget/remove-preview", view: SAMPLES["widget/remove-preview"]?.[0] };
    const caution = (guessable: string): Answer => ({
      template: "caution/guessable",
      view: { guessable },
    });
    const many = ["first", "second", "third", "fourth", "fifth", "sixth"].map(caution);
    const body = asked(what as Answer, { inWords: false, unread: false }, many);
    expect(wordsIn(body)).toBeLessThanOrEqual(MOST_WORDS);
    expect(body).toContain("`first`");
    expect(body).toContain("`second`");
    expect(body).not.toContain("`sixth`");
    const long = { template: "bot/preview", view: SAMPLES["bot/preview"]?.[0] } as Answer;
    expect(asked(long, { inWords: false, unread: false }, many)).not.toContain("`first`");
  });

  it.each(Object.keys(CHANGED))(
    "%s leads with what happened, then the link, then the id",
    (name) => {
      const said = (SAMPLES[name] ?? []).map((view) => ({
        view,
        body: read({ template: name, view }),
      }));
      const late = said.filter(({ view, body }) => {
        const at = (text: unknown): number => (typeof text === "string" ? body.indexOf(text) : -1);
        const link = at(view["url"] ?? view["user"]);
        const id = typeof view["id"] === "string" ? at(`\`${view["id"]}\``) : -1;
        // What one could do next comes after all of that.
        const next = at("\n\nTo ");
        return (id !== -1 && link > id) || (next !== -1 && next < Math.max(link, id));
      });
      expect(late).toEqual([]);
      for (const { body } of said) expect(body).toMatch(CHANGED[name] ?? /never/);
    },
  );
});

/** What is answered when something was changed, and how it begins. */
const CHANGED: Readonly<Record<string, RegExp>> = {
  "widget/added": /^Added Team pad: /,
  "widget/set": /^Changed Team pad: /,
  "widget/removed": /^Removed Team pad, /,
  "widget/placed": /^(?:Pinned|Unpinned) Team pad/,
  "widget/exists": /^I have changed nothing: /,
  "widget/unchanged": /^I have changed nothing: /,
  "bot/added": /^Added Poll bot /,
  "bot/adopted": /^Poll bot \(@poll:example\.org\) is on my list now/,
  "bot/removed": /^Removed Poll bot /,
  "bot/level-set": /^Poll bot \(@poll:example\.org\) has power 50 now/,
  "bot/exists": /^I have changed nothing: /,
  "bot/invited": /^I have invited Poll bot /,
  undone: /^Taken back: /,
  "catalogue/changed": /^Done: /,
  "admin/left": /^I have left /,
};

describe("numbers before nouns", () => {
  const templates = loadTemplates();
  const renderer = createRenderer(templates);
  const names = countedNames(templates);
  const counting = Object.entries(SAMPLES).filter(([template]) =>
    [...names].some((name) => templates.get(template)?.includes(`{{#${name}.`)),
  );

  it("are counted in more than twenty sentences", () => {
    expect(counting.length).toBeGreaterThan(20);
  });

  it.each([0, 1, 2])("of %i take the form that English has for it", (count) => {
    for (const [template, views] of counting) {
      for (const view of views) {
        const { body } = renderer.render({ template, view: withCount(view, names, count) }, about);
        const nouns = [...body.matchAll(/(?<![\d.-])(\d+) (\p{L}+)\b/gu)].filter(
          ([, number, noun]) =>
            number === String(count) && !/^(?:MiB|KiB|d|h|s|could|of)$/.test(noun ?? ""),
        );
        for (const [said, , noun] of nouns)
          expect(`${template}: ${said} ${noun?.endsWith("s") === true ? "many" : "one"}`).toBe(
            `${template}: ${said} ${count === 1 ? "one" : "many"}`,
          );
      }
    }
  });

  it("are found where a template does not ask for their form", () => {
    const numbers = new Set(["rooms"]);
    expect(unaskedPlurals("x", "in {{rooms}} rooms", numbers)).toEqual([
      'x: {{rooms}} stands before "rooms", and 1 may too',
    ]);
    const asking =
      "{{#rooms.one}}1 room{{/rooms.one}}{{#rooms.other}}{{rooms}} rooms{{/rooms.other}}";
    expect(unaskedPlurals("x", asking, numbers)).toEqual([]);
    expect(sampleFaults(new Map([["x", "in {{rooms}} rooms"]]), { x: [{ rooms: 3 }] })).toEqual(
      unaskedPlurals("x", "in {{rooms}} rooms", numbers),
    );
  });

  it("take as many forms as a language has", () => {
    const forms = ["one", "two", "few", "many", "other"];
    const source = forms.map((form) => `{{#n.${form}}}${form}{{/n.${form}}}`).join("");
    const said = (language: string): readonly string[] =>
      [0, 1, 2, 5, 21].map(
        (n) =>
          createRenderer(new Map([["x", source]]), language).render(
            { template: "x", view: { n } },
            about,
          ).body,
      );
    expect(said("en")).toEqual(["other", "one", "other", "other", "other"]);
    expect(said("pl")).toEqual(["many", "one", "few", "many", "many"]);
    expect(said("ru")).toEqual(["many", "one", "few", "many", "one"]);
  });
});

it("a kind's samples are of its own sentences alone", async () => {
  const kinds = `${mkdtempSync(join(tmpdir(), "usher-samples-"))}/`;
  onTestFinished(() => {
    rmSync(kinds, { recursive: true });
  });
  const kind = (name: string, samples: Readonly<Record<string, readonly View[]>>): void => {
    mkdirSync(`${kinds}${name}/templates/en`, { recursive: true });
    writeFileSync(`${kinds}${name}/templates/en/${name}-shown.mustache`, "<p>x</p>");
    writeFileSync(
      `${kinds}${name}/samples.ts`,
      `export const SAMPLES = ${JSON.stringify(samples)};`,
    );
  };
  kind("note", { "note-shown": [{}] });
  expect(await kindSamples(kinds)).toEqual({ "note-shown": [{}] });
  kind("poll", { "poll-shown": [{}], "list/empty": [{}] });
  await expect(kindSamples(kinds)).rejects.toThrow(
    "poll/samples.ts has samples of list/empty, which is no template there",
  );
});
