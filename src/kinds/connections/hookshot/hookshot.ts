import { UsherError } from "../../../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../../kernel/ids.ts";
import type { RoomState, Sending, StateEvent } from "../../../matrix/port.ts";
import { sortOfType, type Sort } from "../sorts.ts";
import type { HookshotApi } from "./api.ts";
import type { Connection } from "./answers.ts";
import type { BotWords } from "./botWords.ts";

interface HookshotDeps {
  readonly matrix: RoomState & Sending;
  readonly bot: UserId;
  /** Undefined where the operator says nothing of where it is. */
  readonly api: HookshotApi | undefined;
  readonly words: Pick<BotWords, "listen" | "refusal">;
}

/** What a room is to be connected with. */
export interface Wanted {
  readonly sort: Sort;
  readonly key: string;
  readonly label?: string | undefined;
  /** The command's event. */
  readonly cause: EventId;
}

/** What a room is connected with, as its state says. */
export interface Live {
  readonly sort: Sort;
  readonly key: string;
  readonly label: string | undefined;
}

/**
 * What hookshot does in rooms. The room's state is the truth, which hookshot reads and writes too. All of it compares before it acts, for a crash has it repeated: asked
 * twice, hookshot would connect a room twice.
 */
export class Hookshot {
  readonly #deps: HookshotDeps;

  constructor(deps: HookshotDeps) {
    this.#deps = deps;
  }

  /** What the room is connected with now, whoever has set it up. */
  async live(room: RoomId): Promise<readonly Live[]> {
    return (await this.#deps.matrix.allState(room)).flatMap(liveIn);
  }

  async stands(room: RoomId, { sort, key }: Pick<Wanted, "sort" | "key">): Promise<boolean> {
    const content = await this.#deps.matrix.state(room, sort.type, key, "fresh");
    return content !== undefined && isLive(content);
  }

  /** Has hookshot connect it; its bot is in the room. Whether it stands is to be looked at. */
  async make(room: RoomId, wanted: Wanted): Promise<void> {
    const { api } = this.#deps;
    if (await this.stands(room, wanted)) return;
    if (api === undefined) return this.#order(room, wanted);
    const { sort, key, label } = wanted;
    const known = (await api.connections(room)).some((one) => fits(one, wanted));
    if (!known) await api.make(room, sort, { url: key, ...(label === undefined ? {} : { label }) });
  }

  /** Whether hookshot has done it. Rejects with `hookshot-refused` where its bot has said no. */
  async made(room: RoomId, wanted: Wanted): Promise<boolean> {
    const { api, words } = this.#deps;
    if (await this.stands(room, wanted)) {
      if (api === undefined) return true;
      return (await api.connections(room)).some((one) => fits(one, wanted));
    }
    const line = words.refusal(room);
    if (line !== undefined) throw new UsherError("hookshot-refused", { line });
    return false;
  }

  /** Takes it away, and what hookshot left of it. Rejects with `hookshot-stays` where it is there all the same. */
  async unmake(room: RoomId, { sort, key }: Pick<Wanted, "sort" | "key">): Promise<void> {
    const { api, matrix } = this.#deps;
    const mine = async (): Promise<readonly Connection[]> =>
      (await this.#known(room)).filter((one) => fits(one, { sort, key }));
    if (await this.stands(room, { sort, key })) {
      for (const { id } of await mine()) await api?.unmake(room, id);
      // What hookshot does not know, or was not asked.
      if (await this.stands(room, { sort, key })) await matrix.setState(room, sort.type, key, {});
      const stays = (await this.stands(room, { sort, key })) || (await mine()).length > 0;
      if (stays) throw new UsherError("hookshot-stays");
    }
    await this.#tidy(room, sort, key);
  }

  /** How the last tries to read a feed went, newest first; undefined where nobody can say. */
  async health(
    room: RoomId,
    wanted: Pick<Wanted, "sort" | "key">,
  ): Promise<Connection["secrets"]["lastResults"] | undefined> {
    const { api } = this.#deps;
    const one = (await api?.connections(room))?.find((found) => fits(found, wanted));
    return one?.secrets.lastResults;
  }

  /** What hookshot itself says of a room: nothing where its bot has been put out, for there it does nothing any more. */
  async #known(room: RoomId): Promise<readonly Connection[]> {
    try {
      return (await this.#deps.api?.connections(room)) ?? [];
    } catch (error) {
      if (error instanceof UsherError && error.code === "hookshot-bot-gone") return [];
      throw error;
    }
  }

  /** By a command in the room: hookshot says ✅, and writes its state, or says why not. */
  async #order(room: RoomId, { sort, key, label, cause }: Wanted): Promise<void> {
    const { matrix, words, bot } = this.#deps;
    words.listen(room);
    const more = label === undefined ? "" : ` "${label}"`;
    const body = `!hookshot ${sort.id} ${key}${more}`;
    const step = `${sort.id} by command`;
    await matrix.send(room, { body, asText: true, mentions: [bot] }, { cause, step });
  }

  /** Of what somebody without leave took out, hookshot leaves a copy under the key "undefined", which means nothing. */
  async #tidy(room: RoomId, { type }: Sort, key: string): Promise<void> {
    const { matrix } = this.#deps;
    const left = await matrix.state(room, type, STRAY);
    if (left?.["url"] === key) await matrix.setState(room, type, STRAY, {});
  }
}

/** The key under which hookshot 7.4 writes what it wanted to put back. */
const STRAY = "undefined";

function isLive(content: StateEvent["content"]): boolean {
  return Object.keys(content).length > 0 && content["disabled"] !== true;
}

function liveIn({ type, stateKey, content }: StateEvent): readonly Live[] {
  const sort = sortOfType(type);
  if (sort === undefined || stateKey === STRAY || !isLive(content)) return [];
  const label = typeof content["label"] === "string" ? content["label"] : undefined;
  return [{ sort, key: stateKey, label }];
}

function fits(
  { eventType, config }: Connection,
  { sort, key }: Pick<Wanted, "sort" | "key">,
): boolean {
  return eventType === sort.type && config.url === key;
}
