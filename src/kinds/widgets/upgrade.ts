import { isDeepStrictEqual } from "node:util";
import type { RoomId } from "../../kernel/ids.ts";
import { isContent } from "../../matrix/events.ts";
import type { Content, RoomState } from "../../matrix/port.ts";
import type { Documents } from "../../store/documents.ts";
import { roomDocument } from "../../store/room.ts";
import { recordedItems, type RoomUpgradeHandler } from "../../integrations/roomUpgrade.ts";
import { LAYOUT_TYPE } from "./layout.ts";
import { readWidget, WIDGET_TYPE } from "./state.ts";
import { widgetPart, type WidgetRecord } from "./records.ts";

/** Carries Usher's widgets and their place in the layout into another room, as they stand in the old one. Others' widgets are theirs. */
export function widgetUpgradeHandler(matrix: RoomState, documents: Documents): RoomUpgradeHandler {
  const recorded = recordedItems(widgetPart, documents, {
    itemOf: ({ id, name, addedBy }) => ({ id, name, addedBy }),
    carryOne: async (from, to, record) => {
      const result = await carryState(matrix, from, to, record.id);
      if (result !== "gone") await remember(documents, to, record);
      return result;
    },
  });
  return {
    ...recorded,
    needs: [
      { kind: "state", type: WIDGET_TYPE },
      { kind: "state", type: LAYOUT_TYPE },
    ],
    removal: ({ type, stateKey, sender, content }) =>
      type === WIDGET_TYPE && readWidget(stateKey, sender, content) === undefined
        ? stateKey
        : undefined,
    carry: async (from, to) => {
      const results = await recorded.carry(from, to);
      const brought = results
        .filter(({ result }) => result === "carried" || result === "there")
        .map(({ id }) => id);
      await carryLayout(matrix, from, to, brought);
      return results;
    },
  };
}

/** Has the widget stand in the new room as in the old one. */
async function carryState(
  matrix: RoomState,
  from: RoomId,
  to: RoomId,
  id: string,
): Promise<"carried" | "there" | "gone"> {
  const content = standing(await matrix.state(from, WIDGET_TYPE, id));
  if (content === undefined) return "gone";
  if (standing(await matrix.state(to, WIDGET_TYPE, id)) !== undefined) return "there";
  await matrix.setState(to, WIDGET_TYPE, id, content);
  return "carried";
}

/** State that was emptied is as good as none. */
function standing(content: Content | undefined): Content | undefined {
  return isDeepStrictEqual(content, {}) ? undefined : content;
}

async function remember(documents: Documents, room: RoomId, record: WidgetRecord): Promise<void> {
  await documents.update(roomDocument, room, (document) => {
    const known = widgetPart.of(document);
    return known.some(({ id }) => id === record.id)
      ? document
      : widgetPart.in(document, [...known, record]);
  });
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
