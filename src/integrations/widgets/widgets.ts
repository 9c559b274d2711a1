import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../../kernel/clock.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import type { MatrixPort } from "../../matrix/port.ts";
import type { Documents } from "../../store/documents.ts";
import { roomDocument, type RoomDocument } from "../../store/room.ts";
import { customWidget, stateUrl, widgetId } from "./custom.ts";
import { readWidget, readWidgets, WIDGET_TYPE, type LiveWidget } from "./state.ts";

export type WidgetRecord = RoomDocument["widgets"][number];

/** A widget as `list` shows it: what the room has now beside what Usher remembers of it. */
export interface KnownWidget {
  readonly live: LiveWidget;
  /** Undefined for one that Usher did not add. */
  readonly record: WidgetRecord | undefined;
}

/** Adds, finds and removes the widgets of rooms. The room's state is the truth; Usher's records only say who asked. */
export class Widgets {
  readonly #matrix: Pick<MatrixPort, "me" | "allState" | "state" | "setState">;
  readonly #documents: Documents;
  readonly #clock: Clock;

  constructor(matrix: Pick<MatrixPort, "me" | "allState" | "state" | "setState">, documents: Documents, clock: Clock) {
    this.#matrix = matrix;
    this.#documents = documents;
    this.#clock = clock;
  }

  /** What the room shows now, and what Usher added that is gone since (removed by somebody else's hand). */
  async list(room: RoomId): Promise<{ readonly shown: readonly KnownWidget[]; readonly gone: readonly WidgetRecord[] }> {
    const [state, document] = await Promise.all([this.#matrix.allState(room), this.#documents.get(roomDocument, room)]);
    const records = document?.widgets ?? [];
    const live = readWidgets(state);
    return {
      shown: live.map((widget) => ({ live: widget, record: records.find((record) => record.id === widget.id) })),
      gone: records.filter((record) => !live.some((widget) => widget.id === record.id)),
    };
  }

  /** The widget of the room whose address is this one, whoever added it. */
  async withUrl(room: RoomId, url: URL): Promise<KnownWidget | undefined> {
    const wanted = stateUrl(url);
    return (await this.list(room)).shown.find(({ live }) => live.url === wanted || live.url === url.href);
  }

  /**
   * The widget with this id, or whose id begins with it if there is only one such.
   * `gone` is a record of Usher's whose widget the room no longer has.
   */
  async find(room: RoomId, id: string): Promise<{ readonly shown?: KnownWidget; readonly gone?: WidgetRecord }> {
    const { shown, gone } = await this.list(room);
    const exact = shown.find(({ live }) => live.id === id);
    if (exact !== undefined) return { shown: exact };
    const begin = shown.filter(({ live }) => live.id.startsWith(id));
    if (begin.length === 1 && begin[0] !== undefined) return { shown: begin[0] };
    const lost = gone.find((record) => record.id === id);
    return lost === undefined ? {} : { gone: lost };
  }

  /**
   * Adds a web page as a widget. Safe to repeat for the same cause: the id comes from it, and once the room has had the event,
   * present or emptied since, it is not sent again.
   */
  async add(
    room: RoomId,
    request: { readonly url: URL; readonly name: string; readonly person: UserId; readonly cause: EventId },
  ): Promise<LiveWidget> {
    const id = widgetId(request.url, request.cause);
    const content = customWidget({ id, url: stateUrl(request.url), name: request.name, creator: this.#matrix.me });
    if ((await this.#matrix.state(room, WIDGET_TYPE, id)) === undefined) await this.#matrix.setState(room, WIDGET_TYPE, id, content);
    const at = this.#clock.now();
    await this.#documents.update(roomDocument, room, (document) =>
      document.widgets.some((record) => record.id === id)
        ? document
        : {
            ...document,
            widgets: [
              ...document.widgets,
              { id, url: request.url.href, name: request.name, addedBy: request.person, addedAt: at, cause: request.cause },
            ],
          },
    );
    return { id, name: request.name, url: stateUrl(request.url), type: "m.custom", sender: this.#matrix.me };
  }

  /**
   * Takes a widget out of the room's view (its state becomes empty) and out of Usher's records. Safe to repeat.
   * Tells what the room showed until now; undefined where it showed nothing any more.
   */
  async remove(room: RoomId, id: string): Promise<{ readonly name: string; readonly url: string } | undefined> {
    const content = await this.#matrix.state(room, WIDGET_TYPE, id);
    if (content !== undefined && !isDeepStrictEqual(content, {})) await this.#matrix.setState(room, WIDGET_TYPE, id, {});
    await this.#documents.update(roomDocument, room, (document) =>
      document.widgets.some((one) => one.id === id) ? { ...document, widgets: document.widgets.filter((one) => one.id !== id) } : document,
    );
    return content === undefined ? undefined : readWidget(id, this.#matrix.me, content);
  }
}
