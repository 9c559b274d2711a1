import { Secret } from "../../../config/secret.ts";
import { membershipOf, type EventWaiter } from "../../../integrations/eventWaiter.ts";
import { membershipIn } from "../../../integrations/membership.ts";
import type { Clock } from "../../../kernel/clock.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { RoomId, UserId } from "../../../kernel/ids.ts";
import type { RoomBatch } from "../../../matrix/intake.ts";
import type { Sort, SortId } from "../sorts.ts";
import type {
  OwnAccount,
  PowerLevels,
  RoomMembers,
  RoomState,
  Sending,
  TalkRooms,
} from "../../../matrix/port.ts";

interface SecretMailDeps {
  readonly matrix: OwnAccount & RoomMembers & PowerLevels & Pick<RoomState, "state"> & Sending;
  readonly talkRooms: Pick<TalkRooms, "of">;
  readonly waiter: Pick<EventWaiter, "until" | "wake">;
  readonly clock: Clock;
  readonly bot: UserId;
}

interface Meant {
  readonly sort: Pick<Sort, "id">;
  /** Its name. */
  readonly key: string;
}

/** Where and how a secret came. */
interface Letter {
  readonly from: RoomId;
  readonly secret: Secret;
}

const ABOUT = String.raw`^You have bridged the webhook "(?<name>[^\n]+)" in https://matrix\.to/#/(?<room>\S+) ?\.\s+`;

/** What hookshot's bot writes to whoever has ordered one of these, in a room with them alone. Source: matrix-hookshot 7.4, `SetupConnection`. */
const LETTERS: readonly (readonly [SortId, RegExp])[] = [
  ["webhook", new RegExp(String.raw`${ABOUT}[^\n]+\n(?<secret>https?://[\w.:/~%[\]-]{1,2000})$`)],
  [
    "outbound",
    new RegExp(
      String.raw`${ABOUT}Please use the secret token \`?(?<secret>hs-ob-[\w-]{1,100})\`? when validating`,
    ),
  ],
];

/** So many are waited for at once; more than people order in a minute. */
const MOST = 100;

/** Its bot comes at once, and answers in a second; ms. */
const COMES_MS = 10_000;
const ANSWERS_MS = 5_000;

/**
 * What hookshot's bot tells Usher alone where Usher types its commands: it stays in memory until it has been handed on, and nowhere else. A letter that nobody waits for, by
 * another account, of another room or of another name is none; of two for the same, the first is it, for a second address is dead.
 */
export class SecretMail {
  readonly #deps: SecretMailDeps;
  /** By room, sort and name; null while it has not come. */
  readonly #letters = new Map<string, Letter | null>();
  /** Where its bot has been heard. */
  readonly #heard = new Set<RoomId>();
  #talk: RoomId | undefined;

  constructor(deps: SecretMailDeps) {
    this.#deps = deps;
  }

  /** From now on it is taken note of; resolves when hookshot knows where to write. Rejects with `hookshot-silent`. */
  async expect(room: RoomId, meant: Meant): Promise<void> {
    const [oldest] = this.#letters.keys();
    if (this.#letters.size >= MOST && oldest !== undefined) this.#letters.delete(oldest);
    await this.#open();
    this.#letters.set(keyOf(room, meant), null);
  }

  /**
   * What has come; nothing where others than Usher and the bot could read it there, or have made the room: whoever has can have the bot say there what comes by a webhook of
   * theirs, and leave.
   */
  async of(room: RoomId, meant: Meant): Promise<Secret | undefined> {
    const letter = this.#letters.get(keyOf(room, meant));
    if (letter === undefined || letter === null) return undefined;
    const { matrix, bot } = this.#deps;
    const [{ joined, invited }, { creators }] = await Promise.all([
      matrix.members(letter.from),
      matrix.power(letter.from),
    ]);
    const inside = [...joined, ...invited];
    const isEither = (user: UserId): boolean => user === matrix.me || user === bot;
    const isOurs = joined.has(matrix.me) && joined.has(bot) && inside.every(isEither);
    return isOurs && [...creators].every(isEither) ? letter.secret : undefined;
  }

  drop(room: RoomId, meant: Meant): void {
    this.#letters.delete(keyOf(room, meant));
  }

  note({ roomId, events }: Pick<RoomBatch, "roomId" | "events">): void {
    for (const { sender, type, content } of events) {
      if (sender !== this.#deps.bot || type !== "m.room.message") continue;
      if (roomId === this.#talk) this.#heard.add(roomId);
      const { body } = content;
      if (typeof body === "string") this.#read(roomId, body);
    }
  }

  #read(from: RoomId, body: string): void {
    for (const [id, form] of LETTERS) {
      const { name, room, secret } = form.exec(body)?.groups ?? {};
      if (name === undefined || room === undefined || secret === undefined) continue;
      const about = decoded(room);
      const key = keyOf(about, { sort: { id }, key: name });
      // In the very room everybody reads along.
      if (this.#letters.get(key) !== null || about === from) continue;
      this.#letters.set(key, { from, secret: new Secret(secret) });
      this.#deps.waiter.wake(about);
    }
  }

  /**
   * A room with the bot, which it has been seen to answer in. It would make one of its own and write there before Usher is in it, and such words nobody gets to read.
   */
  async #open(): Promise<void> {
    const { talkRooms, waiter, matrix, clock, bot } = this.#deps;
    const room = await talkRooms.of(bot);
    this.#talk = room;
    const come = await waiter.until({
      room,
      concerns: membershipOf(bot),
      look: () => membershipIn(matrix, room, bot),
      fits: (membership) => membership === "join",
      ms: COMES_MS,
    });
    if (come !== "join") throw new UsherError("hookshot-silent");
    if (this.#heard.has(room)) return;
    const once = { cause: room, step: `hookshot help ${String(clock.now())}` };
    await matrix.send(room, { body: "help", asText: true }, once);
    await waiter.until({
      room,
      concerns: ({ sender }) => sender === bot,
      look: () => Promise.resolve(this.#heard.has(room)),
      fits: (heard) => heard,
      ms: ANSWERS_MS,
    });
  }
}

function keyOf(room: string, { sort, key }: Meant): string {
  return `${room} ${sort.id} ${key}`;
}

function decoded(room: string): RoomId {
  try {
    return decodeURIComponent(room) as RoomId;
  } catch {
    return room as RoomId;
  }
}
