import type { Answer } from "../chat/command.ts";
import type { Clock } from "../kernel/clock.ts";
import { DAY_MS, dayOf } from "../kernel/days.ts";
import { digest, type UserId } from "../kernel/ids.ts";
import { errorFields, type Log } from "../kernel/log.ts";
import type { SweepingPart } from "../matrix/part.ts";
import type { Once } from "../matrix/transaction.ts";
import { sinceWhen } from "../privacy/kept.ts";
import type { KeptCredentials } from "../secrets/credentials.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument } from "../store/room.ts";
import { usedSince, type Credential } from "../store/secrets.ts";
import type { Kind } from "./kind.ts";

interface StrayCredentialsDeps {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly log: Log;
  /** How long one is kept after its last use; days. */
  readonly unusedDays: number;
  readonly credentials: Pick<KeptCredentials, "people" | "about" | "forget">;
  /** Says it to them alone, and never rejects. */
  readonly tell: (person: UserId, answer: Answer, once: Once) => Promise<boolean>;
  readonly kinds: readonly (Pick<Kind, "kind"> & {
    readonly items: Pick<Kind["items"], "things">;
  })[];
}

/**
 * Forgets the credentials whose room Usher has left, and whose thing is gone for longer than a set-up takes: people in the room can take that away too, and
 * no kind hears of it. So it is with those that nothing has used for so long, whose people are told. With them goes a key that nothing is sealed
 * with.
 */
export function strayCredentials(deps: StrayCredentialsDeps): SweepingPart {
  const { credentials, clock, log, tell, unusedDays: days } = deps;
  return {
    name: "credentials",
    sweep: async () => {
      const isUnused = (one: Credential): boolean =>
        usedSince(one) <= sinceWhen({ days }, clock.now());
      for await (const person of credentials.people()) {
        const all = await credentials.about(person);
        if (all.length === 0) await credentials.forget(person, () => false);
        for (const one of all)
          try {
            if (isUnused(one) || (await isStray(deps, one)))
              await credentials.forget(person, ({ sealed }) => sealed === one.sealed);
            // Beside: at a start nothing waits for who cannot be reached.
            if (isUnused(one)) void tell(person, ...goneUnused(one, days));
          } catch (error) {
            // The others are looked at all the same, and this one again in an hour.
            log.warn({ class: "ops", what: "credential.unknown", ...errorFields(error) });
          }
      }
    },
  };
}

/** What its person is told, once. */
function goneUnused(
  { person, sealed, name, at, room }: Credential,
  days: number,
): readonly [Answer, Once] {
  return [
    { template: "credential/unused", view: { name, room, days, on: dayOf(at) } },
    { cause: digest("credential", person, sealed), step: "credential.unused" },
  ];
}

async function isStray(
  { documents, clock, kinds }: StrayCredentialsDeps,
  { kind, room, id, at }: Credential,
): Promise<boolean> {
  if (room === undefined) return false;
  const known = await documents.get(roomDocument, room);
  // Once it was read: an operator may mend what is known of the room.
  if ((await documents.countPutAside(roomDocument, room)) > 0) return false;
  if (known === undefined) return true;
  if (at > clock.now() - DAY_MS) return false;
  // Of a kind that this Usher does not have nobody can tell.
  const things = await kinds.find((one) => one.kind === kind)?.items.things(room);
  return things !== undefined && !things.some((thing) => thing.id === id);
}
