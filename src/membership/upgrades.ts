import type { OwedWords } from "../chat/owed.ts";
import {
  allAddedItems,
  carriedView,
  carryingNeeds,
  type CarriedItem,
  type RoomUpgradeHandler,
} from "../integrations/roomUpgrade.ts";
import { UsherError } from "../kernel/errors.ts";
import { serverOf, type RoomId } from "../kernel/ids.ts";
import { pseudonym, type Log } from "../kernel/log.ts";
import type { KeyedQueue } from "../kernel/tasks.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Batch } from "../matrix/intake.ts";
import type { Part } from "../matrix/part.ts";
import type { OwnAccount, PowerLevels, Rooms, RoomState, StateEvent } from "../matrix/port.ts";
import { allowed } from "../matrix/power.ts";
import type { Restrictions } from "../rights/people/restrictions.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument, type RoomDocument } from "../store/room.ts";
import type { InviteBudget } from "./inviters.ts";
import { isTombstone, TOMBSTONE, upgradeNews } from "./upgradeNews.ts";
import {
  atStart,
  cameUninvited,
  isOpen,
  powerlessView,
  replacedBy,
  toldOf,
  withState,
  type Upgrade,
} from "./upgradeState.ts";
import { successorFrom, successorIn, verifyUpgrade, type UpgradeFault } from "./verifyUpgrade.ts";

interface UpgradesDeps {
  readonly matrix: OwnAccount &
    RoomState &
    PowerLevels &
    Pick<Rooms, "join" | "leave" | "joinedRooms">;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly log: Log;
  /** Shared with whoever else acts on rooms. Keys are room ids; all that is done about an upgrade is done under the new room's. */
  readonly queue: KeyedQueue;
  readonly owed: Pick<OwedWords, "say">;
  readonly budget: Pick<InviteBudget, "take">;
  readonly upgradeHandlers: readonly RoomUpgradeHandler[];
  readonly restrictions: Pick<Restrictions, "follow">;
}

/**
 * Follows rooms that are replaced by others: enters the new one when it can, verifies that it is the old one's successor, and brings there what it
 * had put into the old one, once and as soon as it has the power. How far it has come stands in the old room's document.
 */
export class Upgrades implements Part {
  readonly #deps: UpgradesDeps;
  readonly name = "upgrades";
  /** Rooms that may have been replaced while Usher was away. */
  readonly #unlooked = new Set<RoomId>();
  /** By new room, the old ones. */
  readonly #pending = new Map<RoomId, Set<RoomId>>();

  constructor(deps: UpgradesDeps) {
    this.#deps = deps;
  }

  found(document: RoomDocument): void {
    const { id, upgrade, setUps = [] } = document;
    const empty =
      setUps.length === 0 && allAddedItems(this.#deps.upgradeHandlers, document).length === 0;
    const next = atStart(document, empty);
    if (next === "look") this.#unlooked.add(id);
    if (next === "advance" && upgrade !== undefined) this.#note(id, upgrade.to);
  }

  /** Takes up what was not finished, and looks for tombstones that came while Usher was away. After the reconciliation of memberships. */
  start(): Promise<void> {
    for (const room of this.#unlooked) void this.#look(room);
    this.#unlooked.clear();
    for (const [to, olds] of this.#pending) for (const old of olds) void this.#advance(old, to);
    return Promise.resolve();
  }

  /** Settles when everything in the batch that is about upgrades has been dealt with. */
  async handle(batch: Batch): Promise<void> {
    const { queue } = this.#deps;
    const { tombstones, unheard, mayAdvance, lost } = upgradeNews(batch);
    await Promise.all([
      ...tombstones.map((event) => this.#heard(event)),
      ...unheard.map((room) => this.#look(room)),
      ...this.#waitingFor(mayAdvance).map(([old, to]) => this.#advance(old, to)),
      ...this.#waitingFor(lost).map(([old, to]) => queue.run(to, () => this.#mark(old, "waiting"))),
    ]);
  }

  /** The old rooms that wait for these new ones, each with its new one. */
  #waitingFor(rooms: readonly RoomId[]): readonly (readonly [old: RoomId, to: RoomId])[] {
    return rooms.flatMap((to) =>
      [...(this.#pending.get(to) ?? [])].map((old) => [old, to] as const),
    );
  }

  /** Looks whether the room has been replaced, where that may not have been heard. */
  async #look(old: RoomId): Promise<void> {
    const { matrix, queue } = this.#deps;
    const found: { tombstone?: StateEvent | undefined } = {};
    await queue.run(old, async () => {
      if ((await matrix.state(old, TOMBSTONE, "")) === undefined) return;
      found.tombstone = (await matrix.allState(old)).find(isTombstone);
    });
    if (found.tombstone !== undefined) await this.#heard(found.tombstone);
  }

  async #heard({ roomId: old, eventId: event, sender: by, content }: StateEvent): Promise<void> {
    const { matrix, documents, log, queue } = this.#deps;
    const to = successorIn(content, old);
    if (to === undefined) return;
    await queue.run(old, async () => {
      if (!allowed(await matrix.power(old), by, { kind: "state", type: TOMBSTONE })) {
        log.warn({
          class: "bot",
          what: "upgrade.refused",
          code: "tombstone-without-power",
          where: pseudonym(old),
          who: pseudonym(by),
        });
        return;
      }
      const { upgrade } = await documents.update(roomDocument, old, (document) =>
        replacedBy(document, { to, event, by }),
      );
      if (isOpen(upgrade)) this.#note(old, to);
    });
    if (this.#pending.get(to)?.has(old) === true) await this.#advance(old, to);
  }

  /** Goes as far as is possible now. */
  #advance(old: RoomId, to: RoomId): Promise<void> {
    const { matrix, documents, queue } = this.#deps;
    return queue.run(to, async () => {
      const document = await documents.get(roomDocument, old);
      const upgrade = document?.upgrade;
      if (document === undefined || !isOpen(upgrade) || upgrade.to !== to)
        return this.#forget(old, to);
      const inside = (await matrix.joinedRooms()).includes(to);
      if (!inside && !(await this.#enter(old, upgrade))) return;
      const fault = await this.#fault(old, upgrade);
      if (fault !== undefined) {
        if (cameUninvited(inside, upgrade)) await matrix.leave(to);
        await this.#refuse(old, upgrade, fault);
        return;
      }
      // Before anything is done there: what somebody wants nothing done with in the old room.
      await this.#deps.restrictions.follow(old, to);
      // The greeting comes first; with it, the room comes up here again.
      if ((await documents.get(roomDocument, to))?.greetedAt !== undefined)
        await this.#carry(document, upgrade);
    });
  }

  /** Whether Usher has come in. What can be verified from outside is verified before. */
  async #enter(old: RoomId, upgrade: Upgrade): Promise<boolean> {
    const { matrix, documents, budget, clock, log } = this.#deps;
    const { to, by } = upgrade;
    const fault = (await this.#readable(to)) ? await this.#fault(old, upgrade) : undefined;
    // Who may not invite Usher cannot have it follow them either.
    const decision = fault ?? budget.take(by);
    if (decision !== "accept") {
      await this.#refuse(old, upgrade, decision);
      return false;
    }
    await this.#mark(old, "entering");
    const invitedAt = clock.now();
    await documents.update(roomDocument, to, (document) => ({
      ...document,
      inviter: by,
      invitedAt,
    }));
    try {
      await matrix.join(to, serverOf(by));
      return true;
    } catch (error) {
      if (!(error instanceof UsherError)) throw error;
      log.info({ class: "bot", what: "upgrade.waiting", code: error.code, where: pseudonym(to) });
      await documents.delete(roomDocument, to);
      await this.#mark(old, "waiting");
      return false;
    }
  }

  /** Whether the room can be looked into from outside. */
  async #readable(room: RoomId): Promise<boolean> {
    try {
      await this.#deps.matrix.allState(room);
      return true;
    } catch (error) {
      if (error instanceof UsherError && error.code === "room-unreachable") return false;
      throw error;
    }
  }

  async #fault(old: RoomId, { to, by }: Upgrade): Promise<UpgradeFault | undefined> {
    const { matrix } = this.#deps;
    const successor = successorFrom(await matrix.allState(to));
    if (successor === undefined) return "does-not-point-back";
    return verifyUpgrade({ room: old, by, power: await matrix.power(old) }, successor);
  }

  async #carry(document: RoomDocument, { event: cause, to, state }: Upgrade): Promise<void> {
    const { matrix, upgradeHandlers, owed } = this.#deps;
    const old = document.id;
    const powerless = powerlessView(
      carryingNeeds(upgradeHandlers, document),
      await matrix.power(to),
      matrix.me,
      allAddedItems(upgradeHandlers, document),
    );
    if (powerless !== undefined) {
      if (state === "powerless") return;
      await owed.say(
        to,
        { template: "upgrade/powerless", view: powerless },
        { cause, step: "upgrade/powerless" },
      );
      return this.#mark(old, "powerless");
    }
    await this.#mark(old, "carrying");
    const results: CarriedItem[] = [];
    for (const upgradeHandler of upgradeHandlers)
      results.push(...(await upgradeHandler.carry(old, to)));
    if (results.length > 0) {
      await owed.say(
        to,
        { template: "upgrade/carried", view: carriedView(toldOf(results, state)) },
        { cause, step: "upgrade/carried" },
      );
    }
    await this.#mark(old, "carried");
    this.#forget(old, to);
  }

  async #refuse(old: RoomId, { to, by }: Upgrade, code: string): Promise<void> {
    this.#deps.log.warn({
      class: "bot",
      what: "upgrade.refused",
      code,
      where: pseudonym(to),
      who: pseudonym(by),
    });
    await this.#mark(old, "refused");
    await this.#dropUnentered(to);
    this.#forget(old, to);
  }

  /** Drops what was noted of a room for the case that Usher comes in. */
  async #dropUnentered(to: RoomId): Promise<void> {
    const { documents } = this.#deps;
    if ((await documents.get(roomDocument, to))?.greetedAt === undefined)
      await documents.delete(roomDocument, to);
  }

  async #mark(old: RoomId, state: Upgrade["state"]): Promise<void> {
    await this.#deps.documents.update(roomDocument, old, (document) => withState(document, state));
  }

  #note(old: RoomId, to: RoomId): void {
    const olds = this.#pending.get(to) ?? new Set();
    this.#pending.set(to, olds.add(old));
  }

  #forget(old: RoomId, to: RoomId): void {
    const olds = this.#pending.get(to);
    olds?.delete(old);
    if (olds?.size === 0) this.#pending.delete(to);
  }
}
