import { defineCommand, type Command } from "../chat/command.ts";
import { allThings, typedFor, type ItemCommands } from "../integrations/itemCommands.ts";

/** `list`: what the room has now, of all kinds, beside what Usher remembers of it. */
export function list(kinds: readonly ItemCommands[], plurals: readonly string[]): Command {
  return defineCommand({
    words: "list",
    aliases: ["list all", ...plurals.map((plural) => `list ${plural}`), ...plurals],
    parameters: {},
    example: "list",
    changes: false,
    answer: async (_, { room }) => {
      const parts = (await Promise.all(kinds.map((items) => items.list(room)))).filter(
        (part) => part !== undefined,
      );
      if (parts.length === 0) return { template: "list/empty", view: {} };
      const things = await allThings(kinds, room);
      const example = things[0] === undefined ? undefined : typedFor(things[0], things);
      return { template: "list", view: { parts, example } };
    },
  });
}
