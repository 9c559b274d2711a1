import { isDeepStrictEqual } from "node:util";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import type { Content, OwnAccount, PowerLevels, RoomState, StateEvent } from "../../matrix/port.ts";
import { allowed } from "../../matrix/power.ts";
import { declareState, type StateType } from "../../privacy/declared.ts";
import type { Alteration } from "./connector.ts";
import { BRIDGE_STATE } from "./dataMap.ts";
import type { BridgeRecord } from "./records.ts";

/** What the room had, as a record keeps it. */
type Had = NonNullable<BridgeRecord["had"]>;

interface Altered {
  readonly type: StateType;
  /** As good as none: state cannot be taken out, and homeservers refuse a topic without words. */
  readonly none: Content;
}

const ALTERED: Readonly<Record<Alteration, Altered>> = {
  name: { type: declareState("m.room.name", BRIDGE_STATE), none: { name: "" } },
  topic: { type: declareState("m.room.topic", BRIDGE_STATE), none: { topic: "" } },
  avatar: { type: declareState("m.room.avatar", BRIDGE_STATE), none: {} },
};

/** By which bridges say that a room is linked (MSC2346). They leave it there when it is not any more. */
const MARKS: readonly StateType[] = [
  declareState("m.bridge", BRIDGE_STATE),
  declareState("uk.half-shot.bridge", BRIDGE_STATE),
];

/** The same of matrix-appservice-irc: how its last request ended. It names nobody's bot. */
const REQUEST_MARK = declareState("m.room.bridging", BRIDGE_STATE);

/** Of each type, the bot's own first: whoever may write marks can write any number in its name. */
const MOST_MARKS = 10;

/** What bridges change in a room by themselves, and leave behind there: kept before, put back and blanked after. */
export class Alterations {
  readonly #matrix: OwnAccount & RoomState & PowerLevels;

  constructor(matrix: OwnAccount & RoomState & PowerLevels) {
    this.#matrix = matrix;
  }

  /** What there is now of what the bridge will change. */
  async kept(room: RoomId, alters: readonly Alteration[]): Promise<Had> {
    return Promise.all(
      alters.map(async (one) => {
        const { type } = ALTERED[one];
        const content = await this.#matrix.state(room, type, "", "fresh");
        return { type, content: content === undefined ? null : { ...content } };
      }),
    );
  }

  /** Puts back what the bot was the last to change, and blanks what it says of the link. It must be out of the room: it would write anew. */
  async putBack(room: RoomId, bot: UserId, had: Had): Promise<void> {
    const state = await this.#matrix.allState(room);
    for (const { type: stored, content } of had) {
      const known = Object.values(ALTERED).find(({ type }) => type === stored);
      const now = state.find((event) => event.type === stored && event.stateKey === "");
      if (known !== undefined && now?.sender === bot)
        await this.#set(room, known.type, "", content ?? known.none);
    }
    for (const type of [...MARKS, REQUEST_MARK]) {
      const left = state
        .filter((event) => event.type === type && isLeft(event, bot))
        .toSorted((a, b) => Number(b.sender === bot) - Number(a.sender === bot));
      for (const { stateKey } of left.slice(0, MOST_MARKS))
        await this.#set(room, type, stateKey, {});
    }
  }

  /** The same of what was copied into the room that replaces it, in the name of whoever made that: there, nothing says any more that it is the bot's. */
  async putBackCopies(from: RoomId, to: RoomId, bot: UserId, had: Had): Promise<void> {
    const state = await this.#matrix.allState(from);
    for (const { type: stored, content } of had) {
      const known = Object.values(ALTERED).find(({ type }) => type === stored);
      const old = state.find((event) => event.type === stored && event.stateKey === "");
      if (known === undefined || old?.sender !== bot) continue;
      const copied = await this.#matrix.state(to, known.type, "", "fresh");
      if (isDeepStrictEqual(copied, old.content))
        await this.#set(to, known.type, "", content ?? known.none);
    }
  }

  /** Whether the room has that now. */
  async stands(room: RoomId, { type: stored, content }: Had[number]): Promise<boolean> {
    const known = Object.values(ALTERED).find(({ type }) => type === stored);
    if (known === undefined) return false;
    const now = await this.#matrix.state(room, known.type, "", "fresh");
    return isDeepStrictEqual(now ?? known.none, content ?? known.none);
  }

  /** Where Usher may: who took its power meanwhile has taken this too. */
  async #set(room: RoomId, type: StateType, key: string, content: Content): Promise<void> {
    const need = { kind: "state", type, key } as const;
    if (allowed(await this.#matrix.power(room), this.#matrix.me, need))
      await this.#matrix.setState(room, type, key, content);
  }
}

/** Whether this says of the room that this bot's bridge links it. */
export function isMark(
  { type, content }: Pick<StateEvent, "type" | "content">,
  bot: UserId,
): boolean {
  return MARKS.some((mark) => mark === type) && content["bridgebot"] === bot;
}

/** Whether it is this bot's; after a room was replaced, marks were seen that name no bot. */
function isLeft(event: StateEvent, bot: UserId): boolean {
  const { sender, content } = event;
  const isNameless = content["bridgebot"] === undefined && Object.keys(content).length > 0;
  return isMark(event, bot) || (sender === bot && isNameless);
}
