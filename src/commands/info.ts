import { restOfLine } from "../chat/arguments.ts";
import { defineCommand, required, type Answer, type Command } from "../chat/command.ts";
import type { Catalogue, CatalogueEntry } from "../integrations/catalogue.ts";
import { UsherError } from "../kernel/errors.ts";

/** What each kind tells of one of its entries. A kind that is not here has no entries yet. */
export type Details = Partial<Readonly<Record<CatalogueEntry["kind"], (entry: CatalogueEntry) => Answer>>>;

/** `info <entry>`: all about something that can be added. */
export function info(catalogue: Catalogue, details: Details): Command {
  return defineCommand({
    words: "info",
    parameters: { entry: required(restOfLine("entry", 100)) },
    place: "anywhere",
    example: "info jitsi",
    changes: false,
    answer: ({ entry: said }) => {
      const entry = catalogue.find(said);
      const about = entry === undefined ? undefined : details[entry.kind]?.(entry);
      if (about === undefined) throw new UsherError("entry-unknown", { said, nearest: catalogue.nearest(said) });
      return Promise.resolve(about);
    },
  });
}
