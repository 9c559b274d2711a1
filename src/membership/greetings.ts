import type { Answer } from "../chat/command.ts";
import { mayNotSpeak, type OwedWords } from "../chat/owed.ts";
import { isDirectChat, type OperatorsRoom } from "../chat/place.ts";
import { roleOf } from "../chat/roles.ts";
import type { Ability } from "../integrations/ability.ts";
import type { Clock } from "../kernel/clock.ts";
import type { View } from "../kernel/errors.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import type { RoomBatch } from "../matrix/intake.ts";
import type {
  MessageContent,
  OwnAccount,
  PowerLevels,
  RoomMembers,
  RoomState,
  Rooms,
  Sending,
} from "../matrix/port.ts";
import { levelNeeded, levelOf, POWER_LEVELS, reaches } from "../matrix/power.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument, type Told } from "../store/room.ts";
import { roomName } from "./roomName.ts";
import type { TellPrivately } from "./tellPrivately.ts";

export interface GreetingsDeps {
  readonly matrix: OwnAccount &
    Sending &
    Pick<RoomState, "state"> &
    PowerLevels &
    RoomMembers &
    Pick<Rooms, "whenMade">;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly render: (answer: Answer) => MessageContent;
  readonly owed: Pick<OwedWords, "say">;
  readonly tell: TellPrivately;
  readonly operators: OperatorsRoom;
  readonly canReadEncrypted: boolean;
  /** The first one is what Usher is mostly asked for. */
  readonly abilities: readonly Ability[];
  /** Whether Usher gives this account orders, as to the bot of a bridge. */
  readonly isProgram: (account: UserId) => boolean;
  /** What Usher sees and may do in a room. */
  readonly look: (room: RoomId) => Promise<Omit<Told, "at">>;
  /** Leaves, with a reason that people see. */
  readonly leave: (room: RoomId, reason: Answer) => Promise<void>;
}

/** What Usher says of itself when it comes into a room, and when others come into what was a direct chat. */
export class Greetings {
  readonly #deps: GreetingsDeps;
  /** Where Usher is and may not say what it is. */
  readonly #silent = new Set<RoomId>();

  constructor(deps: GreetingsDeps) {
    this.#deps = deps;
  }

  /** Whether the room still waits for its greeting, and may get it now. Costs nothing. */
  waitsIn({ roomId, gap, events }: RoomBatch): boolean {
    return (
      this.#silent.has(roomId) &&
      (gap || events.some(({ type, stateKey }) => type === POWER_LEVELS && stateKey === ""))
    );
  }

  forget(room: RoomId): void {
    this.#silent.delete(room);
  }

  /** Says once for each stay what Usher is (R16, R17, R54, R65). */
  async welcome(room: RoomId): Promise<"left" | undefined> {
    const { matrix, documents, clock, render, leave, canReadEncrypted } = this.#deps;
    const document = await documents.get(roomDocument, room);
    // Greeted half made, it would be greeted as what it is not, and nobody would see it who comes after.
    if (document?.greetedAt === undefined) await matrix.whenMade(room);
    if (document?.greetedAt !== undefined || (await this.#isAmongPrograms(room))) return undefined;
    const now = await this.#deps.look(room);
    if (!canReadEncrypted && now.encrypted) {
      // Nothing may be said unencrypted in an encrypted room, so the reason for leaving carries it.
      await leave(room, { template: "error/room-encrypted-unreadable", view: {} });
      return "left";
    }
    const meant = document?.invitedAs === "direct";
    const direct = await isDirectChat(room, { members: await matrix.members(room), meant }, matrix);
    // What Usher can see is said as it is in this room. That is kept first: if it changes in a crash, the greeting may have said what was before.
    const { told } = await documents.update(roomDocument, room, (current) => ({
      told: { ...now, at: clock.now() },
      ...current,
    }));
    // Each stay's own: a homeserver that knows the transaction of an earlier stay would send nothing.
    const cause = `${room} ${String(document?.invitedAt ?? told?.at ?? 0)}`;
    try {
      await matrix.send(room, render(await this.#greeting(room, direct, now.encrypted)), {
        cause,
        step: "greeting",
      });
    } catch (error) {
      if (!mayNotSpeak(error)) throw error;
      return this.#keepSilent(room, cause);
    }
    this.#silent.delete(room);
    const greetedAt = clock.now();
    const greetedAs =
      direct && room !== this.#deps.operators.room ? ("direct" as const) : ("room" as const);
    await documents.update(roomDocument, room, ({ silentSince: _, ...current }) => ({
      ...current,
      greetedAt,
      greetedAs,
    }));
    return undefined;
  }

  /** Where orders are given, nobody is to be told what Usher is. */
  async #isAmongPrograms(room: RoomId): Promise<boolean> {
    const { matrix, isProgram } = this.#deps;
    const { joined, invited } = await matrix.members(room);
    const others = [...joined, ...invited].filter((user) => user !== matrix.me);
    return others.length > 0 && others.every(isProgram);
  }

  /** What Usher is, what it sees, and what it cannot do here for lack of power. */
  async #greeting(room: RoomId, direct: boolean, encrypted: boolean): Promise<Answer> {
    if (room === this.#deps.operators.room)
      return { template: "greeting/operators", view: { encrypted } };
    if (direct) return { template: "greeting/direct", view: { encrypted } };
    return { template: "greeting", view: { encrypted, lacks: await this.#lacks(room) } };
  }

  /** What Usher has not the power to do here that it is mostly asked for. */
  async #lacks(room: RoomId): Promise<View | undefined> {
    const { matrix, abilities } = this.#deps;
    const [ability] = abilities;
    if (ability === undefined) return undefined;
    const power = await matrix.power(room);
    const needed = levelNeeded(power, ability.need, matrix.me);
    const has = levelOf(power, matrix.me);
    return reaches(has, needed)
      ? undefined
      : { needed, has, role: roleOf(needed), said: ability.said };
  }

  /** Usher reads along and may not say so: whoever invited it hears of that in private, once for each stay, or else it does not stay. */
  async #keepSilent(room: RoomId, cause: string): Promise<"left" | undefined> {
    const { matrix, documents, clock, tell, leave } = this.#deps;
    this.#silent.add(room);
    const document = await documents.get(roomDocument, room);
    if (document?.silentSince !== undefined) return undefined;
    const needed = levelNeeded(
      await matrix.power(room),
      { kind: "message", type: "m.room.message" },
      matrix.me,
    );
    const view = { room, name: await roomName(matrix, room), needed, role: roleOf(needed) };
    const told =
      document?.inviter !== undefined &&
      (await tell(document.inviter, { template: "silent", view }, { cause, step: "silent" }));
    if (!told) {
      await leave(room, { template: "silent/leave", view: { needed } });
      return "left";
    }
    await documents.update(roomDocument, room, (current) => ({
      ...current,
      silentSince: clock.now(),
    }));
    return undefined;
  }

  /**
   * What began as a direct chat is a room when a third person comes, and they have not been told what is here. Nor has anybody who comes where Usher was
   * alone with programs.
   */
  async welcomeOthers(room: RoomId): Promise<"left" | undefined> {
    const { documents, matrix } = this.#deps;
    const document = await documents.get(roomDocument, room);
    if (document?.greetedAt !== undefined) {
      if (document.greetedAs === "direct") await this.#welcomeThird(room, document.greetedAt);
      return undefined;
    }
    if (document?.silentSince !== undefined) return undefined;
    return (await matrix.members(room)).joined.size > 1 ? this.welcome(room) : undefined;
  }

  async #welcomeThird(room: RoomId, greetedAt: number): Promise<void> {
    const { matrix, documents, owed, look, canReadEncrypted } = this.#deps;
    const { joined, invited } = await matrix.members(room);
    // Whoever is only invited has time.
    if (joined.size + invited.size <= 2 || joined.size <= 2) return;
    const { encrypted } = await look(room);
    if (encrypted && !canReadEncrypted) return;
    const once = {
      cause: `${room} ${String(greetedAt)}`,
      step: "greeting for others",
    };
    await owed.say(room, await this.#greeting(room, false, encrypted), once);
    await documents.update(roomDocument, room, (current) => ({
      ...current,
      greetedAs: "room" as const,
    }));
  }
}
