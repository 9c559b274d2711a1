import type { Edition, Editions } from "../../src/notice/editions.ts";
import type { Wording } from "../../src/notice/wording.ts";

/** A version of the notice, as it is stored. */
export function edition(version: number, more: Partial<Edition> = {}): Edition {
  return {
    version,
    at: Date.UTC(2026, 10, version),
    sha256: `${String(version)}f`.repeat(32),
    text: `The text of version ${String(version)}.\n- a line\n\nThe end.`,
    wording: 1,
    trial: false,
    controller: "Verein Beispiel",
    successors: [],
    parts: {},
    changed: [],
    ...more,
  };
}

export function editionsOf(...all: readonly Edition[]): Pick<Editions, "all" | "newest"> {
  return { all, newest: all.at(-1) as Edition };
}

/** What the words' own history says, newest first. */
export const WORDINGS: readonly Wording[] = [4, 3, 2, 1].map((version) => ({
  version,
  date: "2026-11-01",
  changed: `Words ${String(version)} are new.`,
  sha256: "0".repeat(64),
}));
