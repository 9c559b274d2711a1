import type { Speaker } from "../../chat/speaker.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { EventId } from "../../kernel/ids.ts";

/** How often it is said how far it is; ms. */
const PROGRESS_MS = 5_000;

export interface ProgressDeps {
  readonly clock: Clock;
  readonly speaker: Pick<Speaker, "progress">;
}

/**
 * Says how far a pack's pictures are, in the message that becomes the command's answer: to be called before each picture, with its place, from 0. `doing`: a word of ours
 * that is no other's of the same command.
 */
export function progressOf(
  { clock, speaker }: ProgressDeps,
  event: EventId,
  { doing, name, count }: { readonly doing: string; readonly name: string; readonly count: number },
): (index: number) => void {
  let told = -Infinity;
  return (index) => {
    if (clock.now() - told < PROGRESS_MS) return;
    told = clock.now();
    const view = { name, number: index + 1, count };
    speaker.progress(event, `${doing} ${String(index)}`, { template: "sticker/importing", view });
  };
}
