import { describe, expect, it } from "vitest";
import type { UserId } from "../../kernel/ids.ts";
import type { RoomPower } from "../../matrix/port.ts";
import { seesPast } from "../../integrations/seesPast.ts";
import { addingNeeds, addingOf } from "./adding.ts";

const bot = "@poll:x" as UserId;
const ann = "@ann:x" as UserId;
const eve = "@eve:x" as UserId;
const recorded = { addedBy: ann };

it.each([
  ["joined", recorded, { is: "here", addedBy: ann }],
  ["joined", undefined, { is: "adopt" }],
  ["invited", recorded, { is: "awaited", addedBy: ann }],
  ["invited", undefined, { is: "invite" }],
  ["banned", recorded, { is: "banned", by: eve }],
  ["banned", undefined, { is: "banned", by: eve }],
  ["left", recorded, { is: "invite" }],
  ["kicked", recorded, { is: "invite" }],
  ["absent", undefined, { is: "invite" }],
] as const)("a bot that is %s, with the record %j: %j", (is, record, adding) => {
  const presence = is === "joined" || is === "absent" ? { is } : { is, by: eve, at: 5 };
  expect(addingOf(presence, record)).toEqual(adding);
});

describe("addingNeeds", () => {
  const power: RoomPower = { version: "10", creators: new Set(), levels: { users: { [bot]: 10 } } };
  const members = (where?: "joined" | "invited") => ({
    joined: new Set(where === "joined" ? [bot] : []),
    invited: new Set(where === "invited" ? [bot] : []),
  });

  it("is nothing for one that Usher brought in", () => {
    expect(addingNeeds({ user: bot, level: 50 }, members("joined"), power, recorded)).toEqual({
      deed: "add-bot",
      needs: [],
    });
  });

  it("is an invitation, but for one that has it", () => {
    const wanted = { user: bot, level: 10 };
    const invitation = { deed: "add-bot", needs: [{ kind: "invite" }] };
    expect(addingNeeds(wanted, members(), power, undefined)).toEqual(invitation);
    expect(addingNeeds(wanted, members(), power, recorded)).toEqual(invitation);
    expect(addingNeeds(wanted, members("joined"), power, undefined)).toEqual(invitation);
    expect(addingNeeds(wanted, members("invited"), power, recorded).needs).toEqual([]);
  });

  it("is more where it is to have more power than it has", () => {
    const raise = { kind: "level", user: bot, level: 11 };
    const wanted = { user: bot, level: 11 };
    expect(addingNeeds(wanted, members(), power, undefined)).toEqual({
      deed: "add-bot-with-power",
      needs: [{ kind: "invite" }, raise],
    });
    expect(addingNeeds(wanted, members("invited"), power, undefined).needs).toEqual([raise]);
  });
});

it.each([
  ["none", undefined, true],
  ["none", "shared", true],
  ["none", "world_readable", true],
  ["none", "invited", false],
  ["none", "joined", false],
  ["encrypted", "shared", false],
  ["unknown", "shared", false],
] as const)(
  "encryption %s, history for %s: sees what was before: %s",
  (encryption, shown, sees) => {
    expect(seesPast(encryption, shown && { history_visibility: shown })).toBe(sees);
  },
);
