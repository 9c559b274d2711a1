import type { Observed, SeenEvent } from "../test/harness/observed.ts";

/** How long Usher may take for its first word; ms. */
const FIRST_MS = 30_000;
/** How long to listen after a line that may well not be for Usher; ms. */
const UNASKED_MS = 1_000;
/** Usher's answer is whole when nothing more came for this long, and it is not writing; ms. */
const PAUSE_MS = 600;
/** Longer than this no answer is waited for to its end; ms. */
const WHOLE_MS = 120_000;

interface Asked {
  readonly usherId: string;
  readonly room: string;
  /** The feed's place when the line was said. */
  readonly from: number;
  /** Whether Usher has to answer. */
  readonly owed: boolean;
}

/**
 * Waits for Usher's whole answer to what was said in a room. False if one was owed and none came, and nothing else for 30 seconds.
 * An answer has begun with a message, and is whole when Usher has done nothing and is not shown as writing for a moment.
 */
export async function wholeAnswer(
  feed: Observed,
  { usherId, room, from, owed }: Asked,
): Promise<boolean> {
  const isAnswer = (event: SeenEvent): boolean =>
    event.roomId === room &&
    event.sender === usherId &&
    (event.type === "m.room.message" || event.type === "m.sticker");
  const stillMs = owed ? FIRST_MS : UNASKED_MS;
  const begun = await feed.waitFor(isAnswer, { from, stillMs }).then(
    () => true,
    () => false,
  );
  if (begun) await pause(feed, usherId, room);
  return begun || !owed;
}

/** Resolves when Usher has been still for a moment, wherever it was active. */
function pause(feed: Observed, usherId: string, room: string): Promise<void> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    let writing = isWriting(
      feed.seen.findLast((event) => event.type === "m.typing" && event.roomId === room),
      usherId,
    );
    const done = (): void => {
      clearTimeout(timer);
      clearTimeout(late);
      unlisten();
      resolve();
    };
    const late = setTimeout(done, WHOLE_MS);
    const again = (): void => {
      clearTimeout(timer);
      timer = writing ? undefined : setTimeout(done, PAUSE_MS);
    };
    const unlisten = feed.listen((event) => {
      if (event.type === "m.typing" && event.roomId === room) writing = isWriting(event, usherId);
      else if (event.sender !== usherId) return;
      again();
    });
    again();
  });
}

function isWriting(typing: SeenEvent | undefined, usherId: string): boolean {
  const writers = typing?.content["user_ids"];
  return Array.isArray(writers) && writers.includes(usherId);
}
