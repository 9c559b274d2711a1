import { z } from "zod";
import { UsherError } from "../../kernel/errors.ts";
import { declareState } from "../../privacy/declared.ts";
import { WIDGETS_LAYOUT } from "./dataMap.ts";
import type { LiveWidget } from "./state.ts";
import type { Content } from "../../matrix/port.ts";

/** The type of the state event that says where a room's widgets stand; its state key is empty (reference §3.4, Element's WidgetLayoutStore). */
export const LAYOUT_TYPE = declareState("io.element.widgets.layout", WIDGETS_LAYOUT);

/** Clients show no more than this above the conversation. */
const MOST_ON_TOP = 3;

/** Percent of what the conversation has: with less, Element cuts off the button that asks whether to open the page. */
const HEIGHT = 45;

const shape = z.object({ widgets: z.record(z.string(), z.unknown()) });
const entryShape = z.object({
  container: z.string(),
  index: z.number().optional().catch(undefined),
});

/** A widget as far as its place is concerned. */
interface ItemCommands {
  readonly id: string;
  readonly type: string;
}

function entriesOf(layout: Content | undefined): Readonly<Record<string, unknown>> {
  return shape.safeParse(layout).data?.widgets ?? {};
}

function entryOf(layout: Content | undefined, id: string): z.infer<typeof entryShape> | undefined {
  const entries = entriesOf(layout);
  return Object.hasOwn(entries, id) ? entryShape.safeParse(entries[id]).data : undefined;
}

/** Whether the widget stands above the conversation. Clients put a Jitsi there of which the layout says nothing. */
export function isOnTop(layout: Content | undefined, { id, type }: ItemCommands): boolean {
  const entry = entryOf(layout, id);
  return entry === undefined ? type === "jitsi" || type === "m.jitsi" : entry.container === "top";
}

/**
 * The layout with this widget on top, as the last there, or beside the conversation again. Entries of widgets that the room no longer shows are
 * dropped; every other entry, and whatever else the event holds, stays as it is. The same layout, unchanged, where the widget is there already.
 */
export function withPlace(
  layout: Content | undefined,
  widget: ItemCommands,
  place: "top" | "right",
  shown: readonly ItemCommands[],
): Content {
  if (isOnTop(layout, widget) === (place === "top")) return layout ?? {};
  const kept = Object.entries(entriesOf(layout)).filter(
    ([id]) => id !== widget.id && shown.some((one) => one.id === id),
  );
  const indexes = shown.flatMap(({ id }) => {
    const entry = entryOf(layout, id);
    return id !== widget.id && entry?.container === "top" ? [entry.index ?? 0] : [];
  });
  const entry =
    place === "top"
      ? { container: "top", index: Math.max(-1, ...indexes) + 1, height: HEIGHT }
      : { container: "right" };
  return { ...layout, widgets: Object.fromEntries([...kept, [widget.id, entry]]) };
}

/** Rejects with `widget-top-full` where as many widgets are on top as clients show there. */
export function refuseFourth(top: readonly LiveWidget[]): void {
  if (top.length >= MOST_ON_TOP)
    throw new UsherError("widget-top-full", { top: top.map(({ id, name }) => ({ id, name })) });
}
