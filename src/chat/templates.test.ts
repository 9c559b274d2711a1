import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { missingTemplates, sampleFaults, unsaidTemplates } from "../../scripts/templateSamples.ts";
import { unheardCommands } from "../../scripts/unheardCommands.ts";
import { SAMPLES } from "../../templates/samples.ts";
import { ofSamples } from "../../test/harness/saidSentences.ts";
import { allErrorCodes } from "../integrations/errorCodes.ts";
import { KINDS } from "../kinds/index.ts";
import { ARGUMENT_PROBLEMS } from "./arguments.ts";
import { faultsOfAll, loadTemplates, templateFaults } from "./templates.ts";
import { helpTemplate } from "./usage.ts";

describe("the English templates", () => {
  const templates = loadTemplates();

  it("each render their samples, with nothing left over on either side", () => {
    expect(ofSamples(() => sampleFaults(templates, SAMPLES))).toEqual([]);
  });

  it("have a sentence for every error code, and no other", () => {
    const told = [...templates.keys()].filter((name) => name.startsWith("error/"));
    expect(told.sort()).toEqual(
      Object.keys(allErrorCodes(KINDS))
        .map((code) => `error/${code}`)
        .sort(),
    );
  });

  it("have a sentence for every problem of an argument, and no other", () => {
    const told = [...templates.keys()].filter((name) => name.startsWith("argument/"));
    expect(told.sort()).toEqual(
      Object.keys(ARGUMENT_PROBLEMS)
        .map((problem) => `argument/${problem}`)
        .sort(),
    );
  });

  it("have help for every command and no other, and the deed of every one that changes things", () => {
    const commands = unheardCommands();
    const named = (family: string): string[] =>
      [...templates.keys()].filter((name) => name.startsWith(`${family}/`)).sort();
    expect(named("help")).toEqual(commands.map(helpTemplate).sort());
    // Beside these there are deeds that depend on what is asked (`needsHere`); the house's check finds any that nobody says.
    const deeds = commands.flatMap((command) =>
      command.changes && command.deed !== undefined ? [`deed/${command.deed}`] : [],
    );
    expect(named("deed")).toEqual(expect.arrayContaining(deeds));
  });

  it("never let an emoji stand alone for words", () => {
    for (const [name, source] of templates) {
      const words = source.replaceAll(/[✅❌] \((?:yes|no)\)/gu, "");
      expect(`${name}: ${/\p{Extended_Pictographic}/u.exec(words)?.[0] ?? "none"}`).toBe(
        `${name}: none`,
      );
    }
  });
});

describe("templateFaults", () => {
  const faults = (source: string) => templateFaults(source, new Map([["part", "x"]]));

  it("accepts plain paragraphs, links and parts", () => {
    expect(faults('<p>Hello {{name}}<br><a href="{{url}}">x</a>{{>part}}{{>*any}}</p>')).toEqual(
      [],
    );
  });

  it.each([
    ["<p>{{{name}}}</p>", "not escaped"],
    ["<p>{{#on}}{{&name}}{{/on}}</p>", "not escaped"],
    ["{{=<% %>=}}<p></p>", "changes the tags"],
    ["{{>none}}", 'no template "none"'],
    ["<p>{{#on}}</p>", "Unclosed section"],
    ["<script>1</script>", "not among the elements"],
    ["<!-- x -->", "not among the elements"],
    ['<p class="x">y</p>', "more than a quoted href"],
    ["<a href={{url}}>x</a>", "more than a quoted href"],
  ])("refuses %s", (source, words) => {
    expect(faults(source).join()).toContain(words);
  });
});

describe("sampleFaults", () => {
  const faults = (source: string, ...views: Parameters<typeof sampleFaults>[1][string]) =>
    sampleFaults(new Map([["a", source]]), views.length === 0 ? {} : { a: views }).join();

  it.each([
    [faults("<p>x</p>"), "has no sample"],
    [sampleFaults(new Map(), { a: [{}] }).join(), "no such template"],
    [faults("<p>{{nmae}}</p>", { name: "x" }), 'The view has no "nmae"'],
    [faults("<p>x</p>", { name: "x" }), 'does not use "name"'],
    [faults("<p>x{{#on}}y{{/on}}</p>", { on: false }), "no sample reaches {{#on}}"],
    [faults("<p>x{{^on}}y{{/on}}</p>", { on: true }), "no sample reaches {{^on}}"],
    [faults("<p>{{#on}}x{{/on}}</p>", { on: true }, { on: false }), "says nothing"],
    [faults("<p>x</p>&amp;lt;", {}), "markup in the plain body"],
  ])("finds %s", (found, words) => {
    expect(found).toContain(words);
  });
});

it("of a template that cannot be filled, only that is told: the rest of it was not tried", () => {
  const templates = new Map([["a", "{{>gone}}{{#more}}{{name}}{{/more}}"]]);
  const faults = sampleFaults(templates, { a: [{ more: true, name: "x" }] });
  expect(faults.join()).toContain("gone");
  expect(faults.join()).not.toMatch(/does not use|no sample reaches/);
});

describe("unsaidTemplates", () => {
  const templates = new Map([
    ["answer", "<p>{{>part}}</p>"],
    ["part", "x"],
    ["error/any", "<p>x</p>"],
  ]);

  it("finds a sentence that no code says, and lets parts and named families be", () => {
    expect(unsaidTemplates(templates, [{ path: "src/a.ts", text: 'say("answer")' }])).toEqual([]);
    expect(unsaidTemplates(templates, [{ path: "src/a.test.ts", text: 'say("answer")' }])).toEqual([
      "answer: nobody says it",
    ]);
  });
});

describe("missingTemplates", () => {
  it("finds a sentence that code says and nobody wrote, and knows a word that is compared from one that is said", () => {
    const text = '({ template: is === "here" ? "answer" : "anwser", view: { at: "home" } })';
    const templates = new Map([["answer", "x"]]);
    expect(missingTemplates(templates, [{ path: "src/a.ts", text }])).toEqual([
      'src/a.ts says "anwser", and there is no such template',
    ]);
    expect(missingTemplates(templates, [{ path: "src/a.test.ts", text }])).toEqual([]);
  });
});

describe("faultsOfAll", () => {
  it("finds nothing in the templates there are", () => {
    expect(faultsOfAll(loadTemplates())).toEqual([]);
  });

  it("names the template that breaks a rule", () => {
    const root = mkdtempSync(join(tmpdir(), "usher-templates-"));
    onTestFinished(() => {
      rmSync(root, { recursive: true });
    });
    mkdirSync(join(root, "en/error"), { recursive: true });
    writeFileSync(join(root, "en/error/bad.mustache"), "<p>{{{x}}}</p>");
    expect(faultsOfAll(loadTemplates("en", [`${root}/`]))).toEqual([
      'Template error/bad: "x" is not escaped',
    ]);
  });
});
