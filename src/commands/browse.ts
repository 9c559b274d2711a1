import { restOfLine } from "../chat/arguments.ts";
import { defineCommand, optional, type Command } from "../chat/command.ts";
import type { Catalogue, CatalogueEntry } from "../integrations/catalogue.ts";

/** `browse [kind] [word]`: what can be added, of one kind or all, with a word in it. */
export function browse(catalogue: Catalogue): Command {
  return defineCommand({
    words: "browse",
    parameters: { what: optional(restOfLine("kind or word", 100)) },
    example: "browse widgets video",
    changes: false,
    answer: ({ what = "" }) => {
      const [first = "", ...others] = what.toLowerCase().split(/\s+/);
      const kind = catalogue.kinds.find(
        (one) => first !== "" && [one.kind, one.plural].includes(first),
      )?.kind;
      const word = kind === undefined ? what : others.join(" ");
      const found = catalogue.browse({ kind, word });
      if (found.length === 0)
        return Promise.resolve({
          template: "browse/empty",
          view: { word: word === "" ? undefined : word },
        });
      const kinds = catalogue.kinds.map(({ kind: one }) => ({
        kind: `kind/${one}`,
        entries: found.filter((entry) => entry.kind === one).map(line),
      }));
      const example = found[0]?.id ?? "";
      return Promise.resolve({
        template: "browse",
        view: { kinds: kinds.filter(({ entries }) => entries.length > 0), example },
      });
    },
  });
}

function line({ id, name, description, price }: CatalogueEntry): {
  readonly [field: string]: string | undefined;
} {
  return { id, name, description, price: price === "free" ? undefined : `price/${price}` };
}
