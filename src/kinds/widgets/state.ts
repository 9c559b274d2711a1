import { z } from "zod";
import type { UserId } from "../../kernel/ids.ts";
import { declareState } from "../../privacy/declared.ts";
import { WIDGETS_STATE } from "./dataMap.ts";
import type { Content, StateEvent } from "../../matrix/port.ts";

/** The type of the state event that holds a room's widget; its state key is the widget's id. Clients read no other (reference: Element's WidgetUtils). */
export const WIDGET_TYPE = declareState("im.vector.modular.widgets", WIDGETS_STATE);

/** A widget as the room's state has it now, whoever put it there. */
export interface LiveWidget {
  readonly id: string;
  /** As clients show it, cut where it is longer than any name needs to be: it is for people, and never written back. */
  readonly name: string;
  /** As written in the state, variables included. */
  readonly url: string;
  readonly type: string;
  /** What stands in `data`, as far as it is an object. */
  readonly data: Content;
  /** Who sent the state event: the one fact about its origin that cannot be made up. */
  readonly sender: UserId;
}

const shape = z.object({
  type: z.string().min(1),
  url: z.string().min(1),
  name: z.string().optional().catch(undefined),
  data: z.record(z.string(), z.unknown()).catch({}),
});

/** Reads one widget; undefined where clients would show none: emptied, or without a type or an address. */
export function readWidget(id: string, sender: UserId, content: Content): LiveWidget | undefined {
  const read = shape.safeParse(content);
  if (!read.success) return undefined;
  const { type, url, name, data } = read.data;
  const names = [name, data["title"], type].filter((one) => typeof one === "string");
  return {
    id,
    type,
    url,
    data,
    sender,
    name: shortened(names.find((one) => one.trim() !== "") ?? type),
  };
}

/** UTF-16 units; what others write into a room may be as long as an event. */
const MAX_NAME = 100;

function shortened(name: string): string {
  return name.length <= MAX_NAME
    ? name
    : `${name
        .slice(0, MAX_NAME - 1)
        .toWellFormed()
        .replace(/\ufffd$/, "")}…`;
}

/** The widgets that a room shows, in the order of their ids. */
export function readWidgets(state: readonly StateEvent[]): readonly LiveWidget[] {
  return state
    .filter((event) => event.type === WIDGET_TYPE)
    .map((event) => readWidget(event.stateKey, event.sender, event.content))
    .filter((widget) => widget !== undefined)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
