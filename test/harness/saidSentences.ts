import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { threadId } from "node:worker_threads";
import Mustache from "mustache";
import { sentenceParts } from "../../scripts/unsaidSentences.ts";

/**
 * Loaded before whatever speaks in a whole run of the tests: the workers of vitest, and each program that they start. Notes in the folder that
 * `SAID_SENTENCES` names which templates are said, and which of their sections. It takes the place of mustache's own writer, so that Usher itself
 * does nothing for it.
 */
const FOLDER = process.env["SAID_SENTENCES"];

/** Shared by however many copies of this module a process loads. */
const STATE = Symbol.for("usher.saidSentences");
const shared = globalThis as { [STATE]?: { samples: boolean } };

/** What Node is given before a program, so that what it says counts too. */
export const NOTES_SENTENCES: readonly string[] =
  FOLDER === undefined ? [] : ["--import", import.meta.filename];

/** Renders samples: a sentence is not said by a test because it can be rendered. */
export function ofSamples<T>(render: () => T): T {
  const state = shared[STATE];
  if (state === undefined) return render();
  state.samples = true;
  try {
    return render();
  } finally {
    state.samples = false;
  }
}

function note(folder: string): void {
  const state = { samples: false };
  shared[STATE] = state;
  const file = join(folder, `${String(process.pid)}-${String(threadId)}`);
  const keys = new WeakMap<object, string>();
  const said = new Set<string>();

  class NotingWriter extends Mustache.Writer {
    override parse(source: string, tags?: Mustache.OpeningAndClosingTags): Mustache.TemplateSpans {
      const spans = super.parse(source, tags) as Mustache.TemplateSpans;
      if (!keys.has(spans))
        for (const { key, tokens } of sentenceParts(source, spans)) keys.set(tokens, key);
      return spans;
    }

    override renderTokens(tokens: string[][], context: Mustache.Context): string {
      const key = keys.get(tokens);
      if (key !== undefined && !state.samples && !said.has(key)) {
        said.add(key);
        // At once: many a program is killed.
        appendFileSync(file, `${key}\n`);
      }
      return super.renderTokens(tokens, context);
    }
  }
  Object.assign(Mustache, { Writer: NotingWriter });
}

if (FOLDER !== undefined && shared[STATE] === undefined) note(FOLDER);
