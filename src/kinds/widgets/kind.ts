import type { RoomId } from "../../kernel/ids.ts";
import type { Encryption } from "../../matrix/port.ts";
import { widgetCarrier } from "./carrier.ts";
import { widgetUndoing } from "./undoing.ts";
import { Widgets } from "./widgets.ts";
import type { Kind, KindParts } from "../../integrations/kind.ts";
import { addWidget } from "./addWidget.ts";
import { pin } from "./pin.ts";
import { placedWidgets } from "./placedWidgets.ts";
import { widgetInfo } from "./widgetInfo.ts";

/** Widgets, as Usher offers them. */
export function widgetKind({ matrix, documents, clock, offer }: KindParts): Kind {
  const { library, catalogue } = offer;
  const widgets = new Widgets(matrix, documents, clock, library);
  const encryption = (room: RoomId): Promise<Encryption> => matrix.encryption(room);
  return {
    kind: "widget",
    info: (entry) => widgetInfo(library, entry),
    adding: addWidget({ widgets, library, catalogue, encryption }),
    more: [pin(widgets, "pin"), pin(widgets, "unpin")],
    placed: placedWidgets(widgets, library, encryption),
    carrier: widgetCarrier(matrix, documents),
    undoing: widgetUndoing(matrix, documents),
  };
}
