import type { Answer } from "../../chat/command.ts";
import type { Kind } from "../../integrations/kind.ts";
import { minuteOf } from "../../kernel/days.ts";
import type { Clock } from "../../kernel/clock.ts";
import { UsherError, type View } from "../../kernel/errors.ts";
import { isLapsed } from "../../rights/erasure/erasureRequest.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
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

/** What is to be erased, as `privacy/scope` says it: everything, or what is of a kind, a thing or a room. */
export function scopeView(
  { room, kind: kindName, item }: NonNullable<ErasureRequest["only"]>,
  kinds: readonly Pick<Kind, "kind" | "plural">[],
): View {
  const kind = kinds.find((one) => one.kind === kindName)?.plural ?? kindName;
  return { all: kind === undefined && item === undefined, kind, item, inRoom: room };
}

/** How far it is, in a sentence. */
export function standing(
  { state, due = 0, only = {} }: ErasureRequest,
  kinds: Parameters<typeof scopeView>[1],
): Answer {
  const until = minuteOf(due);
  const scope = scopeView(only, kinds);
  switch (state) {
    case "asked":
      return { template: "privacy/erase-asked", view: scope };
    case "cooling":
      return { template: "privacy/erase-cooling", view: { ...scope, until } };
    case "running":
      return { template: "privacy/erase-begins", view: {} };
    case "partial":
      return { template: "privacy/erase-partial", view: { until } };
  }
}

/** What somebody is told who says yes or no in a room where an erasure of theirs waits for its word; undefined where none does. */
export function wordWaits({
  documents,
  clock,
}: {
  readonly documents: Documents;
  readonly clock: Clock;
}): (person: UserId, room: RoomId) => Promise<UsherError | undefined> {
  return async (person, room) => {
    const request = (await documents.get(erasureDocument, person))?.request;
    const waits = request?.state === "asked" && request.room === room;
    return waits && !isLapsed(request, clock.now())
      ? new UsherError("erasure-word-waits", {})
      : undefined;
  };
}
