import type { Command } from "../chat/command.ts";
import type { Catalogue } from "../integrations/catalogue.ts";
import type { History } from "../integrations/history.ts";
import type { WidgetLibrary } from "../integrations/widgets/library.ts";
import type { Widgets } from "../integrations/widgets/widgets.ts";
import type { Clock } from "../kernel/clock.ts";
import type { MatrixPort } from "../matrix/port.ts";
import type { Documents } from "../store/documents.ts";
import { adminCommands, type AdminParts } from "./admin/index.ts";
import { browse } from "./browse.ts";
import { addBot, type BotParts } from "./bots/addBot.ts";
import { botInfo } from "./bots/botInfo.ts";
import { placedBots } from "./bots/placedBots.ts";
import { help } from "./help.ts";
import { info } from "./info.ts";
import { list } from "./list.ts";
import { move } from "./move.ts";
import { privacy } from "./privacy.ts";
import { remove } from "./remove.ts";
import { set } from "./set.ts";
import { show } from "./show.ts";
import { status, type Health } from "./status.ts";
import { undo } from "./undo.ts";
import { addWidget } from "./widgets/addWidget.ts";
import { pin } from "./widgets/pin.ts";
import { placedWidgets } from "./widgets/placedWidgets.ts";
import { widgetInfo } from "./widgets/widgetInfo.ts";

interface Parts extends AdminParts {
  readonly matrix: AdminParts["matrix"] & Pick<MatrixPort, "power" | "encryption">;
  readonly catalogue: Catalogue;
  readonly library: WidgetLibrary;
  readonly widgets: Widgets;
  readonly bots: BotParts;
  readonly history: History;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly health: () => Promise<Health>;
}

/** Every command, in the order in which help lists them: what people need every day first. */
export function allCommands(parts: Parts): readonly Command[] {
  const { catalogue, library, widgets } = parts;
  const placed = [placedWidgets(widgets, library), placedBots(parts.bots)];
  const commands: readonly Command[] = [
    help(parts.matrix, () => commands),
    browse(catalogue),
    info(catalogue, { widget: (entry) => widgetInfo(library, entry), bot: ({ id }) => botInfo(parts.bots.entries, id) }),
    addWidget(parts),
    addBot(parts.bots),
    list(placed),
    remove(placed),
    undo(parts.history),
    status(parts),
    privacy(),
    show(placed),
    set(placed),
    pin(widgets, "pin"),
    pin(widgets, "unpin"),
    move(parts),
    ...adminCommands(parts),
  ];
  return commands;
}
