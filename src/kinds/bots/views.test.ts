import { expect, it } from "vitest";
import type { EventId, UserId } from "../../kernel/ids.ts";
import type { RoomPower } from "../../matrix/port.ts";
import type { KnownBot } from "./order.ts";
import { listView, shownView } from "./views.ts";

const ann = "@ann:x" as UserId;
const poll = "@poll:x" as UserId;
const power: RoomPower = { version: "10", creators: new Set(), levels: { users: { [poll]: 7 } } };
const known = (bot: Partial<KnownBot>): KnownBot => ({
  id: "poll-abcdef",
  user: poll,
  presence: { is: "joined" },
  entry: undefined,
  record: undefined,
  ...bot,
});
const cause = "$cause" as EventId;
const record = { id: "poll-abcdef", user: poll, addedBy: ann, addedAt: 0, cause, level: 7 };

it("bots that Usher added are listed with who asked, and apart from those that others brought in", () => {
  const other = "@other:x" as UserId;
  const view = listView([known({ record }), known({ user: other })], power);
  expect(view["mine"]).toMatchObject([{ user: poll, addedBy: ann, addedOn: "1970-01-01" }]);
  expect(view["others"]).toMatchObject([{ user: other, level: 0 }]);
  expect(view["others"]).not.toMatchObject([{ addedBy: ann }]);
});

it("power is told of a bot that is here or may come, and of none that is gone", () => {
  const levelOf = (presence: KnownBot["presence"]): unknown =>
    shownView(known({ presence }), power)["level"];
  expect(levelOf({ is: "joined" })).toBe(7);
  expect(levelOf({ is: "invited", by: ann, at: 5 })).toBe(7);
  expect(levelOf({ is: "left", by: poll, at: 5 })).toBeUndefined();
  expect(levelOf({ is: "absent" })).toBeUndefined();
});

it("who added it is told of one that Usher added", () => {
  expect(shownView(known({ record }), power)["added"]).toEqual({
    addedBy: ann,
    addedOn: "1970-01-01",
  });
  expect(shownView(known({}), power)["added"]).toBeUndefined();
});
