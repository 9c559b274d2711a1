import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Hearing } from "../../test/harness/hearing.ts";
import { invitation, member, message, rawEvent, stateEvent } from "../../test/harness/rawEvents.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import { readDeparture, readInvite } from "./ownMembership.ts";

const me = "@usher:scripted.test" as UserId;
const ada = "@ada:example.org";
const room = "!room:example.org" as RoomId;

let hearing: Hearing;
beforeEach(async () => {
  hearing = await Hearing.start();
});
afterEach(async () => {
  await hearing.end();
});

describe("an invitation", () => {
  it("row 25: comes with its sender and the stripped state", async () => {
    const name = { type: "m.room.name", state_key: "", sender: ada, content: { name: "Tea" } };
    hearing.server.sync({
      invite: { [room]: invitation(me, ada, [name]) },
      knock: { "!knocked:x": { knock_state: { events: [] } } },
    });
    void hearing.run();
    const { invites, rooms, departures } = await hearing.nextFull();
    expect(invites).toHaveLength(1);
    expect(invites[0]).toMatchObject({ roomId: room, sender: ada });
    expect([...(invites[0]?.hints ?? [])]).toEqual([
      ["m.room.join_rules", { join_rule: "invite" }],
      ["m.room.name", { name: "Tea" }],
    ]);
    expect([rooms, departures]).toEqual([[], []]);
  });

  it("row 17: that claims to be direct is one like any other, and has no effect on the account", async () => {
    hearing.server.sync({ invite: { [room]: invitation(me, ada, [], { is_direct: true }) } });
    void hearing.run();
    const { invites } = await hearing.nextFull();
    expect(invites[0]).toEqual({
      roomId: room,
      sender: ada,
      hints: new Map([["m.room.join_rules", { join_rule: "invite" }]]),
      direct: true,
    });
    await hearing.server.waitForSync("s1");
    expect(
      hearing.server.requests.every(
        ({ method, path }) => method === "GET" && path.endsWith("/sync"),
      ),
    ).toBe(true);
  });

  it("row 24: makes nobody join: that is decided elsewhere", async () => {
    hearing.server.sync({ invite: { [room]: invitation(me, ada) } });
    void hearing.run();
    await hearing.nextFull();
    await hearing.server.waitForSync("s1");
    expect(hearing.server.requests.some(({ path }) => path.includes("/join"))).toBe(false);
  });

  it("that is repeated is given once, until the room's state changes", async () => {
    const first = invitation(me, ada);
    const second = invitation(me, ada);
    hearing.server.sync({ invite: { [room]: first } });
    hearing.server.sync({
      invite: { [room]: first },
      join: { "!other:x": { timeline: [message(ada, "hello")] } },
    });
    hearing.server.sync({ invite: { [room]: second } });
    hearing.server.sync({
      leave: { [room]: { timeline: [member(me, "leave", { by: ada, before: "invite" })] } },
    });
    hearing.server.sync({ invite: { [room]: second } });
    void hearing.run();
    expect((await hearing.nextFull()).invites).toHaveLength(1);
    const repeated = await hearing.nextFull();
    expect([repeated.invites.length, repeated.rooms.length]).toEqual([0, 1]);
    expect((await hearing.nextFull()).invites).toHaveLength(1);
    const again = await hearing.nextFull();
    expect([again.invites.length, again.departures.length]).toEqual([1, 0]);
  });

  it.each<[string, ReturnType<typeof invitation>]>([
    ["without state", []],
    ["of somebody else", invitation("@other:x", ada)],
    ["by nobody", invitation(me, "nobody")],
    ["by Usher itself", invitation(me, me)],
    ["that is a ban", invitation(me, ada, [], { membership: "ban" })],
  ])("%s is dropped", (_name, state) => {
    expect(readInvite(room, state, me)).toBeUndefined();
  });

  it("takes hints by their type as names only", () => {
    const hints = readInvite(
      room,
      invitation(me, ada, [
        { type: "__proto__", state_key: "", sender: ada, content: { admin: true } },
        { type: "m.room.member", state_key: ada, sender: ada, content: { membership: "join" } },
      ]),
      me,
    )?.invite.hints;
    expect([...(hints?.keys() ?? [])]).toEqual(["m.room.join_rules", "__proto__"]);
  });
});

describe("a departure", () => {
  it.each([
    ["left", member(me, "leave", { before: "join" }), { by: me, how: "left" }],
    ["kicked", member(me, "leave", { by: ada, before: "join" }), { by: ada, how: "kicked" }],
    ["banned", member(me, "ban", { by: ada, before: "join" }), { by: ada, how: "banned" }],
  ])("row 25: tells that Usher was %s, and by whom", async (_name, own, expected) => {
    hearing.server.sync({ leave: { [room]: { timeline: [message(ada, "bye"), own] } } });
    void hearing.run();
    const batch = await hearing.nextFull();
    expect(batch.departures).toEqual([{ roomId: room, ...expected }]);
    expect(batch.rooms).toEqual([]);
  });

  it("row 25: is none where Usher was only invited, also when the homeserver does not say so", () => {
    const withdrawn = member(me, "leave", { by: ada, before: "invite" });
    expect(readDeparture(room, [withdrawn], me, false)).toBeUndefined();
    expect(
      readDeparture(room, [member(me, "ban", { by: ada, before: "invite" })], me, false),
    ).toBeUndefined();
    expect(readDeparture(room, [member(me, "leave")], me, true)).toBeUndefined();
    expect(readDeparture(room, [], me, true)).toBeUndefined();
  });

  it("is one after an invitation that was accepted, also when the homeserver does not say what was before", async () => {
    hearing.server.sync({ invite: { [room]: invitation(me, ada) } });
    hearing.server.sync({
      join: { [room]: { timeline: [member(me, "join", { before: "invite" })] } },
    });
    hearing.server.sync({ leave: { [room]: { timeline: [member(me, "leave", { by: ada })] } } });
    void hearing.run();
    await hearing.batches.next((batch) => batch.rooms.length > 0);
    expect((await hearing.nextFull()).departures).toEqual([
      { roomId: room, by: ada, how: "kicked" },
    ]);
  });

  it("is none where Usher was out already", () => {
    expect(
      readDeparture(room, [member(me, "ban", { by: ada, before: "leave" })], me, false),
    ).toBeUndefined();
  });

  it("is one where a ban followed the kick, and where Usher came and went between two answers", () => {
    const kickThenBan = [
      member(me, "leave", { by: ada, before: "join" }),
      member(me, "ban", { by: ada, before: "leave" }),
    ];
    expect(readDeparture(room, kickThenBan, me, false)).toEqual({
      roomId: room,
      by: ada,
      how: "banned",
    });
    const brief = [member(me, "join", { before: "invite" }), member(me, "leave", { by: ada })];
    expect(readDeparture(room, brief, me, true)).toEqual({ roomId: room, by: ada, how: "kicked" });
  });

  it("blames nobody where the event is missing or odd", () => {
    expect(readDeparture(room, [stateEvent("m.room.topic", ada, {})], me, false)).toEqual({
      roomId: room,
      by: me,
      how: "left",
    });
    const odd = { ...rawEvent("m.room.member", "nobody", { membership: "leave" }), state_key: me };
    expect(readDeparture(room, [odd], me, false)).toEqual({ roomId: room, by: me, how: "left" });
  });
});
