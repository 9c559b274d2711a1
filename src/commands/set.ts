import { defineCommand, required, type Command } from "../chat/command.ts";
import { asTyped } from "../chat/tokenize.ts";
import { UsherError } from "../kernel/errors.ts";
import { nameOrId } from "../chat/nameOrId.ts";
import {
  allThings,
  findOne,
  findOneExactly,
  whichOf,
  type ItemChange,
  type ItemCommands,
} from "../integrations/itemCommands.ts";
import { settings, type Settings } from "./settings.ts";

/** `set <id> key=value …`: changes one thing that was put into the room. */
export function set(kinds: readonly ItemCommands[]): Command {
  const changeable = kinds.filter(({ set: change }) => change !== undefined);
  return defineCommand({
    words: "set",
    parameters: { id: required(nameOrId()), settings: required(settings()) },
    example: 'set jitsi-7k2m4q name="Team call"',
    missing: whichOf((room) => allThings(changeable, room), "set", ' name="New name"'),
    changes: true,
    needs: () => changeable[0]?.set?.usual ?? [],
    needsHere: async ({ id: said, settings: given }, request) => {
      const { items, id } = await findOne(kinds, request.room, said);
      return changeOf(items, said).needs(id, named(given), request);
    },
    plan: async ({ id: said, settings: given }, request) => {
      const { items, id } = await findOne(kinds, request.room, said);
      return changeOf(items, said).plan(id, named(given), request);
    },
    perform: async ({ id: confirmed, settings: given }, request) => {
      const { items, id } = await findOneExactly(kinds, request.room, confirmed);
      return changeOf(items, confirmed).perform(id, named(given), request);
    },
  });
}

/** Throws `item-fixed`, or what the kind has for it, where nothing of the kind can be changed. */
function changeOf(
  { set: change, fixed }: ItemCommands,
  said: string,
): ItemChange<ReadonlyMap<string, string>> {
  if (change === undefined)
    throw fixed?.(asTyped(said)) ?? new UsherError("item-fixed", { said: asTyped(said) });
  return change;
}

/** Rejects with `settings-none` where something stands without a key. */
function named({ main, named: changes }: Settings): ReadonlyMap<string, string> {
  if (main !== undefined || changes.size === 0) throw new UsherError("settings-none", {});
  return changes;
}
