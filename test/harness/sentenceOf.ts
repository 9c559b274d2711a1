import type { Answer } from "../../src/chat/command.ts";
import { createRenderer } from "../../src/chat/render.ts";
import { loadTemplates } from "../../src/chat/templates.ts";
import { UsherError, type View } from "../../src/kernel/errors.ts";

const NOBODY: View = {
  usher: "@usher:example.org",
  legalName: undefined,
  dpo: undefined,
  support: undefined,
  noticeUrl: undefined,
  trial: false,
  minimumAge: 16,
};

/** What somebody reads of an answer or of a failure, as plain text. `about`: what is known of whoever runs Usher. */
export function sentenceOf(saying: Answer | UsherError, about: View = {}): string {
  const renderer = createRenderer(loadTemplates());
  const known = { ...NOBODY, ...about, calledAs: "!usher" };
  return saying instanceof UsherError
    ? renderer.renderError(saying, known).body
    : renderer.render(saying, known).body;
}

/** What an operator reads where that rejects; throws what is no error with a sentence. */
export async function refusalOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof UsherError) return sentenceOf(error);
    throw error;
  }
  throw new Error("It was not refused");
}
