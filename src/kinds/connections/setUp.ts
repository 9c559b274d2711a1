import type { Answer } from "../../chat/command.ts";
import type { Letters } from "../../chat/letters.ts";
import { membershipOf } from "../../integrations/eventWaiter.ts";
import { isIn } from "../../integrations/membership.ts";
import type {
  ActingStep,
  Outcome,
  SetUpDefinition,
  WaitingStep,
} from "../../integrations/setUp.ts";
import { DAY_MS } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { KeyedQueue } from "../../kernel/tasks.ts";
import type { Inviting } from "../../matrix/port.ts";
import { isStandIn } from "../../privacy/erased.ts";
import type { ConnectionBook } from "./book.ts";
import type { BotLevel } from "./botLevel.ts";
import type { Departure } from "./departure.ts";
import type { Hookshot } from "./hookshot/hookshot.ts";
import type { Wanted } from "./hookshot/meant.ts";
import {
  connectedOf,
  connectionsOf,
  type ConnectionRecord,
  type ConnectionSetUp,
} from "./records.ts";
import { secretAnswer } from "./secretAnswer.ts";
import { sortOf } from "./sorts.ts";

interface ConnectionSetUpDeps {
  readonly matrix: Inviting;
  readonly book: ConnectionBook;
  readonly level: BotLevel;
  readonly departure: Departure;
  /** The room's turns: what waits for hookshot lets the room's other commands go on. */
  readonly queue: Pick<KeyedQueue, "aside">;
  /** Rejects with `hookshot-none` where none is configured any more. */
  readonly hookshot: () => Hookshot;
  /** By the homeserver. */
  readonly membership: (room: RoomId, user: UserId) => Promise<unknown>;
  /** What only one person is to get goes out by these. */
  readonly letters: Pick<Letters, "send">;
  readonly answer: (setUp: ConnectionSetUp, outcome: Outcome) => Answer;
  readonly needs: SetUpDefinition<ConnectionSetUp>["needs"];
}

/** Its bot comes at once, and what it has taken on it shows at once; told by a command it reads a feed first, for 5 s. Ms. */
const PATIENCE_MS = 10_000;
const LIMIT_MS = 60_000;

/** Whoever must type it themselves is told at once, and may have to log in first. Ms. */
const BY_HAND = { ms: 0, limitMs: DAY_MS };

/**
 * Hookshot connects a room in six steps: its bot gets the power it needs, is invited, comes; it is told what to do, and has done it; what only one person is to get is
 * told them.
 */
export function connectionSetUp(deps: ConnectionSetUpDeps): SetUpDefinition<ConnectionSetUp> {
  return {
    deed: "add-connection",
    itemFromStart: true,
    steps: [
      ...([power(deps), invitation(deps), coming(deps)] as const),
      ...[connecting(deps), shown(deps), telling(deps)],
    ],
    isDone: (room, { id, cause }) =>
      connectionsOf(room).some((one) => one.id === id && one.cause === cause),
    answer: (setUp, outcome) => deps.answer(setUp as ConnectionSetUp, outcome),
    needs: deps.needs,
  };
}

function power({
  book,
  level,
  departure,
  membership,
}: ConnectionSetUpDeps): ActingStep<ConnectionSetUp> {
  return {
    name: "power",
    said: ({ bot }) => step("connection-step/power", { bot }),
    run: async (setUp, room) => {
      const { id, bot, cause } = setUp;
      await level.refuseBelow(room, undefined, wantedOf(setUp).sort);
      const known = await book.record(room, id);
      // What a crash cut off had looked at the room before it was changed.
      const found = known?.cause === cause ? known : undefined;
      const given = found?.power ?? (await level.wanted(room, bot, wantedOf(setUp).sort));
      const wasHere = found?.wasHere ?? isIn(await membership(room, bot));
      await book.remember(room, recordOf(setUp, given, wasHere));
      await level.give(room, bot, given);
      return undefined;
    },
    undo: async ({ id }, room) => {
      const record = await book.record(room, id);
      if (record === undefined) return;
      await departure.putBack(room, record);
      await book.forget(room, id);
    },
  };
}

function invitation({
  matrix,
  book,
  departure,
  membership,
}: ConnectionSetUpDeps): ActingStep<ConnectionSetUp> {
  return {
    name: "invite",
    said: ({ bot }) => step("connection-step/invite", { bot }),
    run: async ({ bot }, room) => {
      if (!isIn(await membership(room, bot))) await matrix.invite(room, bot);
      return undefined;
    },
    undo: async ({ id }, room) => {
      const record = await book.record(room, id);
      if (record !== undefined) await departure.putOut(room, record);
    },
  };
}

function coming({ membership }: ConnectionSetUpDeps): WaitingStep<ConnectionSetUp> {
  return {
    name: "join",
    said: ({ bot }) => step("connection-step/join", { bot }),
    until: {
      concerns: ({ bot }, event) => membershipOf(bot)(event),
      look: async ({ bot }, room) => {
        const now = await membership(room, bot);
        // It leaves at once whoever has no leave to use it.
        if (!isIn(now)) throw new UsherError("hookshot-bot-gone");
        return now === "join" ? "come" : "not yet";
      },
      ms: PATIENCE_MS,
      limitMs: LIMIT_MS,
    },
  };
}

function connecting({ queue, hookshot }: ConnectionSetUpDeps): ActingStep<ConnectionSetUp> {
  return {
    name: "connect",
    said: ({ name }) => step("connection-step/connect", { name }),
    run: async (setUp, room) => {
      await queue.aside(room, () => hookshot().make(room, wantedOf(setUp)));
      return undefined;
    },
    undo: (setUp, room) => queue.aside(room, () => hookshot().unmake(room, wantedOf(setUp))),
  };
}

function shown({ hookshot }: ConnectionSetUpDeps): WaitingStep<ConnectionSetUp> {
  return {
    name: "shown",
    said: ({ name }) => step("connection-step/shown", { name }),
    until: {
      // Its state, or its bot's words.
      concerns: ({ bot }, { sender }) => sender === bot,
      look: async (setUp, room) =>
        (await hookshot().made(room, wantedOf(setUp))) ? "come" : "not yet",
      patience: ({ entry }) =>
        sortOf(entry)?.logIn === undefined ? { ms: PATIENCE_MS, limitMs: LIMIT_MS } : BY_HAND,
      ms: PATIENCE_MS,
      limitMs: LIMIT_MS,
    },
  };
}

/** Told again after a crash it is the same message. Where that fails, all of it is taken back: nobody could use what nobody knows. */
function telling(deps: ConnectionSetUpDeps): ActingStep<ConnectionSetUp> {
  const { hookshot, letters, membership } = deps;
  return {
    name: "tell",
    said: ({ name }) => step("connection-step/tell", { name }),
    run: async (setUp, room) => {
      const { id, person, cause } = setUp;
      const wanted = wantedOf(setUp);
      if (wanted.sort.secret === undefined) return undefined;
      const secret = await hookshot().secret(room, wanted);
      if (secret === undefined || isStandIn(person)) throw new UsherError("hookshot-untold");
      // Somebody else may go on with it long after.
      const standing = await membership(room, person);
      if (standing === "leave" || standing === "ban") throw new UsherError("connection-asker-gone");
      await letters.send(person, secretAnswer(setUp, room, secret), {
        ...{ cause, step: `secret of ${id}` },
      });
      hookshot().dropSecret(room, wanted);
      return undefined;
    },
    undo: () => Promise.resolve(),
  };
}

/** What a set-up or a record is about. Throws `hookshot-none` for a sort that this Usher does not know. */
export function wantedOf({
  entry,
  key,
  label,
  until,
  url,
  cause,
}: Pick<ConnectionRecord, "entry" | "key" | "label" | "until" | "url" | "cause">): Wanted {
  const sort = sortOf(entry);
  if (sort === undefined) throw new UsherError("hookshot-none");
  return { sort, key, label, until, url, cause };
}

function recordOf(
  setUp: ConnectionSetUp,
  given: ConnectionRecord["power"],
  wasHere: boolean,
): ConnectionRecord {
  const { id, name, person, at, cause } = setUp;
  return {
    ...{ id, name, cause, addedAt: at, power: given },
    ...connectedOf(setUp),
    ...(wasHere ? { wasHere } : {}),
    ...(!isStandIn(person) && { addedBy: person }),
  };
}

function step(template: string, view: Answer["view"]): Answer {
  return { template, view };
}
