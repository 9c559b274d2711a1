import type { Answer } from "../../src/chat/command.ts";
import { createRenderer } from "../../src/chat/render.ts";
import { loadTemplates } from "../../src/chat/templates.ts";
import { UsherError } from "../../src/kernel/errors.ts";

const renderer = createRenderer(loadTemplates());

/** What people read of an answer or of what went wrong, where they call Usher `!usher`. */
export function spoken(what: unknown): string {
  const about = { calledAs: "!usher", usher: "@usher:example.org" };
  return what instanceof UsherError
    ? renderer.renderError(what, about).body
    : renderer.render(what as Answer, about).body;
}
