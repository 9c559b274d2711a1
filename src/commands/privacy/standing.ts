import type { Answer } from "../../chat/command.ts";
import { minuteOf } from "../../kernel/days.ts";
import type { UserId } from "../../kernel/ids.ts";
import type { Documents } from "../../store/documents.ts";
import { erasureDocument, type ErasureRequest } from "../../store/erasures.ts";

/** Changes the person's request; where none is left, its document goes. */
export async function changed(
  documents: Documents,
  person: UserId,
  change: (known: ErasureRequest | undefined) => ErasureRequest | undefined,
): Promise<void> {
  const { request } = await documents.update(erasureDocument, person, (document) => {
    const next = change(document.request);
    return next === document.request ? document : next === undefined ? {} : { request: next };
  });
  if (request === undefined) await documents.delete(erasureDocument, person);
}

/** How far it is, in a sentence. */
export function standing({ state, due = 0 }: ErasureRequest): Answer {
  const until = minuteOf(due);
  switch (state) {
    case "asked":
      return { template: "privacy/erase-asked", view: {} };
    case "cooling":
      return { template: "privacy/erase-cooling", view: { until } };
    case "running":
      return { template: "privacy/erase-begins", view: {} };
    case "partial":
      return { template: "privacy/erase-partial", view: { until } };
  }
}
