import { asTyped } from "../chat/tokenize.ts";
import { defineCommand, required, type Command } from "../chat/command.ts";
import { nameOrId } from "../chat/nameOrId.ts";
import {
  allThings,
  find,
  findExactly,
  findOne,
  lookingOnce,
  whichOf,
  type ItemCommands,
} from "../integrations/itemCommands.ts";

/** `remove <id>`: takes something out of the room again. What others put there is touched only when it is named and confirmed. */
export function remove(kinds: readonly ItemCommands[], names: readonly string[]): Command {
  const seenBy = lookingOnce(kinds);
  return defineCommand({
    words: "remove",
    aliases: [
      "delete",
      "rm",
      ...names.flatMap((name) => [`remove ${name}`, `${name} remove`, `delete ${name}`]),
    ],
    parameters: { id: required(nameOrId("several words")) },
    example: "remove jitsi-7k2m4q",
    missing: whichOf((room) => allThings(kinds, room), "remove"),
    changes: true,
    needs: () => kinds[0]?.remove.usual ?? [],
    needsHere: async ({ id: said }, request) => {
      const found = await find(seenBy(request), request.room, said);
      // What is gone takes nothing: before a preview `plan` says so, and after a crash `perform`.
      return found === undefined
        ? { deed: "remove-item", needs: [] }
        : found.items.remove.needs(found.id, undefined, request);
    },
    plan: async ({ id: said }, request) => {
      const { items, id } = await findOne(seenBy(request), request.room, said);
      return items.remove.plan(id, undefined, request);
    },
    perform: async ({ id }, request) => {
      const found = await findExactly(seenBy(request), request.room, id);
      return found === undefined
        ? { template: "already-gone", view: { id: asTyped(id) } }
        : found.items.remove.perform(found.id, undefined, request);
    },
  });
}
