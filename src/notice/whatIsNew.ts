import { dayOf } from "../kernel/days.ts";
import type { View } from "../kernel/errors.ts";
import type { Edition, NoticePart } from "./editions.ts";
import type { Wording } from "./wording.ts";

/** What is new in some versions of the notice, `since` the one before them: which parts of it, and of its words what their own history says. */
export function whatIsNew(
  since: Edition | undefined,
  versions: readonly Edition[],
  wordings: readonly Wording[],
): View {
  const parts = new Set(versions.flatMap(({ changed }) => changed));
  const words = wordings.filter(
    ({ version }) =>
      since !== undefined &&
      version > since.wording &&
      version <= (versions.at(-1)?.wording ?? since.wording),
  );
  return {
    first: since === undefined,
    wordings: words.map(({ changed }, index) => ({ more: index > 0, changed })),
    parts: [...parts]
      .filter((part) => part !== ("text" satisfies NoticePart))
      .map((part, index) => ({
        more: index > 0,
        part: { template: `notice-part/${part}`, view: {} },
      })),
  };
}

/** Every version, newest first, each with its day, the beginning of its hash, and what was new (R10, R82). */
export function historyView(
  all: readonly Edition[],
  wordings: readonly Wording[],
): readonly View[] {
  return all
    .map((edition, index) => ({
      version: edition.version,
      day: dayOf(edition.at),
      hash: edition.sha256.slice(0, 16),
      ...whatIsNew(all[index - 1], [edition], wordings),
    }))
    .toReversed();
}
