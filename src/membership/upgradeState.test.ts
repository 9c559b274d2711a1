import { describe, expect, it } from "vitest";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import type { Batch, RoomBatch } from "../matrix/intake.ts";
import type { RoomEvent } from "../matrix/port.ts";
import { roomPower } from "../matrix/power.ts";
import { roomDocument } from "../store/room.ts";
import { upgradeNews } from "./upgradeNews.ts";
import {
  atStart,
  cameUninvited,
  isOpen,
  powerlessView,
  replacedBy,
  toldOf,
  withState,
  type Upgrade,
} from "./upgradeState.ts";

const OLD = "!old:example.org" as RoomId;
const NEW = "!new:example.org" as RoomId;
const ANN = "@ann:example.org" as UserId;
const ME = "@usher:example.org" as UserId;
const STATES = [
  "found",
  "entering",
  "waiting",
  "powerless",
  "carrying",
  "carried",
  "refused",
] as const;
const upgrade = (state: Upgrade["state"]): Upgrade => ({
  to: NEW,
  event: "$tombstone" as EventId,
  by: ANN,
  state,
});
const document = roomDocument.empty(OLD);

it("is open until all is there, or it was refused", () => {
  expect(STATES.filter((state) => isOpen(upgrade(state)))).toEqual(STATES.slice(0, 5));
  expect(isOpen(undefined)).toBe(false);
});

it("a start goes on with what is open, and looks where something could have been left behind", () => {
  expect(atStart({ upgrade: upgrade("waiting") }, true)).toBe("advance");
  expect(atStart({}, false)).toBe("look");
  expect(atStart({}, true)).toBeUndefined();
  for (const over of ["carried", "refused"] as const)
    expect(atStart({ upgrade: upgrade(over) }, false)).toBeUndefined();
});

describe("a tombstone", () => {
  const { to, event, by } = upgrade("found");
  const other = "$other" as EventId;

  it("is kept with where it leads and who put it", () => {
    expect(replacedBy(document, { to, event, by }).upgrade).toEqual(upgrade("found"));
  });

  it("that is heard again changes nothing, however far Usher has come", () => {
    for (const state of STATES) {
      const before = { ...document, upgrade: upgrade(state) };
      expect(replacedBy(before, { to, event, by })).toBe(before);
    }
  });

  it("begins anew, unless it leads to where everything is already", () => {
    const carried = { ...document, upgrade: upgrade("carried") };
    expect(replacedBy(carried, { to, event: other, by })).toBe(carried);
    const elsewhere = { to: "!third:example.org" as RoomId, event: other, by };
    expect(replacedBy(carried, elsewhere).upgrade).toEqual({ ...elsewhere, state: "found" });
    const refused = { ...document, upgrade: upgrade("refused") };
    expect(replacedBy(refused, { to, event: other, by }).upgrade?.state).toBe("found");
  });
});

it("how far it has come is kept, and written only where it is new", () => {
  const before = { ...document, upgrade: upgrade("found") };
  expect(withState(before, "carrying").upgrade).toEqual(upgrade("carrying"));
  expect(withState(before, "found")).toBe(before);
  expect(withState(document, "found")).toBe(document);
});

it("Usher is there uninvited where it came in just now, or was about to", () => {
  expect(cameUninvited(false, upgrade("found"))).toBe(true);
  expect(cameUninvited(true, upgrade("entering"))).toBe(true);
  expect(cameUninvited(true, upgrade("waiting"))).toBe(false);
});

describe("without the power for all it brings", () => {
  const power = roomPower(
    { sender: ANN, content: { room_version: "11" } },
    { users: { [ME]: 50 }, events: { "m.a": 50, "m.b": 60, "m.c": 100 } },
  );
  const need = (type: string) => ({ kind: "state" as const, type });
  const item = { id: "pad", name: "Pad", addedBy: ANN };

  it("Usher names the most that is needed, and what waits for it", () => {
    expect(powerlessView([need("m.a"), need("m.b"), need("m.c")], power, ME, [item])).toEqual({
      things: [item],
      needed: 100,
      role: "role/admin",
      usher: ME,
    });
  });

  it("with it, there is nothing to say", () => {
    expect(powerlessView([need("m.a")], power, ME, [item])).toBeUndefined();
    expect(powerlessView([], power, ME, [])).toBeUndefined();
  });
});

it("what was there already was brought by Usher itself where a crash came in between", () => {
  const results = (["carried", "there", "gone", "refused"] as const).map((result) => ({
    id: result,
    name: result,
    addedBy: ANN,
    result,
  }));
  expect(toldOf(results, "found")).toEqual(results);
  expect(toldOf(results, "carrying").map(({ result }) => result)).toEqual([
    "carried",
    "carried",
    "gone",
    "refused",
  ]);
});

describe("a batch", () => {
  const event = (type: string, stateKey?: string): RoomEvent => ({
    eventId: `$${type}` as EventId,
    roomId: OLD,
    sender: ANN,
    originServerTs: 0,
    redacted: false,
    encryption: "none",
    type,
    ...(stateKey === undefined ? {} : { stateKey }),
    content: {},
  });
  const news = (room: Partial<RoomBatch>, departures: Batch["departures"] = []) =>
    upgradeNews({ rooms: [{ roomId: OLD, events: [], gap: false, ...room }], departures });
  const nothing = { tombstones: [], unheard: [], mayAdvance: [], lost: [] };

  it("without any of it says nothing of upgrades", () => {
    const events = [
      event("m.room.tombstone"),
      event("m.room.tombstone", "x"),
      event("m.room.power_levels", "x"),
      event("m.room.name", ""),
    ];
    expect(news({ events, joined: false })).toEqual(nothing);
  });

  it("tells of tombstones, of new power, of what was missed, and of rooms that are lost", () => {
    const tombstone = event("m.room.tombstone", "");
    expect(news({ events: [tombstone] })).toEqual({ ...nothing, tombstones: [tombstone] });
    const levels = event("m.room.power_levels", "");
    expect(news({ events: [levels] })).toEqual({ ...nothing, mayAdvance: [OLD] });
    const anew = { ...nothing, unheard: [OLD], mayAdvance: [OLD] };
    expect(news({ gap: true })).toEqual(anew);
    expect(news({ joined: true })).toEqual(anew);
    expect(news({}, [{ roomId: NEW, by: ANN, how: "left" }])).toEqual({ ...nothing, lost: [NEW] });
  });
});
