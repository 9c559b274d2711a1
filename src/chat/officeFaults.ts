import type { View } from "../kernel/errors.ts";
import type { StateEvent } from "../matrix/port.ts";

/** Why a room is no good place for operators: others may come in, or read along. */
export type OfficeFault = "join-rule" | "guests" | "history" | "bridged";

/** State by which bridges say that what is written in a room goes elsewhere too (MSC2346 and its forerunners). */
const BRIDGES: ReadonlySet<string> = new Set([
  "m.bridge",
  "uk.half-shot.bridge",
  "m.room.bridging",
]);

/** What is wrong with the operators' room, by its whole state. Whoever gets in sees what operators see, though they are none. */
export function officeFaults(state: readonly StateEvent[]): readonly OfficeFault[] {
  const value = (type: string, field: string): unknown =>
    state.find((event) => event.type === type && event.stateKey === "")?.content[field];
  // By the specification a room without join rules is for the invited, without a rule for guests closed to them.
  const open = (value("m.room.join_rules", "join_rule") ?? "invite") !== "invite";
  // Homeservers let guests into every private room they make; where an invite is needed, none comes in by itself.
  const guests = open && value("m.room.guest_access", "guest_access") === "can_join";
  return [
    ...(open ? ["join-rule" as const] : []),
    ...(guests ? ["guests" as const] : []),
    ...(value("m.room.history_visibility", "history_visibility") === "world_readable"
      ? ["history" as const]
      : []),
    ...(state.some(({ type, content }) => BRIDGES.has(type) && Object.keys(content).length > 0)
      ? ["bridged" as const]
      : []),
  ];
}

/** What is wrong with the operators' room, as sentences want it. */
export function officeView(faults: readonly OfficeFault[]): View {
  return {
    open: faults.includes("join-rule"),
    guests: faults.includes("guests"),
    read: faults.includes("history"),
    bridged: faults.includes("bridged"),
  };
}
