import { roleOf } from "../chat/roles.ts";
import type { View } from "../kernel/errors.ts";
import type { AddedItem, CarriedItem } from "../integrations/roomUpgrade.ts";
import type { UserId } from "../kernel/ids.ts";
import type { RoomPower } from "../matrix/port.ts";
import { allowed, levelNeeded, type Need } from "../matrix/power.ts";
import type { RoomDocument } from "../store/room.ts";

/** How far Usher has come with the room that replaces another. */
export type Upgrade = NonNullable<RoomDocument["upgrade"]>;

/** Whether there is something left to do about it. */
export function isOpen(upgrade: Upgrade | undefined): upgrade is Upgrade {
  return upgrade !== undefined && upgrade.state !== "carried" && upgrade.state !== "refused";
}

/**
 * What a start does about a room: goes on with its upgrade, or looks whether it was replaced while Usher was away. Where Usher has put nothing,
 * and has nothing half done (`empty`), there is nothing that could have been left behind.
 */
export function atStart(
  { upgrade }: Pick<RoomDocument, "upgrade">,
  empty: boolean,
): "advance" | "look" | undefined {
  if (isOpen(upgrade)) return "advance";
  return upgrade === undefined && !empty ? "look" : undefined;
}

/** The old room's document after a tombstone. The same again changes nothing, nor does another one to where everything has been brought. */
export function replacedBy(
  document: RoomDocument,
  { to, event, by }: Omit<Upgrade, "state">,
): RoomDocument {
  const known = document.upgrade;
  const same = known?.event === event || (known?.state === "carried" && known.to === to);
  return same ? document : { ...document, upgrade: { to, event, by, state: "found" } };
}

/** The old room's document when Usher has come so far. */
export function withState(document: RoomDocument, state: Upgrade["state"]): RoomDocument {
  const { upgrade } = document;
  return upgrade === undefined || upgrade.state === state
    ? document
    : { ...document, upgrade: { ...upgrade, state } };
}

/** Whether Usher is in the new room on the tombstone's word alone: where that was wrong, it goes, and says nothing there. */
export function cameUninvited(wasInside: boolean, { state }: Pick<Upgrade, "state">): boolean {
  return !wasInside || state === "entering";
}

/** What is said where Usher has not the power to bring there what it has put into the old room; undefined where it has. */
export function powerlessView(
  needs: readonly Need[],
  power: RoomPower,
  me: UserId,
  items: readonly AddedItem[],
): View | undefined {
  const lacking = needs.filter((need) => need.only !== "person" && !allowed(power, me, need));
  if (lacking.length === 0) return undefined;
  const needed = Math.max(...lacking.map((need) => levelNeeded(power, need, me)));
  return { things: items.map((one) => ({ ...one })), needed, role: roleOf(needed), usher: me };
}

/** What is told of what was brought: where a crash came in between (`state`), what is there already was brought before it, and not told. */
export function toldOf(
  results: readonly CarriedItem[],
  state: Upgrade["state"],
): readonly CarriedItem[] {
  if (state !== "carrying") return results;
  return results.map((one) => (one.result === "there" ? { ...one, result: "carried" } : one));
}
