import { expect, it } from "vitest";
import type { z } from "zod";
import { definedDocuments } from "../store/documents.ts";
import { ROOM_PARTS } from "../store/roomParts.ts";
import * as bridgeRecords from "./bridges/dataMap.ts";
import "./index.ts";

/** What one record of a kind's part of a room may hold. */
function fieldsOf(part: string): readonly string[] {
  const schema = ROOM_PARTS.fields().get(part)?.schema as z.ZodArray<z.ZodObject> | undefined;
  return Object.keys(schema?.element.shape ?? {}).toSorted();
}

/** What one entry of a list in a document may hold. */
function fieldsIn(kind: string, list: string): readonly string[] {
  const { schema } = definedDocuments().find((type) => type.kind === kind) ?? {};
  const lists = (schema as z.ZodObject<Record<string, z.ZodArray<z.ZodObject>>> | undefined)?.shape;
  return Object.keys(lists?.[list]?.element.shape ?? {}).toSorted();
}

const WHO_ASKED_WHEN = ["addedAt", "addedBy", "cause", "id"];

it("R50 a bot's record holds who asked, which bot, with which power, when, and nothing else", () => {
  expect(fieldsOf("bots")).toEqual([...WHO_ASKED_WHEN, "level", "user"].toSorted());
});

it("R52 a widget's record holds who asked, which widget, with which settings, when, and nothing else", () => {
  expect(fieldsOf("widgets")).toEqual(
    [...WHO_ASKED_WHEN, "definition", "name", "settings", "url"].toSorted(),
  );
});

it("R51 a bridge's record holds who asked, where the room is linked to by which bot, what the room was before, and nothing else", () => {
  const link = ["entry", "bot", "network", "channel", "name"];
  const before = ["power", "lowered", "had", "wasHere"];
  expect(fieldsOf("bridges")).toEqual([...WHO_ASKED_WHEN, ...link, ...before].toSorted());
});

it("R51 of a log-in at a bridge it is kept who has it, where, as what and since when, and nothing that was typed", () => {
  expect(fieldsIn("bridge-logins-made", "logins")).toEqual(["at", "bridge", "login"]);
  expect(fieldsIn("bridge-logins", "going")).toEqual(["at", "bridge", "event", "person", "room"]);
});

it("R47 nothing about a bridge is under the manager's policy: it lies with what is integrated, or on homeservers", () => {
  const layers = Object.values(bridgeRecords).map(({ facts }) => facts.layer);
  expect(layers.length).toBeGreaterThan(4);
  expect(new Set(layers)).toEqual(new Set(["integration", "homeserver"]));
});
