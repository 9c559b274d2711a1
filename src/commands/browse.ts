import { restOfLine } from "../chat/arguments.ts";
import { defineCommand, optional, type Command } from "../chat/command.ts";
import { KINDS } from "../config/catalogue.ts";
import type { Catalogue, CatalogueEntry } from "../integrations/catalogue.ts";

/** `browse [kind] [word]`: what can be added, of one kind or all, with a word in it. */
export function browse(catalogue: Catalogue): Command {
  return defineCommand({
    words: "browse",
    parameters: { what: optional(restOfLine("kind or word", 100)) },
    place: "anywhere",
    example: "browse widgets video",
    changes: false,
    answer: ({ what = "" }) => {
      const [first = "", ...others] = what.toLowerCase().split(/\s+/);
      const kind = kindOf(first);
      const word = kind === undefined ? what : others.join(" ");
      const found = catalogue.browse({ kind, word });
      if (found.length === 0) return Promise.resolve({ template: "browse-empty", view: { word: word === "" ? undefined : word } });
      const kinds = KINDS.map((one) => ({ kind: `kind/${one}`, entries: found.filter((entry) => entry.kind === one).map(line) }));
      const example = found[0]?.id ?? "";
      return Promise.resolve({ template: "browse", view: { kinds: kinds.filter(({ entries }) => entries.length > 0), example } });
    },
  });
}

/** In the singular or plural. */
function kindOf(word: string): CatalogueEntry["kind"] | undefined {
  return KINDS.find((kind) => word !== "" && (word === kind || word === `${kind}s` || `${word}s` === kind));
}

function line({ id, name, description, price }: CatalogueEntry): { readonly [field: string]: string | undefined } {
  return { id, name, description, price: price === "free" ? undefined : `price/${price}` };
}
