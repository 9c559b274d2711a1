import { defineCommand, required, type Command } from "../../chat/command.ts";
import type { Letters } from "../../chat/letters.ts";
import { nameOrId } from "../../chat/nameOrId.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { Connections } from "./connections.ts";
import { secretAnswer } from "./secretAnswer.ts";
import { sortOf } from "./sorts.ts";

export interface SecretAgainDeps {
  readonly connections: Connections;
  readonly letters: Pick<Letters, "send" | "areClear">;
}

/** `webhook resend <id>`: its secret once more, for whoever may manage it, by direct message. Nothing in the room changes, and nothing of it is said there. */
export function secretAgain({ connections, letters }: SecretAgainDeps): Command {
  return defineCommand({
    words: "webhook resend",
    aliases: ["webhook again", "webhook url"],
    parameters: { id: required(nameOrId()) },
    signedDevice: true,
    example: "webhook resend webhook-k2m4q",
    changes: false,
    answer: async ({ id: said }, { room, person, event }) => {
      const all = (await connections.list(room)).filter(
        ({ entry, live }) => live && sortOf(entry)?.secret !== undefined,
      );
      const found = all.find(({ id }) => id === said) ?? all.find(({ name }) => name === said);
      const sort = sortOf(found?.entry ?? "");
      if (found === undefined || sort === undefined)
        throw new UsherError("connection-gone", { id: said });
      await connections.level.refuseBelow(room, person, sort);
      const secret = await connections.secret(room, found, sort);
      if (secret === undefined) throw new UsherError("hookshot-tells-once", { id: found.id });
      const clear = await letters.areClear(person);
      const { id, name } = found;
      await letters.send(person, secretAnswer(found, room, secret), {
        ...{ cause: event, step: `secret of ${id}` },
      });
      return { template: "connection/secret-sent", view: { name, clear } };
    },
  });
}
