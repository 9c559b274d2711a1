import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { member, stateEvent, type RawEvent } from "../../test/harness/rawEvents.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import { readEvent } from "./events.ts";
import type { PrivacyFault, StateEvent } from "./port.ts";
import { privacyFault as faultOf, privateRoomRequest } from "./privateRoom.ts";

const me = "@usher:x" as UserId;
const ann = "@ann:x" as UserId;
const bob = "@bob:y" as UserId;
const room = "!dm:x" as RoomId;

const state = (events: readonly RawEvent[]): readonly StateEvent[] =>
  events.flatMap((raw) => (readEvent(raw, room) as StateEvent | undefined) ?? []);
const good = [
  stateEvent("m.room.create", me, { room_version: "11" }),
  stateEvent("m.room.join_rules", me, { join_rule: "invite" }),
  stateEvent("m.room.history_visibility", me, { history_visibility: "invited" }),
  member(me, "join"),
  member(ann, "join"),
];
/** The good room, with events that replace those of the same name. */
function having(...events: readonly RawEvent[]): readonly StateEvent[] {
  const name = ({ type, state_key: key }: RawEvent): string => `${type} ${String(key)}`;
  const replaced = new Set(events.map(name));
  return state([...good.filter((event) => !replaced.has(name(event))), ...events]);
}
function without(type: string): readonly StateEvent[] {
  return state(good.filter((event) => event.type !== type));
}

/** Somebody with one of the ids that get about all the same. */
const idless = (how: "join" | "invite" | "leave"): RawEvent =>
  stateEvent("m.room.member", ann, { membership: how }, "@s p a c e:y");

const privacyFault = (events: readonly StateEvent[], user: UserId, person: UserId) =>
  faultOf({ events, complete: true }, user, person);

describe("row 17: privacyFault", () => {
  it.each<[string, readonly StateEvent[], PrivacyFault | undefined]>([
    ["the two of them", having(), undefined],
    [
      "the person is invited and not there yet",
      having(member(ann, "invite", { by: me })),
      undefined,
    ],
    [
      "others have left or been banned",
      having(member(bob, "leave"), member("@eve:z", "ban", { by: me })),
      undefined,
    ],
    [
      "encrypted",
      having(stateEvent("m.room.encryption", me, { algorithm: "m.megolm.v1.aes-sha2" })),
      undefined,
    ],
    ["no join rules are for the invited", without("m.room.join_rules"), undefined],
    [
      "history that the members share",
      having(stateEvent("m.room.history_visibility", me, { history_visibility: "shared" })),
      undefined,
    ],
    ["a bridge that was taken out", having(stateEvent("m.bridge", ann, {}, "irc")), undefined],
    [
      "an invitation by mail that was taken back",
      having(stateEvent("m.room.third_party_invite", ann, {}, "token")),
      undefined,
    ],
    ["a third member", having(member(bob, "join")), "members"],
    ["a third whose id is none of ours", having(idless("join")), "members"],
    ["such a third who is invited", having(idless("invite")), "members"],
    ["such a third who has left", having(idless("leave")), undefined],
    ["a third who is invited", having(member(bob, "invite", { by: ann })), "members"],
    ["a third instead of the person", having(member(ann, "leave"), member(bob, "join")), "members"],
    ["the person has left", having(member(ann, "leave")), "members"],
    ["the person knocks", having(member(ann, "knock")), "members"],
    ["Usher is only invited", having(member(me, "invite", { by: ann })), "members"],
    [
      "somebody invited by mail",
      having(stateEvent("m.room.third_party_invite", ann, { display_name: "b" }, "token")),
      "pending-invite",
    ],
    [
      "open to all",
      having(stateEvent("m.room.join_rules", ann, { join_rule: "public" })),
      "join-rule",
    ],
    [
      "open to those who knock",
      having(stateEvent("m.room.join_rules", ann, { join_rule: "knock" })),
      "join-rule",
    ],
    [
      "open to another room's members",
      having(stateEvent("m.room.join_rules", ann, { join_rule: "restricted" })),
      "join-rule",
    ],
    [
      "a malformed join rule",
      having(stateEvent("m.room.join_rules", ann, { join_rule: ["invite"] })),
      "join-rule",
    ],
    [
      "readable by the world",
      having(
        stateEvent("m.room.history_visibility", ann, { history_visibility: "world_readable" }),
      ),
      "history",
    ],
    [
      "a history rule in a list",
      having(stateEvent("m.room.history_visibility", ann, { history_visibility: ["shared"] })),
      "history",
    ],
    [
      "a malformed history rule",
      having(stateEvent("m.room.history_visibility", ann, {})),
      "history",
    ],
    ["bridged", having(stateEvent("m.bridge", ann, { protocol: { id: "irc" } }, "irc")), "bridged"],
    [
      "bridged, by the older name",
      having(stateEvent("uk.half-shot.bridge", ann, { protocol: {} }, "x")),
      "bridged",
    ],
    [
      "bridged, by the oldest name",
      having(stateEvent("m.room.bridging", ann, { status: "success" }, "x")),
      "bridged",
    ],
    [
      "replaced by another room",
      having(stateEvent("m.room.tombstone", ann, { replacement_room: "!new:x" })),
      "replaced",
    ],
    [
      "a space",
      having(stateEvent("m.room.create", ann, { room_version: "11", type: "m.space" })),
      "kind",
    ],
    ["state without a beginning", without("m.room.create"), "kind"],
    ["nothing", [], "members"],
  ])("%s", (_name, events, fault) => {
    expect(privacyFault(events, me, ann)).toBe(fault);
  });

  it("a room of which something cannot be read is none: anything may be said there", () => {
    expect(faultOf({ events: having(), complete: false }, me, ann)).toBe("unreadable");
  });

  it("a claim to be direct proves nothing", () => {
    const claimed = having(
      member(ann, "join", { is_direct: true } as object),
      member(bob, "join", { is_direct: true } as object),
    );
    expect(privacyFault(claimed, me, ann)).toBe("members");
  });

  it("Usher alone is no private room with itself", () => {
    expect(privacyFault(having(member(ann, "leave")), me, me)).toBe("members");
  });

  it("nobody but the two is ever joined or invited in a room that passes, whatever the state", () => {
    const someone = fc.constantFrom(me, ann, bob, "@eve:z");
    const membership = fc.constantFrom("join", "invite", "leave", "ban", "knock", "other");
    fc.assert(
      fc.property(fc.dictionary(someone, membership), (members) => {
        const events = Object.entries(members).map(([user, how]) => member(user, how));
        const inside = Object.entries(members).filter(
          ([, how]) => how === "join" || how === "invite",
        );
        const expected =
          inside.length === 2 &&
          members[me] === "join" &&
          ["join", "invite"].includes(members[ann] ?? "");
        const found = privacyFault(
          state([...good.filter(({ type }) => type !== "m.room.member"), ...events]),
          me,
          ann,
        );
        expect(found).toBe(expected ? undefined : "members");
      }),
    );
  });
});

describe("privateRoomRequest", () => {
  it("asks for a room that passes, encrypted where Usher can", () => {
    for (const encrypted of [true, false]) {
      const request = privateRoomRequest(ann, encrypted) as {
        preset: string;
        invite: string[];
        initial_state: { type: string; state_key: string; content: Record<string, unknown> }[];
      };
      expect(request).toMatchObject({ preset: "private_chat", invite: [ann], is_direct: true });
      const events = request.initial_state.map(({ type, state_key: key, content }) =>
        stateEvent(type, me, content, key),
      );
      expect(
        privacyFault(having(...events, member(ann, "invite", { by: me })), me, ann),
      ).toBeUndefined();
      expect(events.some(({ type }) => type === "m.room.encryption")).toBe(encrypted);
    }
  });
});
