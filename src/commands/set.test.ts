import { expect, it } from "vitest";
import { refusalOf } from "../../test/harness/sentenceOf.ts";
import type { Answer, Plan } from "../chat/command.ts";
import type { ItemChange, ItemCommands } from "../integrations/itemCommands.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import { set } from "./set.ts";

const request = {
  room: "!room:example.org" as RoomId,
  person: "@ada:example.org" as UserId,
  event: "$set" as EventId,
  thread: undefined,
  calledAs: "!usher",
  direct: false,
  operator: false,
};

/** What the command is given: the thing's id, and what is to be different. */
function of(id: string): never {
  return { id, settings: { main: undefined, named: new Map([["name", "Tea"]]) } } as never;
}

/** A kind that has one thing, which can be changed where `change` is given. */
function kind(
  id: string,
  name: string,
  change?: Partial<ItemChange<ReadonlyMap<string, string>>>,
): ItemCommands {
  return {
    things: () => Promise.resolve([{ id, name }]),
    ...(change === undefined ? {} : { set: change }),
  } as Partial<ItemCommands> as ItemCommands;
}

const plan: Plan = { nothing: { template: "planned", view: {} } };
const done: Answer = { template: "done", view: {} };
const note = kind("note-1", "Lunch");
const pad = kind("pad-1", "Agenda", {
  usual: [{ kind: "state", type: "org.example.pad" }],
  needs: () => Promise.resolve({ deed: "set-widget", needs: [] }),
  plan: () => Promise.resolve(plan),
  perform: () => Promise.resolve(done),
});
const command = set([note, pad]);

it("leaves what cannot be changed to be taken out and added anew", async () => {
  if (!command.changes) throw new Error("set changes nothing");
  const refusal = { code: "item-fixed", view: { said: "note-1" } };
  expect(await refusalOf(command.plan(of("note-1"), request))).toContain(
    "`!usher remove note-1` takes it out, and you can add it anew",
  );
  await expect(command.plan(of("note-1"), request)).rejects.toMatchObject(refusal);
  await expect(command.perform(of("note-1"), request)).rejects.toMatchObject(refusal);
  await expect(command.needsHere?.(of("note-1"), request)).rejects.toMatchObject(refusal);
});

it("changes what a kind lets be changed, beside one that lets nothing", async () => {
  if (!command.changes) throw new Error("set changes nothing");
  expect(await command.plan(of("pad-1"), request)).toBe(plan);
  expect(await command.perform(of("pad-1"), request)).toBe(done);
  expect(command.needs()).toEqual([{ kind: "state", type: "org.example.pad" }]);
});

it("names what can be changed to whoever does not say what", async () => {
  const error = await command.missing?.("name or id", request.room);
  expect(error?.view["things"]).toEqual([{ id: "pad-1", name: "Agenda" }]);
});
