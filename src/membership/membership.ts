import type { Answer } from "../chat/command.ts";
import type { OwedWords } from "../chat/owed.ts";
import type { OperatorsRoom } from "../chat/place.ts";
import type { Ability } from "../integrations/ability.ts";
import type { Clock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import type { RoomId } from "../kernel/ids.ts";
import { errorFields, pseudonym, type Log } from "../kernel/log.ts";
import type { KeyedQueue } from "../kernel/tasks.ts";
import type { Batch, Departure, Invite, RoomBatch } from "../matrix/intake.ts";
import type { Part } from "../matrix/part.ts";
import type {
  MessageContent,
  OwnAccount,
  PowerLevels,
  RoomEncryption,
  RoomMembers,
  Rooms,
  RoomState,
  Sending,
} from "../matrix/port.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument, type RoomDocument } from "../store/room.ts";
import {
  aloneFromBatch,
  aloneTooLong,
  isAlone,
  isAmongPrograms,
  othersMoved,
  withAloneSince,
} from "./alone.ts";
import { Greetings, type GreetingsDeps } from "./greetings.ts";
import type { InviteBudget } from "./inviters.ts";
import type { LeftRooms } from "./leftRooms.ts";
import { invitedTo, outcomeOf, refusalOf, stayIn, type Stay } from "./stay.ts";
import type { TellPrivately } from "./tellPrivately.ts";
import { Visibility } from "./visibility.ts";

export interface MembershipDeps {
  readonly matrix: OwnAccount &
    Sending &
    Pick<RoomState, "state"> &
    PowerLevels &
    RoomEncryption &
    RoomMembers &
    Pick<Rooms, "join" | "leave" | "joinedRooms" | "whenMade">;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly log: Log;
  /** Shared with the conversation, so that the greeting comes before the first answer. Keys are room ids. */
  readonly queue: KeyedQueue;
  readonly render: (answer: Answer) => MessageContent;
  readonly budget: Pick<InviteBudget, "take">;
  readonly owed: Pick<OwedWords, "say">;
  /** Tells the people who had added something in a room that Usher has lost it. Never rejects. */
  readonly tellOrphaned: (
    document: RoomDocument,
    how: Departure["how"] | undefined,
  ) => Promise<void>;
  /** Ends what goes on elsewhere for a room that Usher is about to leave. Rejects where it cannot. */
  readonly endAll: (room: RoomId) => Promise<void>;
  /** Remembers what goes on elsewhere for a room that Usher is out of. */
  readonly noteLost: (document: RoomDocument) => Promise<void>;
  readonly tell: TellPrivately;
  readonly keys: Pick<LeftRooms, "forget">;
  readonly operators: OperatorsRoom;
  readonly canReadEncrypted: boolean;
  readonly abilities: readonly Ability[];
  readonly isProgram: GreetingsDeps["isProgram"];
  /** How long Usher stays where nobody else is; ms. */
  readonly aloneMs: number;
}

/** Usher's coming and going: invitations, the greeting, being removed, being alone. */
export class Membership implements Part {
  readonly #deps: MembershipDeps;
  readonly name = "rooms";
  readonly rounds = [
    { name: "leaving", when: "*/10 * * * * *", work: () => this.leaveEmptyRooms() },
  ];
  readonly #alone = new Map<RoomId, number>();
  /** Until it is known in which rooms Usher still is. */
  readonly #stays = new Map<RoomId, Stay>();
  readonly #visibility: Visibility;
  readonly #greetings: Greetings;

  constructor(deps: MembershipDeps) {
    this.#deps = deps;
    this.#visibility = new Visibility(deps);
    this.#greetings = new Greetings({
      ...deps,
      look: (room) => this.#visibility.look(room),
      leave: (room, reason) => this.#refuse(room, reason),
    });
  }

  found(document: RoomDocument): void {
    const { id, aloneSince } = document;
    if (aloneSince !== undefined) this.#alone.set(id, aloneSince);
    const stay = stayIn(document);
    if (stay !== undefined) this.#stays.set(id, stay);
  }

  /** Finishes what a stop or a crash left half-done, and notices what happened meanwhile. */
  async start(): Promise<void> {
    const asked = this.#deps.clock.now();
    const joined = new Set(await this.#deps.matrix.joinedRooms());
    const { queue } = this.#deps;
    for (const [room, stay] of this.#stays) {
      const outcome = outcomeOf(stay, joined.has(room), asked);
      if (outcome === "greet") void queue.run(room, () => this.#welcome(room));
      if (outcome === "over") void queue.run(room, () => this.#lost(room, undefined, asked));
    }
    this.#stays.clear();
  }

  /** The same, where the place in the stream was lost. */
  async #reconcile(): Promise<void> {
    for await (const { document } of this.#deps.documents.scan(roomDocument)) this.found(document);
    await this.start();
  }

  /** Settles when every invitation, departure and change of what Usher sees and may do has been dealt with. */
  async handle(batch: Batch): Promise<void> {
    const { queue, matrix, clock } = this.#deps;
    const heardAt = clock.now();
    await Promise.all([
      batch.anew === true ? this.#reconcile() : undefined,
      ...batch.invites.map((invite) => queue.run(invite.roomId, () => this.#invited(invite))),
      // Usually Usher has greeted by now. An administrator, or a homeserver that accepts invitations by itself, brings it in without its doing.
      ...batch.rooms
        .filter((room) => room.joined === true || this.#greetings.waitsIn(room))
        .map(({ roomId }) => queue.run(roomId, () => this.#welcome(roomId))),
      this.#visibility.handle(batch),
      ...batch.departures.map((departure) =>
        queue.run(departure.roomId, () => this.#departed(departure, heardAt)),
      ),
      ...batch.rooms
        .filter((room) => othersMoved(room, matrix.me))
        .map((room) => queue.run(room.roomId, () => this.#counted(room))),
    ]);
  }

  /** Leaves the rooms where Usher has been alone for long enough. */
  async leaveEmptyRooms(): Promise<void> {
    const { clock, aloneMs, matrix, queue } = this.#deps;
    await Promise.all(
      aloneTooLong(this.#alone, clock.now(), aloneMs).map((room) =>
        queue.run(room, async () => {
          if (!(await this.#isAlone(room)) || !(await this.#endsAll(room))) return;
          await matrix.leave(room);
          await this.#gone(room, clock.now());
        }),
      ),
    );
  }

  /** What goes on elsewhere for the room must end first: nobody could end it later. False where it does not yet; it is tried again after as long a time. */
  async #endsAll(room: RoomId): Promise<boolean> {
    const { clock, documents, endAll, log } = this.#deps;
    try {
      await endAll(room);
      return true;
    } catch (error) {
      if (!(error instanceof UsherError)) throw error;
      const where = pseudonym(room);
      log.warn({ class: "bridge", what: "room.not-ended", where, ...errorFields(error) });
      const since = clock.now();
      this.#alone.set(room, since);
      await documents.update(roomDocument, room, (document) => withAloneSince(document, since));
      return false;
    }
  }

  async #invited(invite: Invite): Promise<void> {
    const { clock, budget, documents, log, canReadEncrypted } = this.#deps;
    const { roomId, sender } = invite;
    const decision = budget.take(sender);
    if (decision !== "accept")
      log.info({
        class: "bot",
        what: "invite.refused",
        code: decision,
        who: pseudonym(sender),
        where: pseudonym(roomId),
      });
    const refusal = refusalOf(invite, decision, canReadEncrypted);
    if (refusal !== undefined) return this.#refuse(roomId, refusal);
    const invitedAt = clock.now();
    await documents.update(roomDocument, roomId, (document) =>
      invitedTo(document, invite, invitedAt),
    );
    if (await this.#join(roomId)) await this.#welcome(roomId);
    else await documents.delete(roomDocument, roomId);
  }

  async #join(room: RoomId): Promise<boolean> {
    try {
      await this.#deps.matrix.join(room);
      return true;
    } catch (error) {
      if (!(error instanceof UsherError)) throw error;
      // A stop in the middle leaves the invitation for the next start; a refusal ends it.
      this.#deps.log.warn({
        class: "bot",
        what: "join.failed",
        code: typeof error.view["code"] === "string" ? error.view["code"] : error.code,
        where: pseudonym(room),
      });
      return false;
    }
  }

  async #refuse(room: RoomId, reason: Answer): Promise<void> {
    await this.#deps.matrix.leave(room, this.#deps.render(reason).body);
  }

  async #welcome(room: RoomId): Promise<void> {
    if ((await this.#greetings.welcome(room)) === "left")
      await this.#gone(room, this.#deps.clock.now());
  }

  async #departed({ roomId, by, how }: Departure, heardAt: number): Promise<void> {
    this.#deps.log.info({
      class: "bot",
      what: `room.${how}`,
      where: pseudonym(roomId),
      who: pseudonym(by),
    });
    await this.#lost(roomId, how, heardAt);
  }

  /** Somebody has taken Usher out, or it was told to go: who had added things there is told, before what is known of that is deleted. */
  async #lost(room: RoomId, how: Departure["how"] | undefined, at: number): Promise<void> {
    const document = await this.#deps.documents.get(roomDocument, room);
    if (document !== undefined) {
      await this.#deps.noteLost(document);
      await this.#deps.tellOrphaned(document, how);
    }
    await this.#gone(room, at);
  }

  /** Usher is in the room no longer, so nothing is kept about it. The document goes last: where it is left, the next start does all of it again. */
  async #gone(room: RoomId, leftAt: number): Promise<void> {
    const { documents, keys, log } = this.#deps;
    this.#alone.delete(room);
    this.#greetings.forget(room);
    try {
      await keys.forget(room, leftAt);
    } catch (error) {
      // The sweep finds them.
      const where = pseudonym(room);
      log.warn({ class: "bot", what: "keys.not-forgotten", where, ...errorFields(error) });
    }
    await documents.delete(roomDocument, room);
  }

  async #counted(batch: RoomBatch): Promise<void> {
    const { matrix, documents, clock, isProgram } = this.#deps;
    const room = batch.roomId;
    if ((await this.#greetings.welcomeOthers(room)) === "left")
      return this.#gone(room, clock.now());
    const alone = aloneFromBatch(batch, matrix.me, isProgram) ?? (await this.#isAlone(room));
    if (alone === this.#alone.has(room)) return;
    const since = alone ? clock.now() : undefined;
    if (since === undefined) this.#alone.delete(room);
    else this.#alone.set(room, since);
    await documents.update(roomDocument, room, (document) => withAloneSince(document, since));
  }

  async #isAlone(room: RoomId): Promise<boolean> {
    try {
      const { matrix, documents, isProgram } = this.#deps;
      const members = await matrix.members(room);
      const { joined, invited } = members;
      if (isAlone({ joined: joined.size, invited: invited.size })) return true;
      if (!isAmongPrograms(members, matrix.me, isProgram)) return false;
      // Where there were never people, it speaks with a program.
      return (await documents.get(roomDocument, room))?.greetedAt !== undefined;
    } catch (error) {
      // A room that can no longer be looked at is one Usher is not in; its departure comes by itself.
      this.#deps.log.warn({
        class: "bot",
        what: "members.failed",
        where: pseudonym(room),
        ...errorFields(error),
      });
      return false;
    }
  }
}
