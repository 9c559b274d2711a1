import type { Answer } from "../../chat/command.ts";
import { isIn } from "../../integrations/membership.ts";
import {
  isTakenOut,
  type ActingStep,
  type Outcome,
  type SetUpDefinition,
  type SetUpOrder,
  type WaitingStep,
} from "../../integrations/setUp.ts";
import { failureAnswer } from "../../integrations/setUpWords.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { RoomId } from "../../kernel/ids.ts";
import type { KeyedQueue } from "../../kernel/tasks.ts";
import type { Inviting } from "../../matrix/port.ts";
import { isStandIn, NOBODY } from "../../privacy/erased.ts";
import type { Alterations } from "./alterations.ts";
import type { BridgeBook } from "./book.ts";
import type { BridgeBotLevels, Given } from "./botLevels.ts";
import type { Connector, Consent, Link } from "./connector.ts";
import { givenIn, type Departure } from "./departure.ts";
import { bridgesOf, type BridgeRecord, type BridgeSetUp } from "./records.ts";

interface BridgeSetUpDeps {
  readonly matrix: Inviting;
  readonly book: BridgeBook;
  readonly levels: BridgeBotLevels;
  readonly alterations: Alterations;
  readonly departure: Departure;
  /** The room's turns: what waits for a bridge lets the room's other commands go on. */
  readonly queue: Pick<KeyedQueue, "aside">;
  /** Rejects with `bridge-uncatalogued` where the catalogue has it no more. */
  readonly connectorOf: (entry: string) => Connector;
  /** What its links wait for; undefined too where the catalogue has it no more. */
  readonly consentOf: (entry: string) => Consent | undefined;
  /** Whether its bot is given orders in the linked room itself. */
  readonly isInRoom: (entry: string) => boolean;
  /** By the homeserver. */
  readonly membership: (room: RoomId, user: BridgeSetUp["bot"]) => Promise<unknown>;
  readonly answer: (setUp: BridgeSetUp, outcome: Outcome) => Answer;
  readonly needs: SetUpDefinition<BridgeSetUp>["needs"];
}

/** What a bridge does by itself once it has taken an order, it does in seconds; ms. */
const SHOWN_MS = 30_000;
const SHOWN_LIMIT_MS = 600_000;

/** Of somebody's consent: until whoever asked is told that it is waited for, and what the bridge may take to say that nobody gave it; ms. */
const CONSENT_SAID_MS = 3_000;
const CONSENT_SPARE_MS = 30_000;

/** A bridge is set up in five steps: its bot gets the power it needs, it is invited, the place is linked, the link is made whole, and seen to be there. */
export function bridgeSetUp(deps: BridgeSetUpDeps): SetUpDefinition<BridgeSetUp> {
  return {
    deed: "add-bridge",
    itemFromStart: true,
    steps: [power(deps), invitation(deps), linking(deps), finishing(deps), linked(deps)],
    isDone: (room, { id, cause }) =>
      bridgesOf(room).some((one) => one.id === id && one.cause === cause),
    answer: (setUp, outcome) => deps.answer(setUp as BridgeSetUp, outcome),
    needs: deps.needs,
  };
}

function power(deps: BridgeSetUpDeps): ActingStep<BridgeSetUp> {
  const { book, levels, alterations, departure, connectorOf, membership } = deps;
  return {
    name: "power",
    said: ({ bot }) => step("bridge-step/power", { bot }),
    run: async (setUp, room) => {
      const { id, bot, cause, entry } = setUp;
      const known = await book.record(room, id);
      // What a crash cut off had looked at the room before it was changed.
      const found = known?.cause === cause ? known : undefined;
      const connector = connectorOf(entry);
      const [given, had, wasHere] = await Promise.all([
        found === undefined
          ? levels.wanted(room, bot, (now) => connector.powers(now))
          : givenIn(found),
        found?.had ?? alterations.kept(room, connector.traits.alters),
        found === undefined ? membership(room, bot).then(isIn) : found.wasHere === true,
      ]);
      await book.remember(room, recordOf(setUp, given, { had, wasHere }));
      await levels.give(room, bot, given);
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

function invitation(deps: BridgeSetUpDeps): ActingStep<BridgeSetUp> {
  const { matrix, book, departure, membership, queue, connectorOf } = deps;
  return {
    name: "invite",
    said: ({ bot }) => step("bridge-step/invite", { bot }),
    run: async (setUp, room) => {
      const { id, bot, entry } = setUp;
      const record = await book.record(room, id);
      // One that was not there a moment ago is invited, which changes nothing where it has been meanwhile.
      const isHere = record?.wasHere === true && isIn(await membership(room, bot));
      if (!isHere) await matrix.invite(room, bot);
      const connector = connectorOf(entry);
      if (connector.assertFree !== undefined) {
        const link = await linkNow(deps, setUp, room);
        await queue.aside(room, () => connector.assertFree?.(link) ?? Promise.resolve());
      }
      return undefined;
    },
    undo: async (setUp, room) => {
      const record = await book.record(room, setUp.id);
      if (record !== undefined && (record.wasHere !== true || isTakenOut(setUp)))
        await departure.putOut(room, record);
    },
  };
}

/** What is known of a link from when Usher has it made. */
const ORDERED = "ordered";

function linking(deps: BridgeSetUpDeps): ActingStep<BridgeSetUp> {
  const { queue, connectorOf } = deps;
  return {
    name: "link",
    said: ({ name }) => step("bridge-step/link", { name }),
    run: async (setUp, room, note) => {
      const link = await linkNow(deps, setUp, room);
      const ordering = (): Promise<void> => note(ORDERED);
      const how = await queue.aside(room, () => connectorOf(setUp.entry).connect(link, ordering));
      // Where it was ordered, or its bot came with this link, a crash had cut it off.
      const isOurs = link.botCame === true || setUp.results["link"] === ORDERED;
      return how === "stood" && isOurs ? "unfinished" : how;
    },
    undo: async (setUp, room) => {
      // What Usher has not ordered, somebody else had made before: it is taken over, and not Usher's to take away where that fails.
      const { link: how = "stood" } = setUp.results;
      if (how === "stood" && !isTakenOut(setUp)) return;
      const link = await linkNow(deps, setUp, room);
      const connector = connectorOf(setUp.entry);
      await queue
        .aside(room, () => connector.disconnect(link))
        .catch((error: unknown) => {
          throw withWayOut(error, connector);
        });
    },
  };
}

/** Why a link stays, with how it goes all the same, where that is so. */
function withWayOut(error: unknown, { bot, traits }: Connector): unknown {
  if (!traits.kickEnds || !(error instanceof UsherError) || !error.code.startsWith("bridge-"))
    return error;
  return new UsherError("bridge-still-linked", { bot, why: failureAnswer(error) });
}

function finishing({ queue, connectorOf }: BridgeSetUpDeps): ActingStep<BridgeSetUp> {
  return {
    name: "finish",
    said: ({ name }) => step("bridge-step/finish", { name }),
    isNeedless: ({ results }) => results["link"] === "whole",
    run: async (setUp, room) => {
      await queue.aside(room, () => connectorOf(setUp.entry).finish(linkOf(setUp, room)));
      return undefined;
    },
    // It goes with the link itself.
    undo: () => Promise.resolve(),
  };
}

function linked(deps: BridgeSetUpDeps): WaitingStep<BridgeSetUp> {
  const { connectorOf, consentOf, isInRoom } = deps;
  return {
    name: "linked",
    said: ({ name }) => step("bridge-step/linked", { name }),
    until: {
      // What bridges say of a link lies in many places: members, state, their own rooms.
      concerns: ({ bot, entry }, { sender, stateKey }) => {
        // Where looking is to ask in the room, what the bot says there would have it looked at again, for ever.
        const isAnswer = stateKey === undefined && isInRoom(entry);
        return stateKey === bot || (sender === bot && !isAnswer);
      },
      look: async (setUp, room) =>
        connectorOf(setUp.entry).connected(await linkNow(deps, setUp, room)),
      ms: SHOWN_MS,
      limitMs: SHOWN_LIMIT_MS,
      patience: ({ entry }) => {
        const consent = consentOf(entry);
        if (consent === undefined) return { ms: SHOWN_MS, limitMs: SHOWN_LIMIT_MS };
        // Whoever asked is told soon whom it waits for now.
        return { ms: CONSENT_SAID_MS, limitMs: consent.limitMs + CONSENT_SPARE_MS };
      },
    },
  };
}

/** The link that a set-up or a record is about. */
export function linkOf(
  { network, channel, cause, ...by }: BridgeSetUp | BridgeRecord,
  room: RoomId,
): Link {
  if ("addedAt" in by) {
    const { addedBy: person, addedAt: at, wasHere } = by;
    return { room, network, channel, cause, at, person, botCame: wasHere !== true };
  }
  const { person, at, consentBy } = by;
  return { room, network, channel, cause, at, person, consentBy };
}

/** What had this link set up. */
export function orderOf(record: BridgeRecord): SetUpOrder<BridgeSetUp> {
  const { id, name, entry, bot, network, channel, cause, addedBy = NOBODY, addedAt } = record;
  return {
    ...{ cause, person: addedBy, at: addedAt, deed: "add-bridge", id, name, entry, bot, channel },
    ...(network === undefined ? {} : { network }),
  };
}

/** The link of a set-up, with what the room was before it. */
async function linkNow(
  { book }: Pick<BridgeSetUpDeps, "book">,
  setUp: BridgeSetUp,
  room: RoomId,
): Promise<Link> {
  const record = await book.record(room, setUp.id);
  return { ...linkOf(setUp, room), botCame: record !== undefined && record.wasHere !== true };
}

function recordOf(
  setUp: BridgeSetUp,
  { power: given, lowered }: Given,
  { had, wasHere }: { readonly had: NonNullable<BridgeRecord["had"]>; readonly wasHere: boolean },
): BridgeRecord {
  const { id, entry, bot, network, channel, name, person, at, cause } = setUp;
  return {
    ...{ id, entry, bot, channel, name, cause, addedAt: at, power: given },
    ...(lowered.length === 0 ? {} : { lowered: [...lowered] }),
    ...(had.length === 0 ? {} : { had }),
    ...(wasHere ? { wasHere } : {}),
    ...(network === undefined ? {} : { network }),
    ...(!isStandIn(person) && { addedBy: person }),
  };
}

function step(template: string, view: Answer["view"]): Answer {
  return { template, view };
}
