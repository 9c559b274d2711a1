import { integer, text } from "../../chat/arguments.ts";
import { defineCommand, optional, required, type Command } from "../../chat/command.ts";
import type { Letters } from "../../chat/letters.ts";
import { quote } from "../../chat/tokenize.ts";
import type { Clock } from "../../kernel/clock.ts";
import { dayOf } from "../../kernel/days.ts";
import { added, adding, planned, type AddDeps } from "./adding.ts";
import { WEBHOOK } from "./sorts.ts";
import { LONGEST_NAME, webhookTarget } from "./webhook.ts";

/** What makes something with a secret works with these too. */
export interface SecretDeps extends AddDeps {
  readonly letters: Pick<Letters, "areClear">;
  readonly clock: Pick<Clock, "now">;
}

/** `add webhook <name>`: whoever gets its secret address can write into the room. */
export function addWebhook(deps: SecretDeps): Command {
  const { clock, letters } = deps;
  return defineCommand({
    words: "add webhook",
    aliases: ["webhook add", "addwebhook"],
    parameters: { name: required(text("name", LONGEST_NAME)) },
    options: { days: optional(integer("days", 1, 3650)) },
    signedDevice: true,
    example: "add webhook builds",
    changes: true,
    needs: () => [{ kind: "invite" }],
    needsHere: (_, { room }) => adding(deps, room, WEBHOOK),
    plan: async ({ name, days }, request) => {
      const target = webhookTarget(name, days, clock.now());
      const ends = days === undefined ? "" : ` days=${String(days)}`;
      const words = `add webhook ${quote(target.key)}${ends}`;
      const clear = await letters.areClear(request.person);
      const until = target.until === undefined ? undefined : dayOf(target.until);
      return planned(deps, { sort: WEBHOOK, target, words, more: { clear, until } }, request);
    },
    perform: ({ name, days }, request) =>
      added(deps, { sort: WEBHOOK, target: webhookTarget(name, days, clock.now()) }, request),
  });
}
