import { expect, it } from "vitest";
import type { z } from "zod";
import { ROOM_PARTS } from "../store/roomParts.ts";
import "./index.ts";

/** What one record of a kind's part of a room may hold. */
function fieldsOf(part: string): readonly string[] {
  const schema = ROOM_PARTS.fields().get(part)?.schema as z.ZodArray<z.ZodObject> | undefined;
  return Object.keys(schema?.element.shape ?? {}).toSorted();
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
