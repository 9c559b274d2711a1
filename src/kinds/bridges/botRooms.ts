import type { Clock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import { errorFields, type Log } from "../../kernel/log.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import { detached } from "../../kernel/tasks.ts";
import { membershipOf, type EventWaiter } from "../../integrations/eventWaiter.ts";
import { membershipIn } from "../../integrations/membership.ts";
import type { Batch, Invite, RoomBatch } from "../../matrix/intake.ts";
import type { OwnAccount, RoomMembers, RoomState, TalkRooms } from "../../matrix/port.ts";

interface BotRoomsDeps {
  readonly matrix: OwnAccount & Pick<RoomState, "state"> & RoomMembers;
  readonly talkRooms: TalkRooms;
  readonly waiter: EventWaiter;
  readonly clock: Clock;
  readonly log: Log;
  readonly isBot: (user: UserId) => boolean;
}

/** How long a bridge's bot may take to come into a room that is for it; ms. */
const COMES_MS = 30_000;

/** The rooms in which Usher speaks with the bots of bridges, alone and unencrypted: few of them understand anything else. No person's secret is said there. */
export class BotRooms {
  readonly #deps: BotRoomsDeps;
  /** Where Usher and such a bot are alone. */
  readonly #rooms = new Set<RoomId>();
  /** How many are being looked for, or made. */
  #making = 0;
  readonly #awaited = new Map<UserId, (room: RoomId) => void>();

  constructor(deps: BotRoomsDeps) {
    this.#deps = deps;
  }

  /**
   * What bots of bridges say is no conversation, and neither is what happens where Usher is alone with one. An invitation that was asked for is accepted; any other is one
   * like everybody's, for whoever gives such a bot orders may have it invite.
   */
  sift(batch: Batch): Batch {
    const { isBot } = this.#deps;
    const theirs = batch.invites.filter(({ sender }) => this.#awaited.has(sender));
    for (const invite of theirs) detached(() => void this.#accept(invite));
    for (const room of batch.rooms) if (this.#isMade(room)) this.#rooms.add(room.roomId);
    return {
      ...batch,
      invites: batch.invites.filter((invite) => !theirs.includes(invite)),
      rooms: batch.rooms
        .filter((room) => !this.#isForBots(room))
        .map((room) => ({
          ...room,
          events: room.events.filter(
            ({ sender, stateKey }) => stateKey !== undefined || !isBot(sender),
          ),
        })),
    };
  }

  /** Until somebody else comes or says something, who is to be told what Usher is; where that may have been missed, too. */
  #isForBots({ roomId, events, gap }: RoomBatch): boolean {
    const { isBot, matrix } = this.#deps;
    if (!this.#rooms.has(roomId)) return false;
    const isPerson = (user: string): boolean => user !== matrix.me && !isBot(user as UserId);
    const isOther =
      gap ||
      events.some(
        ({ type, sender, stateKey = "", content }) =>
          isPerson(sender) ||
          (type === "m.room.member" && content["membership"] === "join" && isPerson(stateKey)),
      );
    if (isOther) this.#rooms.delete(roomId);
    return !isOther;
  }

  /** The room with the bot, which is in it. Rejects with `bridge-absent` where it does not come. */
  async with(bot: UserId): Promise<RoomId> {
    const { talkRooms, matrix, waiter } = this.#deps;
    this.#making += 1;
    const room = await talkRooms.of(bot).finally(() => {
      this.#making -= 1;
    });
    this.#rooms.add(room);
    if (await this.isShared(room, bot)) return room;
    const come = await waiter.until({
      room,
      concerns: membershipOf(bot),
      look: () => membershipIn(matrix, room, bot),
      fits: (membership) => membership === "join",
      ms: COMES_MS,
    });
    if (come !== "join") throw new UsherError("bridge-absent", { bot });
    return room;
  }

  /** Whether both are in the room, as far as Usher has heard. */
  async isShared(room: RoomId, bot: UserId): Promise<boolean> {
    const { matrix } = this.#deps;
    try {
      const { joined } = await matrix.members(room);
      return joined.has(matrix.me) && joined.has(bot);
    } catch (error) {
      // Usher is in it no longer.
      if (error instanceof UsherError && error.view["status"] === 403) return false;
      throw error;
    }
  }

  /** A room that the bot has named, with Usher in it. Rejects with `room-unreachable` where it is not let in, and `bridge-absent` where that is no room of theirs. */
  async enter(room: RoomId, bot: UserId): Promise<void> {
    const { talkRooms, matrix } = this.#deps;
    await talkRooms.join(room);
    const { joined } = await matrix.members(room);
    if (!joined.has(bot)) throw new UsherError("bridge-absent", { bot });
  }

  /** The room that `work` gives; where it gives none, that into which the bot invites Usher meanwhile, or for so long after, ms. Undefined where it does not. */
  async invitedBy(
    bot: UserId,
    ms: number,
    work: () => Promise<RoomId | undefined>,
  ): Promise<RoomId | undefined> {
    const invited = Promise.withResolvers<RoomId | undefined>();
    this.#awaited.set(bot, invited.resolve);
    try {
      const named = await work();
      if (named !== undefined) return named;
      const cancel = this.#deps.clock.after(ms, () => {
        invited.resolve(undefined);
      });
      return await invited.promise.finally(cancel);
    } finally {
      this.#awaited.delete(bot);
    }
  }

  /** Whether it is one that has just been made, and has been heard of before the answer to that: a greeting there would be an order that the bot does not know. */
  #isMade({ joined, people, events }: RoomBatch): boolean {
    const { isBot, matrix } = this.#deps;
    if (joined !== true) return false;
    const isInvited = events.some(
      ({ sender, stateKey = "", content }) =>
        sender === matrix.me && isBot(stateKey as UserId) && content["is_direct"] === true,
    );
    return isInvited || (this.#making > 0 && (people?.joined ?? 1) === 1);
  }

  async #accept({ roomId, sender }: Invite): Promise<void> {
    const { talkRooms, log } = this.#deps;
    try {
      await talkRooms.join(roomId);
      this.#awaited.get(sender)?.(roomId);
    } catch (error) {
      log.warn({ class: "bridge", what: "bridge.room-refused", ...errorFields(error) });
    }
  }
}
