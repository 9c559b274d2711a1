import { expect, it } from "vitest";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import { permit } from "../../chat/permit.ts";
import type { RoomPower } from "../../matrix/port.ts";
import type { Connector } from "./connector.ts";
import { linkingNeeds, unlinkingNeeds } from "./needs.ts";

const room = "!r:example.org" as RoomId;
const [ann, bot, usher] = ["@ann:x", "@bot:x", "@usher:x"] as UserId[] as [UserId, UserId, UserId];

/** A room in which Usher has so much power, and the bot gets so much. */
function scene(has: number, given: number | null, membership = "leave") {
  const power: RoomPower = {
    ...{ version: "11", creators: new Set([ann]) },
    levels: { users: { [ann]: 100, [usher]: has }, kick: 40 },
  };
  const rooms = {
    levels: { wanted: () => Promise.resolve({ power: { before: null, given }, lowered: [] }) },
    connectorOf: () => ({ rule: [{ kind: "state", type: "m.x" }] }) as unknown as Connector,
    membership: () => Promise.resolve(membership),
    entryOf: () => ({}),
  };
  const refusal = async (needs: Parameters<typeof permit>[0]["needs"]): Promise<unknown> => {
    const error = permit({ deed: "add-bridge", needs }, power, ann, usher);
    return error && [error.code, error.view["needed"]];
  };
  const record = { entry: "irc", bot };
  return {
    links: async () => refusal(await linkingNeeds(rooms, room, record)),
    unlinks: async () => refusal(await unlinkingNeeds(rooms, room, record)),
  };
}

it.each([
  ["may put people out, and the bot gets nothing", 40, null, undefined],
  ["may put nobody out", 39, null, ["power-usher", 40]],
  ["stands no higher than the bot will", 60, 60, ["power-usher", 61]],
  ["stands above the bot", 61, 60, undefined],
])(
  "nothing is linked before it is asked whether Usher could undo it: it %s",
  async (_, has, given, refused) => {
    expect(await scene(has, given).links()).toEqual(refused);
  },
);

it("a link whose bot has gone takes no power of Usher to remove, and the same of a person as ever", async () => {
  expect(await scene(0, null, "join").unlinks()).toEqual(["power-usher", 40]);
  expect(await scene(0, null, "leave").unlinks()).toBeUndefined();
});
