import type { Secret } from "../../../config/secret.ts";
import type { Clock } from "../../../kernel/clock.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { RoomId, UserId } from "../../../kernel/ids.ts";
import type { Content, RoomState, Sending, StateEvent } from "../../../matrix/port.ts";
import { sortOfType, type Sort } from "../sorts.ts";
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
  readonly words: Pick<BotWords, "listen" | "refusal" | "tellsAll">;
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
    return (await this.#content(room, meant)) !== undefined;
  }

  /** Rejects with `hookshot-off` where it has this sort switched off, as far as it can be asked. */
  async refuseOff({ section }: Sort): Promise<void> {
    const sections = await this.#deps.api?.sections();
    if (sections?.[section] === false) throw new UsherError("hookshot-off");
  }

  /** Has hookshot connect it; its bot is in the room. Whether it stands is to be looked at. */
  async make(room: RoomId, wanted: Wanted): Promise<void> {
    const { api, words, mail, matrix, clock, bot } = this.#deps;
    if (await this.stands(room, wanted)) return;
    const { sort, key } = wanted;
    words.listen(room, sort.secret !== undefined);
    if (api === undefined) {
      if (sort.secret !== undefined) await mail.expect(room, key);
      await order(matrix, room, wanted, { bot, now: clock.now() });
      return;
    }
    // What stands in the state no more it still does, where somebody without its leave took that out.
    for (const { id } of await this.#known(room, wanted)) await api.unmake(room, id);
    await api.make(room, sort, sort.config(wanted));
  }

  /** Whether hookshot has done it. Rejects with `hookshot-refused` where its bot has said no, and `hookshot-told-all` where everybody can read the secret. */
  async made(room: RoomId, wanted: Wanted): Promise<boolean> {
    const { api, words } = this.#deps;
    const content = await this.#content(room, wanted);
    if (content === undefined) {
      const line = words.refusal(room);
      if (line !== undefined) throw new UsherError("hookshot-refused", { line });
      return false;
    }
    const { secret } = wanted.sort;
    if (secret !== undefined && (isOpen(content) || words.tellsAll(room)))
      throw new UsherError("hookshot-told-all");
    if (api !== undefined) return (await this.#known(room, wanted)).length > 0;
    return secret === undefined || (await this.secret(room, wanted)) !== undefined;
  }

  /** What only one person is to get; undefined where hookshot has none, or says it no more. */
  async secret(room: RoomId, meant: Meant): Promise<Secret | undefined> {
    const { api, mail } = this.#deps;
    const { secret } = meant.sort;
    if (secret === undefined) return undefined;
    if (api === undefined) return mail.of(room, meant.key);
    return (await this.#known(room, meant))[0]?.secrets[secret];
  }

  /** It has been handed on, or nobody needs it. */
  dropSecret(room: RoomId, { key }: Meant): void {
    this.#deps.mail.drop(room, key);
  }

  /** Takes it away, and what hookshot left of it. Rejects with `hookshot-stays` where it is there all the same. */
  async unmake(room: RoomId, meant: Meant): Promise<void> {
    const { api, matrix } = this.#deps;
    const { type } = meant.sort;
    this.dropSecret(room, meant);
    const stray = await this.#stray(room, meant);
    for (const { id } of await this.#known(room, meant)) await api?.unmake(room, id);
    // What hookshot does not know, or was not asked.
    if (await this.stands(room, meant)) await matrix.setState(room, type, meant.key, {});
    // It may go on all the same where somebody without leave took it out, and hears only what is new to the state.
    else if (stray && api === undefined)
      await matrix.setState(room, type, meant.key, { disabled: true });
    const stays = (await this.stands(room, meant)) || (await this.#known(room, meant)).length > 0;
    if (stays) throw new UsherError("hookshot-stays");
    if (stray) await matrix.setState(room, type, STRAY, {});
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

  /** What the room's state says of it; undefined where it does not stand. */
  async #content(room: RoomId, { sort, key }: Meant): Promise<Content | undefined> {
    const content = await this.#deps.matrix.state(room, sort.type, key, "fresh");
    return content !== undefined && isLive(content) ? content : undefined;
  }

  /** Of what somebody without leave took out, hookshot leaves a copy under the key "undefined", which means nothing. */
  async #stray(room: RoomId, { sort, key }: Meant): Promise<boolean> {
    const left = await this.#deps.matrix.state(room, sort.type, STRAY);
    return left?.[sort.keyField] === key;
  }
}

/** The key under which hookshot 7.4 writes what it wanted to put back. */
const STRAY = "undefined";

function isLive(content: Content): boolean {
  return Object.keys(content).length > 0 && content["disabled"] !== true;
}

/** Hookshot 7.4 writes it there when something of a webhook is changed by its API. */
function isOpen(content: Content): boolean {
  return "hookId" in content;
}

function liveIn({ type, stateKey: key, content }: StateEvent): readonly Live[] {
  const sort = sortOfType(type);
  if (sort === undefined || key === STRAY || !isLive(content)) return [];
  const { label, expirationDate } = content;
  const until = typeof expirationDate === "string" ? Date.parse(expirationDate) : Number.NaN;
  return [
    {
      ...{ sort, key, label: typeof label === "string" ? label : undefined },
      ...{ until: Number.isNaN(until) ? undefined : until, open: isOpen(content) },
    },
  ];
}

function fits({ eventType, config }: Connection, { sort, key }: Meant): boolean {
  return eventType === sort.type && config[sort.keyField] === key;
}
