import type { Answer } from "../../src/chat/command.ts";
import { createRenderer } from "../../src/chat/render.ts";
import { loadTemplates } from "../../src/chat/templates.ts";
import { UsherError, type View } from "../../src/kernel/errors.ts";

/** What is known of whoever runs Usher, where nothing is. */
export const NOBODY = {
  legalName: undefined,
  dpo: undefined,
  support: undefined,
  noticeUrl: undefined,
  authority: undefined,
  authorityUrl: undefined,
  guidanceUrl: undefined,
  trial: false,
  minimumAge: 16,
};

const renderer = createRenderer(loadTemplates());

/** What somebody who calls Usher `!usher` reads of an answer or of a failure, as plain text. `about`: what is known of whoever runs Usher. */
export function sentenceOf(saying: unknown, about: View = {}): string {
  const known = { ...NOBODY, usher: "@usher:example.org", ...about, calledAs: "!usher" };
  return saying instanceof UsherError
    ? renderer.renderError(saying, known).body
    : renderer.render(saying as Answer, known).body;
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
