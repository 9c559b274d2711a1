import type { Secret } from "../../../config/secret.ts";
import type { Clock } from "../../../kernel/clock.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { RoomId, UserId } from "../../../kernel/ids.ts";
import type { Content, RoomState, Sending, StateEvent } from "../../../matrix/port.ts";
import { sortOfType, WEBHOOK, type Sort } from "../sorts.ts";
import type { HookshotApi } from "./api.ts";
import type { Connection } from "./answers.ts";
import type { BotWords } from "./botWords.ts";
import type { Live, Meant, Wanted } from "./meant.ts";
import { order } from "./order.ts";
import type { SecretMail } from "./secretMail.ts";

interface HookshotDeps {
  readonly matrix: RoomState & Sending;
  readonly clock: Clock;
  readonly bot: UserId;
  /** Undefined where the operator says nothing of where it is. */
  readonly api: HookshotApi | undefined;
  readonly words: Pick<BotWords, "listen" | "refusal" | "tells">;
  readonly mail: Pick<SecretMail, "expect" | "of" | "drop">;
}

/**
 * What hookshot does in rooms. The room's state is the truth, which hookshot reads and writes too. All of it compares before it acts, for a crash has it repeated: asked
 * twice, hookshot would connect a room twice, and of two webhooks of one name only the first works.
 */
export class Hookshot {
  readonly #deps: HookshotDeps;

  constructor(deps: HookshotDeps) {
    this.#deps = deps;
  }

  /** Whether what it has told one person can be asked for again. */
  get tellsAgain(): boolean {
    return this.#deps.api !== undefined;
  }

  /** What the room is connected with now, whoever has set it up. */
  async live(room: RoomId): Promise<readonly Live[]> {
    return (await this.#deps.matrix.allState(room)).flatMap(liveIn);
  }

  async stands(room: RoomId, meant: Meant): Promise<boolean> {
    return (await this.#standing(room, meant)).length > 0;
  }

  /** Rejects with `hookshot-off` where it has this sort switched off, as far as it can be asked. */
  async refuseOff({ section }: Sort): Promise<void> {
    const sections = await this.#deps.api?.sections();
    if (sections?.[section] === false) throw new UsherError("hookshot-off");
  }

  /** Has hookshot connect it; its bot is in the room. Whether it stands is to be looked at. */
  async make(room: RoomId, wanted: Wanted): Promise<void> {
    const { api, words, mail, matrix, clock, bot } = this.#deps;
    const { sort, key } = wanted;
    // What it does for nobody but who types it is theirs to type.
    if (sort.logIn !== undefined || (await this.stands(room, wanted))) return;
    words.listen(room);
    if (api === undefined) {
      if (sort.secret !== undefined) await mail.expect(room, { sort, key });
      await order(matrix, room, wanted, { bot, now: clock.now() });
      return;
    }
    // What stands in the state no more it still does, where somebody without its leave took that out.
    for (const { id } of await this.#known(room, wanted)) await api.unmake(room, id);
    await api.make(room, sort, sort.config(wanted));
  }

  /** Whether hookshot has done it. Rejects with `hookshot-refused` where its bot has said no, and `hookshot-told-all` where everybody can read the secret. */
  async made(room: RoomId, wanted: Wanted): Promise<boolean> {
    const { api, words, bot } = this.#deps;
    const [found] = await this.#standing(room, wanted);
    const { secret, logIn } = wanted.sort;
    // Others write such state too, which hookshot then heeds no more than any other.
    const isIts = api !== undefined || found?.sender === undefined || found.sender === bot;
    if (found === undefined || !isIts) {
      // Whoever is refused can log in there, and type it again.
      const line = logIn === undefined ? words.refusal(room) : undefined;
      if (line !== undefined) throw new UsherError("hookshot-refused", { line });
      return false;
    }
    if (api !== undefined && (await this.#known(room, wanted)).length === 0) return false;
    if (secret === undefined) return true;
    const told = await this.secret(room, wanted);
    if (isOpen(found.content) || (told !== undefined && words.tells(room, told)))
      throw new UsherError("hookshot-told-all");
    // By its API what it does not say now it never will: that is for the next step to tell.
    return api !== undefined || told !== undefined;
  }

  /** What only one person is to get; undefined where hookshot has none, or says it no more. */
  async secret(room: RoomId, meant: Meant): Promise<Secret | undefined> {
    const { api, mail } = this.#deps;
    const { secret } = meant.sort;
    if (secret === undefined) return undefined;
    if (api === undefined) return mail.of(room, meant);
    return (await this.#known(room, meant))[0]?.secrets[secret];
  }

  /** It has been handed on, or nobody needs it. */
  dropSecret(room: RoomId, meant: Meant): void {
    this.#deps.mail.drop(room, meant);
  }

  /** Takes it away, and what hookshot left of it. Rejects with `hookshot-stays` where it is there all the same, or with why hookshot does not. */
  async unmake(room: RoomId, meant: Meant): Promise<void> {
    const { api, matrix } = this.#deps;
    const { sort, key } = meant;
    this.dropSecret(room, meant);
    const stray = await this.#stray(room, meant);
    const refused = await this.#unmakeThere(room, meant);
    // What hookshot does not know, or was not asked.
    const left = await this.#standing(room, meant);
    for (const { stateKey } of left) await matrix.setState(room, sort.type, stateKey, {});
    // It may go on all the same where somebody without leave took it out, and hears only what is new to the state.
    if (left.length === 0 && stray && api === undefined)
      await matrix.setState(room, sort.type, key, { disabled: true });
    const stays = (await this.stands(room, meant)) || (await this.#known(room, meant)).length > 0;
    if (stays) throw refused ?? new UsherError("hookshot-stays");
    if (stray) await matrix.setState(room, sort.type, STRAY, {});
  }

  /** Tells its API. What it refuses there may be done by the room's state all the same. */
  async #unmakeThere(room: RoomId, meant: Meant): Promise<UsherError | undefined> {
    const { api } = this.#deps;
    try {
      for (const { id } of await this.#known(room, meant)) await api?.unmake(room, id);
    } catch (error) {
      if (!(error instanceof UsherError) || error.code !== "hookshot-refused") throw error;
      return error;
    }
    return undefined;
  }

  /** Whether something of this sort can be changed. */
  alters({ id }: Sort): boolean {
    return id === WEBHOOK.id || this.#deps.api !== undefined;
  }

  /**
   * Changes what is there. Of a webhook only the room's state: asked by its API, hookshot would write the secret there. Of others only by its API: it heeds no change of their
   * state. Rejects with `connection-gone`, and with `hookshot-unclear` where it says that it did, and has not.
   */
  async alter(room: RoomId, meant: Meant, id: string, config: Content): Promise<void> {
    const { api, matrix } = this.#deps;
    const { sort } = meant;
    const [found] = await this.#standing(room, meant);
    if (found === undefined) throw new UsherError("connection-gone", { id });
    if (sort.id === WEBHOOK.id) {
      const { hookId: _, ...content } = { ...found.content, ...config };
      await matrix.setState(room, sort.type, found.stateKey, content);
      return;
    }
    const [known] = await this.#known(room, meant);
    if (api === undefined || known === undefined) throw new UsherError("connection-gone", { id });
    await api.alter(room, known.id, config);
    const [now] = await this.#standing(room, meant);
    const isDone = Object.entries(config).every(([key, value]) => now?.content[key] === value);
    if (!isDone) throw new UsherError("hookshot-unclear", { status: undefined });
  }

  /** How the last tries to read a feed went, newest first; undefined where nobody can say. */
  async health(
    room: RoomId,
    meant: Meant,
  ): Promise<Connection["secrets"]["lastResults"] | undefined> {
    const { api } = this.#deps;
    const one = (await api?.connections(room))?.find((found) => fits(found, meant));
    return one?.secrets.lastResults;
  }

  /** What hookshot itself does of this in a room: nothing where its bot has been put out, for there it does nothing any more. */
  async #known(room: RoomId, meant: Meant): Promise<readonly Connection[]> {
    try {
      const all = (await this.#deps.api?.connections(room)) ?? [];
      return all.filter((one) => fits(one, meant));
    } catch (error) {
      if (error instanceof UsherError && error.code === "hookshot-bot-gone") return [];
      throw error;
    }
  }

  /** The state events by which it stands in the room: one, or none, mostly. */
  async #standing(room: RoomId, { sort, key }: Meant): Promise<readonly Standing[]> {
    const { matrix } = this.#deps;
    // Only where it is the state key alone can it be asked for without all else.
    if (sort.logIn !== undefined) {
      const all = await matrix.allState(room);
      return all.filter((event) =>
        liveIn(event).some((one) => one.sort === sort && one.key === key),
      );
    }
    const content = await matrix.state(room, sort.type, key, "fresh");
    return content !== undefined && isLive(content) ? [{ stateKey: key, content }] : [];
  }

  /** Of what somebody without leave took out, hookshot leaves a copy under the key "undefined", which means nothing. */
  async #stray(room: RoomId, { sort, key }: Meant): Promise<boolean> {
    const left = await this.#deps.matrix.state(room, sort.type, STRAY);
    return left !== undefined && sort.keyIn(left) === key;
  }
}

type Standing = Pick<StateEvent, "stateKey" | "content"> & Partial<Pick<StateEvent, "sender">>;

/** The key under which hookshot 7.4 writes what it wanted to put back. */
const STRAY = "undefined";

function isLive(content: Content): boolean {
  return Object.keys(content).length > 0 && content["disabled"] !== true;
}

/** Hookshot 7.4 writes it there when something of a webhook is changed by its API. */
function isOpen(content: Content): boolean {
  return "hookId" in content;
}

/** What a state event says that the room is connected with. */
export function liveIn({ type, stateKey, content }: StateEvent): readonly Live[] {
  const sort = sortOfType(type);
  if (sort === undefined || stateKey === STRAY || !isLive(content)) return [];
  const key = sort.logIn === undefined ? stateKey : keyIn(sort, content, stateKey);
  const { label, expirationDate, url } = content;
  const until = typeof expirationDate === "string" ? Date.parse(expirationDate) : Number.NaN;
  return [
    {
      ...{ sort, key, label: shortText(label) },
      ...{ until: Number.isNaN(until) ? undefined : until, open: isOpen(content) },
      url: sort.id === "outbound" ? shortText(url) : undefined,
    },
  ];
}

/** What others have written there may be of any length. */
function keyIn(sort: Sort, content: Content, stateKey: string): string {
  return shortText(sort.keyIn(content)) ?? sort.keyOf(stateKey);
}

/** UTF-16 units. */
const LONGEST_SHOWN = 2000;

function shortText(value: unknown): string | undefined {
  const isShown = typeof value === "string" && value.trim() !== "" && value.length <= LONGEST_SHOWN;
  return isShown ? value : undefined;
}

function fits({ eventType, config }: Connection, { sort, key }: Meant): boolean {
  return eventType === sort.type && sort.keyIn(config) === key;
}
