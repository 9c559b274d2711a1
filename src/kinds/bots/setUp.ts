import type { Answer } from "../../chat/command.ts";
import { membershipOf } from "../../integrations/eventWaiter.ts";
import type {
  ActingStep,
  Awaited,
  Outcome,
  SetUpDefinition,
  WaitingStep,
} from "../../integrations/setUp.ts";
import { DAY_MS } from "../../kernel/days.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import type { Inviting, OwnAccount, Sending } from "../../matrix/port.ts";
import { isStandIn } from "../../privacy/erased.ts";
import type { BotBook } from "./book.ts";
import type { BotEntry } from "./config.ts";
import type { BotLevels } from "./levels.ts";
import type { Maubot } from "./maubot/maubot.ts";
import { isIn } from "../../integrations/membership.ts";
import type { Presence } from "./presence.ts";
import { botsOf, type BotRecord, type BotSetUp } from "./records.ts";
import { resultAnswer, unlessRefused, type BotResult } from "./result.ts";

/** How long a bot may take to come; ms. After that its invitation is taken back. */
const INVITED_MS = 30 * DAY_MS;

interface BotSetUpDeps {
  readonly matrix: OwnAccount & Inviting & Sending;
  readonly book: BotBook;
  readonly levels: BotLevels;
  readonly entryOf: (user: UserId) => BotEntry | undefined;
  /** By the homeserver, and what the room's state says of how it came to that. */
  readonly membership: (room: RoomId, user: UserId) => Promise<unknown>;
  readonly presence: (room: RoomId, user: UserId) => Promise<Presence>;
  /** How long a command waits for the bot to come; ms. */
  readonly patienceMs: number;
  readonly maubot: BotManager | undefined;
}

/** What of a maubot a set-up needs. */
export type BotManager = Pick<Maubot, "runs" | "ready" | "provide" | "bring" | "takeOut">;

/** What the invitation's step leaves for the next one: that one of maubot's bots was invited. */
const MANAGED = "managed";

/** A bot comes in steps: it is invited, one of maubot's is fetched, it comes, it gets its power, it is spoken to. */
export function botSetUp(deps: BotSetUpDeps): SetUpDefinition<BotSetUp> {
  const { entryOf, presence, patienceMs } = deps;
  return {
    deed: "add-bot",
    itemFromStart: true,
    // Once it is in the room, it reads what is written there: whatever goes wrong from then on, that must be said.
    steps: [invitation(deps), fetching(deps), coming(deps), power(deps), firstWords(deps)],
    isDone: (room, { user, cause }) =>
      botsOf(room).some((one) => one.user === user && one.cause === cause),
    answer: async ({ user, level }, outcome, room) => {
      const about = { user, entry: entryOf(user), level, seconds: patienceMs / 1000 };
      return resultAnswer(await botResult(outcome, () => presence(room, user)), about);
    },
    needs: () => Promise.resolve([{ kind: "invite" }]),
  };
}

function invitation(deps: BotSetUpDeps): ActingStep<BotSetUp> {
  const { matrix, book, membership, presence, maubot, entryOf } = deps;
  return {
    name: "invite",
    said: ({ user }) => step("bot-step/invite", user),
    run: async (setUp, room) => {
      const managed = (await maubot?.runs(setUp.user)) === true;
      const there = isIn(await membership(room, setUp.user));
      if (managed && !there) await maubot?.ready(setUp.user);
      const entry = entryOf(setUp.user);
      if (managed && entry?.instance !== undefined)
        await maubot?.provide(setUp.user, { ...entry.instance, id: entry.instance.id ?? entry.id });
      const known = await recordOf(book, room, setUp);
      if (known?.cause !== setUp.cause) await book.remember(room, asRecord(setUp));
      if (!there) await matrix.invite(room, setUp.user);
      return managed ? MANAGED : undefined;
    },
    undo: async ({ user }, room) => {
      const now = await presence(room, user);
      if (now.is === "invited" && now.by === matrix.me) await matrix.kick(room, user);
      await book.forget(room, user);
    },
  };
}

/** Taken back with the invitation; one that has joined already is not kept waiting for, and stays. */
function fetching({ membership, maubot }: BotSetUpDeps): ActingStep<BotSetUp> {
  return {
    name: "fetch",
    said: ({ user }) => step("bot-step/fetch", user),
    run: async ({ user, results }, room) => {
      if (results["invite"] !== MANAGED || (await membership(room, user)) !== "invite")
        return undefined;
      await maubot?.bring(user, room);
      return undefined;
    },
    undo: async ({ user, results }, room) => {
      if (results["invite"] === MANAGED && (await membership(room, user)) === "join")
        await maubot?.takeOut(user, room);
    },
  };
}

function coming({ membership, patienceMs }: BotSetUpDeps): WaitingStep<BotSetUp> {
  return {
    name: "join",
    said: ({ user }) => step("bot-step/join", user),
    until: {
      concerns: ({ user }, event) => membershipOf(user)(event),
      look: async ({ user }, room) => awaited(await membership(room, user)),
      ms: patienceMs,
      limitMs: INVITED_MS,
    },
  };
}

/** Whether an invited bot has come, may still come, or will not: it refused, somebody took the invitation back, or it is gone again. */
export function awaited(membership: unknown): Awaited {
  return membership === "invite" ? "not yet" : membership === "join" ? "come" : "over";
}

function power({ book, levels }: BotSetUpDeps): ActingStep<BotSetUp> {
  return {
    name: "power",
    said: ({ user }) => step("bot-step/power", user),
    run: async (setUp, room) => {
      const record = (await recordOf(book, room, setUp)) ?? asRecord(setUp);
      return unlessRefused(() => levels.give(room, record));
    },
  };
}

function firstWords({ matrix, entryOf }: BotSetUpDeps): ActingStep<BotSetUp> {
  return {
    name: "words",
    said: ({ user }) => step("bot-step/words", user),
    run: async ({ user, cause }, room) => {
      const words = entryOf(user)?.firstWords;
      if (words === undefined) return undefined;
      return unlessRefused(() => say(matrix, room, { user, words, cause, step: "first words" }));
    },
  };
}

/** What came of it. Of one that was done before, only the room knows. */
export async function botResult(
  outcome: Outcome,
  presence: () => Promise<Presence>,
): Promise<BotResult> {
  if (outcome.is === "waiting") return { is: "invited" };
  if (outcome.is === "gone" || outcome.results["join"] === "over") return { is: "declined" };
  const { power, words } = outcome.results;
  if (power === undefined)
    return (await presence()).is === "joined" ? { is: "joined", level: "had" } : { is: "declined" };
  return {
    is: "joined",
    level: power as (BotResult & { is: "joined" })["level"],
    ...(words === "refused" ? { unsaid: true } : {}),
  };
}

/** Says words that are meant for a bot, once for each command and step. */
export async function say(
  matrix: Sending,
  room: RoomId,
  { user, words, ...once }: BotWords,
): Promise<undefined> {
  await matrix.send(room, { body: words, asText: true, mentions: [user] }, once);
}

interface BotWords {
  readonly user: UserId;
  readonly words: string;
  readonly cause: EventId;
  readonly step: string;
}

function step(template: string, user: UserId): Answer {
  return { template, view: { user } };
}

async function recordOf(
  book: BotBook,
  room: RoomId,
  { user }: BotSetUp,
): Promise<BotRecord | undefined> {
  return (await book.records(room)).find((one) => one.user === user);
}

function asRecord({ id, user, person, at, cause, level }: BotSetUp): BotRecord {
  return { id, user, ...(!isStandIn(person) && { addedBy: person }), addedAt: at, cause, level };
}
