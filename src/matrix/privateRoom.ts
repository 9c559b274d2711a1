import type { UserId } from "../kernel/ids.ts";
import { declareState, type StateType } from "../privacy/declared.ts";
import { PRIVATE_ROOM } from "../privacy/records/rooms.ts";
import type { PrivacyFault, StateEvent } from "./port.ts";
import type { WholeState } from "./roomReader.ts";

/** The state that a room is made with. */
const JOIN_RULES = declareState("m.room.join_rules", PRIVATE_ROOM);
const HISTORY = declareState("m.room.history_visibility", PRIVATE_ROOM);
const GUESTS = declareState("m.room.guest_access", PRIVATE_ROOM);
const ENCRYPTION = declareState("m.room.encryption", PRIVATE_ROOM);

/** State by which bridges say that what is written in a room goes elsewhere too (MSC2346 and its forerunners). */
const BRIDGES: ReadonlySet<string> = new Set([
  "m.bridge",
  "uk.half-shot.bridge",
  "m.room.bridging",
]);

const FOR_MEMBERS: ReadonlySet<unknown> = new Set(["shared", "invited", "joined"]);

/**
 * Why a room is not private between Usher and one person; undefined if it is. Judged by its whole state as the homeserver gives it:
 * joined and invited are exactly these two, nobody comes in uninvited, nobody outside reads along. `m.direct` and `is_direct` are
 * claims of others and count for nothing. What is not as the specification has it counts as a fault: of what cannot be read anything may be
 * true, also that somebody else is there. Such events get into rooms: ids with spaces in them (Synapse issue 17740), a member called `__proto__`.
 */
export function privacyFault(
  { events: state, complete }: WholeState,
  me: UserId,
  person: UserId,
): PrivacyFault | undefined {
  const inside = new Map(
    state
      .filter(({ type }) => type === "m.room.member")
      // Whoever it is: an id that is none of ours reads along all the same.
      .map(({ stateKey, content }) => [stateKey, content["membership"]] as const)
      .filter(([, membership]) => membership === "join" || membership === "invite"),
  );
  if (me === person || inside.get(me) !== "join" || !inside.has(person) || inside.size !== 2)
    return "members";
  if (!complete) return "unreadable";
  // Somebody invited by mail address or phone number comes in without being in the list before.
  if (
    state.some(
      ({ type, content }) =>
        type === "m.room.third_party_invite" && Object.keys(content).length > 0,
    )
  )
    return "pending-invite";
  const single = (type: string): StateEvent | undefined =>
    state.find((event) => event.type === type && event.stateKey === "");
  const create = single("m.room.create");
  if (create === undefined || create.content["type"] !== undefined) return "kind";
  // By the specification a room without join rules is for the invited, and history without a rule is shared with the members.
  const joinRule = single("m.room.join_rules");
  if (joinRule !== undefined && joinRule.content["join_rule"] !== "invite") return "join-rule";
  const history = single("m.room.history_visibility");
  if (history !== undefined && !FOR_MEMBERS.has(history.content["history_visibility"]))
    return "history";
  if (state.some(({ type, content }) => BRIDGES.has(type) && Object.keys(content).length > 0))
    return "bridged";
  if (single("m.room.tombstone") !== undefined) return "replaced";
  return undefined;
}

/** The body of `createRoom` for a room with one person: invite-only, its history for nobody who comes later. */
export function privateRoomRequest(person: UserId, encrypted: boolean): object {
  const initial = (type: StateType, content: object): object => ({ type, state_key: "", content });
  return {
    preset: "private_chat",
    visibility: "private",
    is_direct: true,
    invite: [person],
    initial_state: [
      initial(JOIN_RULES, { join_rule: "invite" }),
      initial(HISTORY, { history_visibility: "invited" }),
      initial(GUESTS, { guest_access: "forbidden" }),
      ...(encrypted ? [initial(ENCRYPTION, { algorithm: "m.megolm.v1.aes-sha2" })] : []),
    ],
  };
}
