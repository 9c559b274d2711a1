import { describe, expect, it } from "vitest";
import { ROOM, WHO } from "../../../test/harness/connections/connectionRooms.ts";
import { ConnectionWorld } from "../../../test/harness/connections/connectionWorld.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { Account } from "../../matrix/port.ts";
import { sightOf } from "./sight.ts";

const { ann, bot } = WHO;

describe("what can be seen of hookshot from outside", () => {
  it("is whether its account is there, and in how many of its rooms its bot is not", async () => {
    const world = new ConnectionWorld({ byApi: false });
    const { homeserver } = world.rooms;
    let known: Account = { is: "known", name: "Hookshot" };
    const matrix = {
      state: homeserver.state.bind(homeserver),
      account: () => Promise.resolve(known),
    };
    const see = () => sightOf({ matrix, documents: world.documents, bot });
    expect(await see()).toEqual({ unknown: false, rooms: 0, absent: 0 });
    await world.say("add");
    expect(await see()).toEqual({ unknown: false, rooms: 1, absent: 0 });
    known = { is: "unknown" };
    homeserver.put(ROOM, "m.room.member", bot, { membership: "leave" }, ann);
    expect(await see()).toEqual({ unknown: true, rooms: 1, absent: 1 });
    matrix.state = () =>
      Promise.reject(new UsherError("room-unreachable", { status: 403, code: "", action: "" }));
    expect(await see()).toEqual({ unknown: true, rooms: 1, absent: 0 });
  });
});
