import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import { declaredState } from "../../privacy/declared.ts";
import type { OwnAccount, RoomState } from "../../matrix/port.ts";
import type { Documents } from "../../store/documents.ts";
import { roomDocument } from "../../store/room.ts";
import { changeOf, withChanges } from "../../integrations/changes.ts";
import { widgetContent, widgetId } from "./custom.ts";
import { isOnTop, LAYOUT_TYPE, refuseFourth, withPlace } from "./layout.ts";
import type { Resolved } from "./resolve.ts";
import { altered, settingsOf, type WidgetEdit } from "./alter.ts";
import type { WidgetLibrary } from "./library.ts";
import { widgetPart, withRecord, type WidgetChange, type WidgetRecord } from "./records.ts";
import { readWidget, readWidgets, WIDGET_TYPE, type LiveWidget } from "./state.ts";

/** A widget as `list` shows it: what the room has now beside what Usher remembers of it. */
export interface KnownWidget {
  readonly live: LiveWidget;
  /** Undefined for one that Usher did not add. */
  readonly record: WidgetRecord | undefined;
}

interface FoundWidget {
  readonly shown: KnownWidget | undefined;
  readonly gone: WidgetRecord | undefined;
  readonly others: readonly KnownWidget[];
}

/** Who asked for a change, and in which event. */
interface Asker {
  readonly person: UserId;
  readonly cause: EventId;
}

/**
 * Adds, changes, arranges and removes the widgets of rooms. The room's state is the truth; Usher's records only say who asked, and what was there
 * before, so that it can be undone. Whatever changes something is safe to repeat for the same cause.
 */
export class Widgets {
  readonly #matrix: OwnAccount & RoomState;
  readonly #documents: Documents;
  readonly #clock: Clock;
  readonly #library: WidgetLibrary;

  constructor(
    matrix: OwnAccount & RoomState,
    documents: Documents,
    clock: Clock,
    library: WidgetLibrary,
  ) {
    this.#matrix = matrix;
    this.#documents = documents;
    this.#clock = clock;
    this.#library = library;
  }

  /** What the room shows now, and what Usher added that is gone since (removed by somebody else's hand). */
  async list(
    room: RoomId,
  ): Promise<{ readonly shown: readonly KnownWidget[]; readonly gone: readonly WidgetRecord[] }> {
    const [state, document] = await Promise.all([
      this.#matrix.allState(room),
      this.#documents.get(roomDocument, room),
    ]);
    const records = widgetPart.of(document);
    const all = readWidgets(state);
    return {
      shown: all.map((live) => ({ live, record: records.find(({ id }) => id === live.id) })),
      gone: records.filter((record) => !all.some(({ id }) => id === record.id)),
    };
  }

  /** The widget with this id, and the others that the room shows. `gone` is a record of Usher's whose widget the room no longer has. */
  async find(room: RoomId, id: string): Promise<FoundWidget> {
    const { shown, gone } = await this.list(room);
    const found = shown.find(({ live }) => live.id === id);
    return {
      shown: found,
      gone: gone.find((record) => record.id === id),
      others: shown.filter((one) => one !== found),
    };
  }

  /** As `find`, for what the room shows. Rejects with `item-unknown`. */
  async shown(room: RoomId, id: string): Promise<KnownWidget> {
    const { shown } = await this.find(room, id);
    if (shown === undefined) throw new UsherError("item-unknown", { id, advice: undefined });
    return shown;
  }

  /** Adds a widget. Once the room has had the event, present or emptied since, it is not sent again. */
  async add(
    room: RoomId,
    request: Asker & { readonly resolved: Resolved; readonly name: string },
  ): Promise<WidgetChange> {
    const { resolved, name, person, cause } = request;
    const { definition, url, link, data } = resolved;
    const id = widgetId(definition.id === "custom" ? new URL(url) : definition.id, cause);
    return this.#apply(room, cause, async () => {
      const before = await this.#matrix.state(room, WIDGET_TYPE, id);
      const at = this.#clock.now();
      const after =
        before ??
        widgetContent({ id, type: definition.type, url, name, creator: this.#matrix.me, data });
      const state = { type: WIDGET_TYPE, key: id, before: before ?? null, after };
      const settings = settingsOf(resolved);
      const recordAfter = {
        id,
        url: link,
        name,
        addedBy: person,
        addedAt: at,
        cause,
        definition: definition.id,
        settings,
      };
      return { cause, person, at, deed: "add", id, name, state, recordBefore: null, recordAfter };
    });
  }

  /**
   * What a widget would be with other settings or another name; undefined where nothing would differ. Rejects with `item-unknown`,
   * `widget-setting-fixed`, and as the library's `resolve` does.
   */
  async altered(
    room: RoomId,
    id: string,
    changes: ReadonlyMap<string, string>,
    cause: EventId,
  ): Promise<WidgetEdit | undefined> {
    const { live, record } = await this.shown(room, id);
    const content = (await this.#matrix.state(room, WIDGET_TYPE, live.id)) ?? {};
    return altered({ live, record, content }, changes, this.#library, { room, cause });
  }

  /** Changes a widget as `altered` says; undefined where nothing differs. */
  async set(
    room: RoomId,
    id: string,
    changes: ReadonlyMap<string, string>,
    { person, cause }: Asker,
  ): Promise<WidgetChange | undefined> {
    return this.#applyIfAny(room, cause, async () => {
      const next = await this.altered(room, id, changes, cause);
      if (next === undefined) return undefined;
      const { known, after, name, record } = next;
      const state = { type: WIDGET_TYPE, key: known.live.id, before: known.content, after };
      const records = { recordBefore: known.record ?? null, recordAfter: record ?? null };
      return {
        cause,
        person,
        at: this.#clock.now(),
        deed: "set",
        id: known.live.id,
        name,
        state,
        ...records,
      };
    });
  }

  /** Whether the widget stands above the conversation, and which widgets do. */
  async place(
    room: RoomId,
    widget: LiveWidget,
  ): Promise<{ readonly onTop: boolean; readonly top: readonly LiveWidget[] }> {
    const [layout, { shown }] = await Promise.all([
      this.#matrix.state(room, LAYOUT_TYPE, ""),
      this.list(room),
    ]);
    return {
      onTop: isOnTop(layout, widget),
      top: shown.flatMap(({ live }) => (isOnTop(layout, live) ? [live] : [])),
    };
  }

  /**
   * Puts a widget above the conversation, or beside it again; undefined where it is there already.
   * Rejects with `item-unknown`, and with `widget-top-full` where clients would not show it there.
   */
  async move(
    room: RoomId,
    id: string,
    place: "top" | "right",
    { person, cause }: Asker,
  ): Promise<WidgetChange | undefined> {
    return this.#applyIfAny(room, cause, async () => {
      const { live, record = null } = await this.shown(room, id);
      const [layout, { shown }, { onTop, top }] = await Promise.all([
        this.#matrix.state(room, LAYOUT_TYPE, ""),
        this.list(room),
        this.place(room, live),
      ]);
      if (onTop === (place === "top")) return undefined;
      if (place === "top") refuseFourth(top);
      const after = withPlace(
        layout,
        live,
        place,
        shown.map((one) => one.live),
      );
      const state = { type: LAYOUT_TYPE, key: "", before: layout ?? null, after };
      const deed = place === "top" ? "pin" : "unpin";
      return {
        cause,
        person,
        at: this.#clock.now(),
        deed,
        id: live.id,
        name: live.name,
        state,
        recordBefore: record,
        recordAfter: record,
      };
    });
  }

  /**
   * Takes a widget out of the room's view (its state becomes empty) and out of Usher's records.
   * Tells what the room showed until now; undefined where it showed nothing any more.
   */
  async remove(
    room: RoomId,
    id: string,
    { person, cause }: Asker,
  ): Promise<{ readonly name: string; readonly url: string } | undefined> {
    const change = await this.#applyIfAny(room, cause, async () => {
      const before = await this.#matrix.state(room, WIDGET_TYPE, id);
      const live = before === undefined ? undefined : readWidget(id, this.#matrix.me, before);
      if (before === undefined || live === undefined) return undefined;
      const record =
        widgetPart.of(await this.#documents.get(roomDocument, room)).find((one) => one.id === id) ??
        null;
      const state = { type: WIDGET_TYPE, key: id, before, after: {} };
      return {
        cause,
        person,
        at: this.#clock.now(),
        deed: "remove",
        id,
        name: live.name,
        state,
        recordBefore: record,
        recordAfter: null,
      };
    });
    if (change === undefined) {
      await this.#documents.update(roomDocument, room, (document) =>
        withRecord(document, id, null),
      );
      return undefined;
    }
    return readWidget(id, this.#matrix.me, change.state.before ?? {});
  }

  async #apply(
    room: RoomId,
    cause: EventId,
    make: () => Promise<WidgetChange>,
  ): Promise<WidgetChange> {
    const known = await this.#known(room, cause);
    const change = known ?? (await make());
    // Remembered before it is done: a crash in between leaves what is needed to finish it as it was meant.
    if (known === undefined)
      await this.#documents.update(roomDocument, room, (document) =>
        withChanges(document, [change], this.#clock.now()),
      );
    const { type, key, after } = change.state;
    const current = await this.#matrix.state(room, type, key);
    // At a repetition, what somebody else has changed or emptied meanwhile stays.
    if (
      isDeepStrictEqual(current ?? null, change.state.before) &&
      !isDeepStrictEqual(current, after)
    )
      await this.#matrix.setState(room, declaredState(type), key, after);
    await this.#documents.update(roomDocument, room, (document) =>
      withRecord(document, change.id, change.recordAfter),
    );
    return change;
  }

  /** What a crash may have left half done. */
  async #known(room: RoomId, cause: EventId): Promise<WidgetChange | undefined> {
    return widgetPart.own(changeOf(await this.#documents.get(roomDocument, room), cause));
  }

  async #applyIfAny(
    room: RoomId,
    cause: EventId,
    make: () => Promise<WidgetChange | undefined>,
  ): Promise<WidgetChange | undefined> {
    const change = (await this.#known(room, cause)) ?? (await make());
    return change === undefined
      ? undefined
      : this.#apply(room, cause, () => Promise.resolve(change));
  }
}
