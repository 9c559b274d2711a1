import type { RoomId, UserId } from "../kernel/ids.ts";

/** How many commands somebody may send in how long (ms) before Usher falls silent towards them. */
export interface Pace {
  readonly commands: number;
  readonly withinMs: number;
}

/** What Usher heard of one sender in one room lately. */
export interface Window {
  /** When; ms since the epoch, oldest first, at most one more than the pace allows. */
  readonly times: readonly number[];
  readonly silenced: boolean;
}

/** `say`: too fast, and this is the moment to say so once (`sender-flooding`). `silent`: still too fast. */
export type Verdict = "hear" | "say" | "silent";

/**
 * One more command from a sender. Two bots that answer each other would never stop by themselves: past the pace Usher says one sentence and then
 * nothing, until the sender has been slower than the pace again. What comes in silence counts too, so a bot that goes on stays unheard.
 */
export function heard(
  window: Window | undefined,
  now: number,
  pace: Pace,
): { readonly window: Window; readonly verdict: Verdict } {
  const times = [...(window?.times ?? []).filter((at) => at > now - pace.withinMs), now].slice(
    -(pace.commands + 1),
  );
  if (times.length <= pace.commands) return { window: { times, silenced: false }, verdict: "hear" };
  return {
    window: { times, silenced: true },
    verdict: window?.silenced === true ? "silent" : "say",
  };
}

/** The windows of all senders in all rooms; those in which nothing happened of late are forgotten. */
export class LoopBreaker {
  readonly #pace: Pace;
  readonly #windows = new Map<string, Window>();
  #sweptAt = 0;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  /** To be asked once for each command that was addressed to Usher; `now` in ms since the epoch. */
  hear(room: RoomId, sender: UserId, now: number): Verdict {
    this.#sweep(now);
    const key = `${room} ${sender}`;
    const { window, verdict } = heard(this.#windows.get(key), now, this.#pace);
    this.#windows.set(key, window);
    return verdict;
  }

  /** How many senders are remembered. */
  get size(): number {
    return this.#windows.size;
  }

  #sweep(now: number): void {
    if (now - this.#sweptAt < this.#pace.withinMs) return;
    this.#sweptAt = now;
    for (const [key, { times }] of this.#windows)
      if ((times.at(-1) ?? 0) <= now - this.#pace.withinMs) this.#windows.delete(key);
  }
}
