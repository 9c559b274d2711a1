import { browse } from "../../src/commands/browse.ts";
import { info } from "../../src/commands/info.ts";
import { list } from "../../src/commands/list.ts";
import { remove } from "../../src/commands/remove.ts";
import { set } from "../../src/commands/set.ts";
import { show } from "../../src/commands/show.ts";
import { undo } from "../../src/commands/undo.ts";
import { addWidget } from "../../src/kinds/widgets/addWidget.ts";
import { pin } from "../../src/kinds/widgets/pin.ts";
import { widgetItems } from "../../src/kinds/widgets/items.ts";
import { widgetInfo } from "../../src/kinds/widgets/widgetInfo.ts";
import { Catalogue, type CatalogueEntry } from "../../src/integrations/catalogue.ts";
import { openLibrary, type DefinitionChanges } from "../../src/kinds/widgets/library.ts";
import { History } from "../../src/integrations/history.ts";
import { widgetUndoHandler } from "../../src/kinds/widgets/undo.ts";
import { Widgets } from "../../src/kinds/widgets/widgets.ts";
import { ManualClock } from "../../src/kernel/clock.ts";
import type { RoomId, UserId } from "../../src/kernel/ids.ts";
import type { Encryption } from "../../src/matrix/port.ts";
import type { Documents } from "../../src/store/documents.ts";
import { ALL_KEPT } from "./allKept.ts";
import { CommandTalk } from "./commandTalk.ts";
import { memoryDocuments } from "./memoryDocuments.ts";
import { memorySetUps } from "./memorySetUps.ts";
import { MemoryRoom } from "./memoryRoom.ts";

const ROOM = "!room:example.org" as RoomId;
const PERSON = "@ada:example.org" as UserId;

/** What a room of widgets may have around it. */
interface Surroundings {
  /** Of the catalogue, what is no widget. */
  readonly others?: readonly CatalogueEntry[];
  readonly noticeUrl?: string;
}

/** A room, and Usher's commands about widgets in it: lines go in, sentences come out. Who may do what is asked elsewhere. */
export class WidgetTalk extends CommandTalk {
  readonly room: MemoryRoom;
  /** Of the room, as Usher knows it. */
  encryption: Encryption = "none";
  readonly clock: ManualClock;
  readonly documents: Documents;
  readonly widgets: Widgets;
  readonly history: History;

  constructor(definitions: DefinitionChanges = {}, { others = [], noticeUrl }: Surroundings = {}) {
    const library = openLibrary(definitions);
    const catalogue = new Catalogue(
      [...library.entries(), ...others],
      [
        { kind: "widget", plural: "widgets" },
        { kind: "bot", plural: "bots" },
      ],
    );
    const room = new MemoryRoom();
    const clock = new ManualClock();
    const documents = memoryDocuments();
    const widgets = new Widgets(room, documents, clock, library);
    const history = new History({
      documents,
      clock,
      undoHandlers: [widgetUndoHandler(room, documents)],
      setUps: memorySetUps({ documents, clock }),
      retention: ALL_KEPT,
    });
    const encryption = (): Promise<Encryption> => Promise.resolve(this.encryption);
    const items = [widgetItems({ widgets, library, encryption })];
    const commands = [
      browse(catalogue),
      info(catalogue, [{ kind: "widget", info: (entry) => widgetInfo(library, entry) }]),
      addWidget({ widgets: widgets, library, catalogue, encryption }),
      list(items, ["widgets"]),
      show(items),
      set(items),
      remove(items, ["widget"]),
      pin(widgets, "pin"),
      pin(widgets, "unpin"),
      undo(history),
    ];
    super(commands, { room: ROOM, person: PERSON, me: room.me, noticeUrl });
    this.room = room;
    this.clock = clock;
    this.documents = documents;
    this.widgets = widgets;
    this.history = history;
  }
}
