import { isDeepStrictEqual } from "node:util";
import { UsherError } from "../../kernel/errors.ts";
import type { RoomId } from "../../kernel/ids.ts";
import { isContent } from "../../matrix/events.ts";
import type { Content, RoomState } from "../../matrix/port.ts";
import type { Documents } from "../../store/documents.ts";
import { roomDocument } from "../../store/room.ts";
import type { CarriedItem, RoomUpgradeHandler } from "../../integrations/roomUpgrade.ts";
import { LAYOUT_TYPE } from "./layout.ts";
import { readWidget, WIDGET_TYPE } from "./state.ts";
import { widgetPart, type WidgetRecord } from "./records.ts";

/** Carries Usher's widgets and their place in the layout into another room, as they stand in the old one. Others' widgets are theirs. */
export function widgetUpgradeHandler(matrix: RoomState, documents: Documents): RoomUpgradeHandler {
  const carryOne = async (from: RoomId, to: RoomId, record: WidgetRecord): Promise<CarriedItem> => {
    const { id, name, addedBy } = record;
    const result = (what: CarriedItem["result"]): CarriedItem => ({
      id,
      name,
      addedBy,
      result: what,
    });
    const content = await matrix.state(from, WIDGET_TYPE, id);
    if (content === undefined || isDeepStrictEqual(content, {})) return result("gone");
    const there = await matrix.state(to, WIDGET_TYPE, id);
    const differs = there === undefined || isDeepStrictEqual(there, {});
    if (differs) await matrix.setState(to, WIDGET_TYPE, id, content);
    await documents.update(roomDocument, to, (document) =>
      widgetPart.of(document).some((one) => one.id === id)
        ? document
        : widgetPart.in(document, [...widgetPart.of(document), record]),
    );
    return result(differs ? "carried" : "there");
  };

  return {
    addedItems: (document) =>
      widgetPart.of(document).map(({ id, name, addedBy }) => ({ id, name, addedBy })),
    needs: [
      { kind: "state", type: WIDGET_TYPE },
      { kind: "state", type: LAYOUT_TYPE },
    ],
    removal: ({ type, stateKey, sender, content }) =>
      type === WIDGET_TYPE && readWidget(stateKey, sender, content) === undefined
        ? stateKey
        : undefined,
    without: (document, ids) =>
      widgetPart.in(
        document,
        widgetPart.of(document).filter(({ id }) => !ids.has(id)),
      ),
    carry: async (from, to) => {
      const results: CarriedItem[] = [];
      for (const record of widgetPart.of(await documents.get(roomDocument, from))) {
        try {
          results.push(await carryOne(from, to, record));
        } catch (error) {
          if (!(error instanceof UsherError) || error.code !== "room-unreachable") throw error;
          results.push({
            id: record.id,
            name: record.name,
            addedBy: record.addedBy,
            result: "refused",
          });
        }
      }
      const brought = results
        .filter(({ result }) => result === "carried" || result === "there")
        .map(({ id }) => id);
      await carryLayout(matrix, from, to, brought);
      return results;
    },
  };
}

/** Brings the places of these widgets into the new room's layout, beside what stands there. Nothing is sent that would change nothing. */
async function carryLayout(
  matrix: RoomState,
  from: RoomId,
  to: RoomId,
  ids: readonly string[],
): Promise<void> {
  const old = placesIn(await matrix.state(from, LAYOUT_TYPE, ""));
  const places = Object.entries(old).filter(([id]) => ids.includes(id));
  if (places.length === 0) return;
  const layout = (await matrix.state(to, LAYOUT_TYPE, "")) ?? {};
  const next = { ...layout, widgets: { ...Object.fromEntries(places), ...placesIn(layout) } };
  if (!isDeepStrictEqual(next, layout)) await matrix.setState(to, LAYOUT_TYPE, "", next);
}

function placesIn(layout: Content | undefined): Content {
  const widgets = layout?.["widgets"];
  return isContent(widgets) ? widgets : {};
}
