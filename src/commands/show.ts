import { defineCommand, required, type Command } from "../chat/command.ts";
import { nameOrId } from "../chat/nameOrId.ts";
import { allThings, findOne, whichOf, type ItemCommands } from "../integrations/itemCommands.ts";

/** `show <id>`: all about one thing that was put into the room. */
export function show(kinds: readonly ItemCommands[]): Command {
  return defineCommand({
    words: "show",
    parameters: { id: required(nameOrId("several words")) },
    example: "show jitsi-7k2m4q",
    missing: whichOf((room) => allThings(kinds, room), "show"),
    changes: false,
    answer: async ({ id: said }, { room }) => {
      const { items, id } = await findOne(kinds, room, said);
      return items.show(room, id);
    },
  });
}
