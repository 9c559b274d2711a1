import { defineCommand, type Command } from "../chat/command.ts";
import type { Placed } from "./placed.ts";

/** `list`: what the room has now, of all kinds, beside what Usher remembers of it. */
export function list(kinds: readonly Placed[]): Command {
  return defineCommand({
    words: "list",
    aliases: ["list all", "list widgets", "list bots", "widgets", "bots"],
    parameters: {},
    place: "anywhere",
    example: "list",
    changes: false,
    answer: async (_, { room }) => {
      const parts = (await Promise.all(kinds.map((placed) => placed.list(room)))).filter((part) => part !== undefined);
      return parts.length === 0 ? { template: "list-empty", view: {} } : { template: "list", view: { parts } };
    },
  });
}
