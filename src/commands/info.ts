import { restOfLine } from "../chat/arguments.ts";
import { defineCommand, required, type Command } from "../chat/command.ts";
import type { Catalogue } from "../integrations/catalogue.ts";
import { UsherError } from "../kernel/errors.ts";
import type { Kind } from "../integrations/kind.ts";

/** `info <entry>`: all about something that can be added. */
export function info(catalogue: Catalogue, kinds: readonly Pick<Kind, "kind" | "info">[]): Command {
  return defineCommand({
    words: "info",
    parameters: { entry: required(restOfLine("entry", 100)) },
    example: "info jitsi",
    changes: false,
    answer: ({ entry: said }) => {
      const entry = catalogue.find(said);
      const about =
        entry === undefined
          ? undefined
          : kinds.find(({ kind }) => kind === entry.kind)?.info(entry);
      if (about === undefined)
        throw new UsherError("entry-unknown", { said, nearest: catalogue.nearest(said) });
      return Promise.resolve(about);
    },
  });
}
