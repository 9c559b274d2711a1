import { describe, expect, it } from "vitest";
import type { Content, StateEvent } from "../matrix/port.ts";
import { officeFaults } from "./officeFaults.ts";

const state = (type: string, content: Content, stateKey = ""): StateEvent =>
  ({ type, stateKey, content }) as unknown as StateEvent;

describe("the operators' room", () => {
  it.each<[string, readonly StateEvent[], readonly string[]]>([
    ["for the invited alone", [state("m.room.join_rules", { join_rule: "invite" })], []],
    ["without any rule", [], []],
    ["open to everybody", [state("m.room.join_rules", { join_rule: "public" })], ["join-rule"]],
    ["where people may knock", [state("m.room.join_rules", { join_rule: "knock" })], ["join-rule"]],
    [
      "where invited guests may come in",
      [state("m.room.guest_access", { guest_access: "can_join" })],
      [],
    ],
    [
      "open to everybody, and to guests",
      [
        state("m.room.join_rules", { join_rule: "public" }),
        state("m.room.guest_access", { guest_access: "can_join" }),
      ],
      ["join-rule", "guests"],
    ],
    [
      "readable from outside",
      [state("m.room.history_visibility", { history_visibility: "world_readable" })],
      ["history"],
    ],
    ["that is bridged", [state("m.bridge", { protocol: {} }, "irc")], ["bridged"]],
    ["whose bridge is gone", [state("m.bridge", {}, "irc")], []],
  ])("%s", (_, all, faults) => {
    expect(officeFaults(all)).toEqual(faults);
  });
});
