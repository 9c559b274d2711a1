import type { SettingsOf } from "../../config/configSection.ts";
import type { RoomId } from "../../kernel/ids.ts";
import type { Encryption } from "../../matrix/port.ts";
import { widgetUpgradeHandler } from "./upgrade.ts";
import { widgetUndoHandler } from "./undo.ts";
import { Widgets } from "./widgets.ts";
import type { Kind, KindDefinition, KindDeps } from "../../integrations/kind.ts";
import { WIDGET_ABILITIES, widgetStatus } from "./abilities.ts";
import type { ErasedByHand } from "../../rights/holdings/byHand.ts";
import { SECTION } from "./config.ts";
import { addWidget } from "./addWidget.ts";
import { WIDGET_ERRORS } from "./errors.ts";
import { pin } from "./pin.ts";
import type { WidgetLibrary } from "./library.ts";
import { widgetItems } from "./items.ts";
import { widgetPart } from "./records.ts";
import { WidgetSection } from "./section.ts";
import { widgetInfo } from "./widgetInfo.ts";

/** Widgets: web pages that apps show inside a room. */
export const WIDGETS: KindDefinition<SettingsOf<typeof SECTION>> = {
  errors: WIDGET_ERRORS,
  layers: {
    homeserver: { template: "layer/widget-homeserver", view: {} },
    manager: { template: "layer/widget-manager", view: {} },
    integration: "none",
    "third-party": { template: "layer/widget-third-party", view: {} },
  },
  configSection: SECTION,
  prepare: ({ settings }) => {
    const section = new WidgetSection(settings.definitions);
    return { section, open: (deps) => openWidgets(deps, section) };
  },
};

/** A record says which definition it was made of, and a change says it in the records before and after it. */
function byHand(library: WidgetLibrary): ErasedByHand {
  return ({ definition, recordAfter, recordBefore }) => {
    const ids = [{ definition }, recordAfter, recordBefore].flatMap((one) => {
      const id = (one as { readonly definition?: unknown } | null | undefined)?.definition;
      return typeof id === "string" ? [id] : [];
    });
    return ids.map((id) => library.get(id)).find((one) => one?.erasedByHand)?.name;
  };
}

function openWidgets(
  { matrix, documents, clock, catalogue }: KindDeps,
  { kind, plural, library }: WidgetSection,
): Kind {
  const widgets = new Widgets(matrix, documents, clock, library);
  const encryption = (room: RoomId): Promise<Encryption> => matrix.encryption(room);
  return {
    kind,
    plural,
    abilities: WIDGET_ABILITIES,
    status: (room, power) => widgetStatus(room, power, matrix.me),
    info: (entry) => widgetInfo(library, entry),
    adding: addWidget({ widgets, library, catalogue, encryption }),
    more: [pin(widgets, "pin"), pin(widgets, "unpin")],
    items: widgetItems({ widgets, library, encryption }),
    upgradeHandler: widgetUpgradeHandler(matrix, documents),
    undoHandler: widgetUndoHandler(matrix, documents),
    rights: { part: widgetPart, byItself: "nothing", byHand: byHand(library), outward: "nothing" },
    sites: () => library.sites(),
  };
}
