import type { Answer } from "../../chat/command.ts";
import type {
  ActingStep,
  Outcome,
  SetUpDefinition,
  WaitingStep,
} from "../../integrations/setUp.ts";
import type { RoomId } from "../../kernel/ids.ts";
import type { KeyedQueue } from "../../kernel/tasks.ts";
import type { Inviting } from "../../matrix/port.ts";
import { isStandIn } from "../../privacy/erased.ts";
import type { BridgeBook } from "./book.ts";
import type { BridgeBotLevels } from "./botLevels.ts";
import type { Connector, Link } from "./connector.ts";
import { bridgesOf, type BridgeRecord, type BridgeSetUp } from "./records.ts";

interface BridgeSetUpDeps {
  readonly matrix: Inviting;
  readonly book: BridgeBook;
  readonly levels: BridgeBotLevels;
  /** The room's turns: what waits for a bridge lets the room's other commands go on. */
  readonly queue: Pick<KeyedQueue, "aside">;
  /** Rejects with `bridge-unknown` where the catalogue has it no more. */
  readonly connectorOf: (entry: string) => Connector;
  /** By the homeserver. */
  readonly membership: (room: RoomId, user: BridgeSetUp["bot"]) => Promise<unknown>;
  readonly answer: (setUp: BridgeSetUp, outcome: Outcome) => Answer;
  readonly needs: SetUpDefinition<BridgeSetUp>["needs"];
}

/** A bridge is set up in four steps: its bot gets the power it needs, it is invited, the place is linked, and the link is seen to be there. */
export function bridgeSetUp(deps: BridgeSetUpDeps): SetUpDefinition<BridgeSetUp> {
  return {
    deed: "add-bridge",
    itemFromStart: true,
    steps: [power(deps), invitation(deps), linking(deps), linked(deps)],
    isDone: (room, { id, cause }) =>
      bridgesOf(room).some((one) => one.id === id && one.cause === cause),
    answer: (setUp, outcome) => deps.answer(setUp as BridgeSetUp, outcome),
    needs: deps.needs,
  };
}

function power({ book, levels, connectorOf }: BridgeSetUpDeps): ActingStep<BridgeSetUp> {
  return {
    name: "power",
    said: ({ bot }) => step("bridge-step/power", { bot }),
    run: async (setUp, room) => {
      const { id, bot, cause, entry } = setUp;
      const known = await book.record(room, id);
      // What a crash cut off had looked at the room before it was changed.
      const found = known?.cause === cause ? known : undefined;
      const connector = connectorOf(entry);
      const given =
        found?.power ?? (await levels.wanted(room, bot, (now) => connector.powers(now).level));
      await book.remember(room, recordOf(setUp, given));
      await levels.give(room, bot, given);
      return undefined;
    },
    undo: async ({ id, bot }, room) => {
      const record = await book.record(room, id);
      if (record !== undefined) await levels.takeBack(room, bot, record.power);
      await book.forget(room, id);
    },
  };
}

function invitation({ matrix, membership }: BridgeSetUpDeps): ActingStep<BridgeSetUp> {
  return {
    name: "invite",
    said: ({ bot }) => step("bridge-step/invite", { bot }),
    run: async ({ bot }, room) => {
      if (isIn(await membership(room, bot))) return "was here";
      await matrix.invite(room, bot);
      return undefined;
    },
    undo: async ({ bot, results }, room) => {
      if (results["invite"] !== "was here" && isIn(await membership(room, bot)))
        await matrix.kick(room, bot);
    },
  };
}

function linking({ queue, connectorOf }: BridgeSetUpDeps): ActingStep<BridgeSetUp> {
  return {
    name: "link",
    said: ({ name }) => step("bridge-step/link", { name }),
    run: async (setUp, room) => {
      await queue.aside(room, () => connectorOf(setUp.entry).connect(linkOf(setUp, room)));
      return undefined;
    },
    undo: (setUp, room) =>
      queue.aside(room, () => connectorOf(setUp.entry).disconnect(linkOf(setUp, room))),
  };
}

function linked({ connectorOf }: BridgeSetUpDeps): WaitingStep<BridgeSetUp> {
  return {
    name: "linked",
    said: ({ name }) => step("bridge-step/linked", { name }),
    until: {
      // What bridges say of a link lies in many places: members, state, their own rooms.
      concerns: ({ bot }, event) => event.sender === bot || event.stateKey === bot,
      look: (setUp, room) => connectorOf(setUp.entry).connected(linkOf(setUp, room)),
      ms: 30_000,
      limitMs: 600_000,
    },
  };
}

/** The link that a set-up or a record is about. */
export function linkOf(
  { network, channel, cause, ...by }: BridgeSetUp | BridgeRecord,
  room: RoomId,
): Link {
  const person = "person" in by ? by.person : by.addedBy;
  return { room, network, channel, cause, person };
}

function recordOf(setUp: BridgeSetUp, given: BridgeRecord["power"]): BridgeRecord {
  const { id, entry, bot, network, channel, name, person, at, cause } = setUp;
  return {
    ...{ id, entry, bot, channel, name, cause, addedAt: at, power: given },
    ...(network === undefined ? {} : { network }),
    ...(!isStandIn(person) && { addedBy: person }),
  };
}

function isIn(membership: unknown): boolean {
  return membership === "join" || membership === "invite";
}

function step(template: string, view: Answer["view"]): Answer {
  return { template, view };
}
