import type { Answer } from "../../chat/command.ts";
import { asTyped } from "../../chat/tokenize.ts";
import { localHost } from "../../net/publicAddress.ts";
import { settingsOf } from "./alter.ts";
import type { Resolved } from "./resolve.ts";
import type { KnownWidget } from "./widgets.ts";

/**
 * What people should know of a widget beside what it shows and to whom, what matters most first: that its address leads each person elsewhere,
 * that it may have got a sign of the sentence around it, that its name can be guessed, that another one is called the same. A preview tells as many as it has room for, `show` all of them.
 */
export function cautions(
  { link, name, resolved }: { link: string; name: string; resolved: Resolved | undefined },
  others: readonly KnownWidget[],
): readonly Answer[] {
  const local = URL.canParse(link) ? localHost(new URL(link)) : undefined;
  const [ending] = SENTENCE_END.exec(link) ?? [];
  const open = resolved === undefined ? undefined : guessable(resolved);
  const same = namesake(name, others);
  return [
    ...(local === undefined ? [] : [{ template: "caution/local", view: { local } }]),
    ...(ending === undefined ? [] : [{ template: "caution/ending", view: { ending } }]),
    ...(open === undefined ? [] : [{ template: "caution/guessable", view: { guessable: open } }]),
    ...(same === undefined ? [] : [{ template: "caution/namesake", view: { namesake: same } }]),
  ];
}

/** What ends a sentence or a part of one. An address may end so too, so that it is kept as it is. */
const SENTENCE_END = /[.,;:!?]$/;

/** A name that somebody chose where Usher would have taken letters that nobody can guess: whoever guesses it is there too. */
function guessable(resolved: Resolved): string | undefined {
  const settings = settingsOf(resolved);
  return Object.entries(resolved.definition.arguments).flatMap(
    ([name, { kind, default: otherwise }]) => {
      const secret =
        kind === "text" && typeof otherwise === "string" && otherwise.includes("{letters}");
      const given = settings[name];
      return secret && given !== undefined && given.length < UNGUESSABLE ? [given] : [];
    },
  )[0];
}

/** Letters. */
const UNGUESSABLE = 20;

/** The id, as it is typed, of a widget with the same name, as people compare names. */
function namesake(name: string, others: readonly KnownWidget[]): string | undefined {
  const same = others.find(
    ({ live }) => live.name.trim().toLowerCase() === name.trim().toLowerCase(),
  );
  return same === undefined ? undefined : asTyped(same.live.id);
}
