import { ALL_KEPT } from "./allKept.ts";
import type { Answer } from "../../src/chat/command.ts";
import { SetUps } from "../../src/integrations/setUps.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import { UsherError } from "../../src/kernel/errors.ts";
import type { EventId } from "../../src/kernel/ids.ts";
import type { Documents } from "../../src/store/documents.ts";

/** Set-ups of one life of the program. Other commands of a room wait for nobody here, and `said` takes what is told late. */
export function memorySetUps(
  { documents, clock }: { readonly documents: Documents; readonly clock: Clock },
  said: (event: EventId, answer: Answer) => void = () => undefined,
): SetUps {
  return new SetUps({
    documents,
    clock,
    queue: { run: (_room, task) => task(), aside: (_room, wait) => wait() },
    speaker: {
      progress: () => undefined,
      say: ({ event }, answer) => {
        if (answer instanceof UsherError) throw new TypeError("answers are said late, not errors");
        said(event, answer);
        return Promise.resolve("$said" as EventId);
      },
    },
    owed: { keep: () => Promise.resolve() },
    calledAs: "!usher",
    isFrozen: () => false,
    retention: ALL_KEPT,
  });
}
