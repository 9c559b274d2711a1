import { defineCommand, required, type Command } from "../chat/command.ts";
import { UsherError } from "../kernel/errors.ts";
import { nameOrId } from "../chat/nameOrId.ts";
import {
  allThings,
  findOne,
  findOneExactly,
  whichOf,
  type ItemCommands,
} from "../integrations/itemCommands.ts";
import { settings, type Settings } from "./settings.ts";

/** `set <id> key=value …`: changes one thing that was put into the room. */
export function set(kinds: readonly ItemCommands[]): Command {
  return defineCommand({
    words: "set",
    parameters: { id: required(nameOrId()), settings: required(settings()) },
    place: "anywhere",
    example: 'set jitsi-7k2m4q name="Team call"',
    missing: whichOf((room) => allThings(kinds, room), "set", ' name="New name"'),
    changes: true,
    deed: "set-item",
    needs: () => kinds[0]?.set.usual ?? [],
    needsHere: async ({ id: said, settings: given }, request) => {
      const { items, id } = await findOne(kinds, request.room, said);
      return items.set.needs(id, named(given), request);
    },
    plan: async ({ id: said, settings: given }, request) => {
      const { items, id } = await findOne(kinds, request.room, said);
      return items.set.plan(id, named(given), request);
    },
    perform: async ({ id: confirmed, settings: given }, request) => {
      const { items, id } = await findOneExactly(kinds, request.room, confirmed);
      return items.set.perform(id, named(given), request);
    },
  });
}

/** Rejects with `settings-none` where something stands without a key. */
function named({ main, named: changes }: Settings): ReadonlyMap<string, string> {
  if (main !== undefined || changes.size === 0) throw new UsherError("settings-none", {});
  return changes;
}
