import { defineCommand, required, type Command } from "../../chat/command.ts";
import type { Letters } from "../../chat/letters.ts";
import { nameOrId } from "../../chat/nameOrId.ts";
import { ambiguous, unknown, whichOf } from "../../integrations/itemCommands.ts";
import { matching, type Named } from "../../integrations/match.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { RoomId } from "../../kernel/ids.ts";
import type { Connections, KnownConnection } from "./connections.ts";
import { called } from "./items.ts";
import { secretAnswer } from "./secretAnswer.ts";
import { sortOf, type Sort } from "./sorts.ts";

export interface SecretAgainDeps {
  readonly connections: Connections;
  readonly letters: Pick<Letters, "send" | "areClear">;
}

/** `webhook resend <id>`: its secret once more, for whoever may manage it, by direct message. Nothing in the room changes, and nothing of it is said there. */
export function secretAgain({ connections, letters }: SecretAgainDeps): Command {
  const words = "webhook resend";
  const things = (room: RoomId): Promise<readonly Secretive[]> => secretive(connections, room);
  const which = whichOf(things, words);
  return defineCommand({
    words,
    aliases: ["webhook again", "webhook url"],
    parameters: { id: required(nameOrId("several words")) },
    signedDevice: true,
    example: "webhook resend webhook-k2m4q",
    missing: async (label, room) =>
      (await things(room)).length === 0 ? undefined : which(label, room),
    changes: false,
    answer: async ({ id: said }, { room, person, event }) => {
      const { found, sort } = meant(await things(room), said);
      await connections.level.refuseBelow(room, person, sort);
      const secret = await connections.secret(room, found, sort);
      if (secret === undefined && found.idle !== undefined)
        throw new UsherError("hookshot-bot-gone");
      if (secret === undefined) {
        const code = connections.tellsAgain ? "hookshot-knows-not" : "hookshot-tells-once";
        throw new UsherError(code, { id: found.id, name: found.name });
      }
      const clear = await letters.areClear(person);
      const { id, name } = found;
      await letters.send(person, secretAnswer(found, room, secret), {
        ...{ cause: event, step: `secret of ${id}` },
      });
      return { template: "connection/secret-sent", view: { name, clear } };
    },
  });
}

type Secretive = Named & {
  readonly found: KnownConnection;
  readonly sort: Sort;
};

/** What has a secret in this room. */
async function secretive(connections: Connections, room: RoomId): Promise<readonly Secretive[]> {
  return (await connections.list(room)).flatMap((found) => {
    const sort = sortOf(found.entry);
    if (!found.live || sort?.secret === undefined) return [];
    return [{ ...called(found), found, sort }];
  });
}

/** Rejects with `item-ambiguous`, and with `item-unknown` where nothing with a secret is meant. */
function meant(things: readonly Secretive[], said: string): Secretive {
  const [one, ...others] = matching(things, said);
  if (one !== undefined && others.length > 0) throw ambiguous(said, [one, ...others]);
  if (one === undefined) throw unknown(said, things);
  return one;
}
