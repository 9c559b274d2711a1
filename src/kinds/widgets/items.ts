import { dayOf } from "../../kernel/days.ts";
import type { Answer, Deed } from "../../chat/command.ts";
import { asTyped, quote } from "../../chat/tokenize.ts";
import { settingsOf, understood } from "./alter.ts";
import { cautions } from "./cautions.ts";
import { filledUrl, handsOver } from "./custom.ts";
import type { WidgetLibrary } from "./library.ts";
import type { Resolved } from "./resolve.ts";
import { WIDGET_TYPE } from "./state.ts";
import type { KnownWidget, Widgets } from "./widgets.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { EventId, RoomId } from "../../kernel/ids.ts";
import type { RoomEncryption } from "../../matrix/port.ts";
import type { Need } from "../../matrix/power.ts";
import type { Named } from "../../integrations/match.ts";
import { unknown, type ItemCommands } from "../../integrations/itemCommands.ts";
import { hostView } from "./hostView.ts";
import { writeSettings } from "../../commands/settings.ts";

interface WidgetItemsDeps {
  readonly widgets: Widgets;
  readonly library: WidgetLibrary;
  readonly encryption: RoomEncryption["encryption"];
}

/** What the commands that go by id do with widgets. What others put there is touched only when it is named and confirmed. */
export function widgetItems(deps: WidgetItemsDeps): ItemCommands {
  return {
    list: (room) => listed(deps, room),
    things: (room) => things(deps.widgets, room),
    show: (room, id) => show(deps, room, id),
    set: setting(deps),
    remove: removing(deps),
  };
}

async function listed(
  { widgets, library }: WidgetItemsDeps,
  room: RoomId,
): Promise<Answer | undefined> {
  const { shown, gone } = await widgets.list(room);
  if (shown.length === 0 && gone.length === 0) return undefined;
  const mine = shown.flatMap(({ live, record }) =>
    record === undefined ? [] : [{ live, record }],
  );
  const line = (one: KnownWidget): { id: string; name: string; url: string } => ({
    id: asTyped(one.live.id),
    name: one.live.name,
    url: linkOf(one, library, room),
  });
  return {
    template: "list/widgets",
    view: {
      mine: mine.map((one) => ({
        ...line(one),
        addedBy: one.record.addedBy,
        addedOn: dayOf(one.record.addedAt),
      })),
      others: shown
        .filter(({ record }) => record === undefined)
        .map((one) => ({ ...line(one), addedBy: one.live.sender })),
      gone: gone.map(({ id, name, addedBy, addedAt }) => ({
        id: asTyped(id),
        name,
        addedBy,
        addedOn: dayOf(addedAt),
      })),
    },
  };
}

function setting({
  widgets,
  library,
  encryption,
}: WidgetItemsDeps): NonNullable<ItemCommands["set"]> {
  return {
    usual: USUAL,
    needs: (id) => Promise.resolve(deed("set-widget", id)),
    plan: async (id, changes, { room, event }) => {
      const next = await widgets.altered(room, id, changes, event);
      const { live, record } = await widgets.shown(room, id);
      if (next === undefined)
        return {
          nothing: {
            template: "widget/unchanged",
            view: { id: asTyped(live.id), name: live.name },
          },
        };
      const { resolved, name } = next;
      return {
        preview: {
          template: "widget/set-preview",
          view: {
            id: asTyped(live.id),
            was: live.name,
            name: name === live.name ? undefined : name,
            theirs: record === undefined ? live.sender : undefined,
            encrypted: (await encryption(room)) !== "none",
            page:
              resolved === undefined ? undefined : { url: resolved.link, ...visitors(resolved) },
          },
        },
        exactly: `set ${quote(live.id)}${writeSettings(changes)}`,
      };
    },
    perform: async (id, changes, { room, person, event }) => {
      const change = await widgets.set(room, id, changes, { person, cause: event });
      const { live, record } = await widgets.shown(room, id);
      const url = linkOf({ live, record }, library, room);
      return {
        template: change === undefined ? "widget/unchanged" : "widget/set",
        view: { id: asTyped(id), name: live.name, ...(change && { url }) },
      };
    },
  };
}

function removing({ widgets, library }: WidgetItemsDeps): ItemCommands["remove"] {
  return {
    usual: USUAL,
    needs: (id) => Promise.resolve(deed("remove-widget", id)),
    plan: async (id, _, { room }) => {
      const { shown, gone } = await widgets.find(room, id);
      if (shown !== undefined) {
        const { live, record } = shown;
        const url = linkOf(shown, library, room);
        const view = {
          id: asTyped(live.id),
          name: live.name,
          url,
          addedBy: record === undefined ? live.sender : record.addedBy,
        };
        return {
          preview: {
            template:
              record === undefined ? "widget/foreign-remove-preview" : "widget/remove-preview",
            view,
          },
          // State keys may hold anything.
          exactly: `remove ${quote(live.id)}`,
        };
      }
      if (gone === undefined) throw unknown(id, []);
      return { unseen: true, exactly: `remove ${quote(gone.id)}` };
    },
    perform: async (id, _, { room, person, event }) => {
      const { shown } = await widgets.find(room, id);
      const was = await widgets.remove(room, id, { person, cause: event });
      if (was === undefined) return { template: "already-gone", view: { id: asTyped(id) } };
      const url = shown === undefined ? was.url : linkOf(shown, library, room);
      return { template: "widget/removed", view: { id: asTyped(id), name: was.name, url } };
    },
  };
}

const USUAL: readonly Need[] = [{ kind: "state", type: WIDGET_TYPE }];

/** What the room shows, and what Usher remembers of what it showed. */
export async function things(
  widgets: Pick<Widgets, "list">,
  room: RoomId,
): Promise<readonly Named[]> {
  const { shown, gone } = await widgets.list(room);
  return [...shown.map(({ live }) => live), ...gone];
}

function deed(name: string, id: string): Deed {
  return { deed: name, needs: [{ kind: "state", type: WIDGET_TYPE, key: id }] };
}

/** What whoever opens it tells whom. */
function visitors({
  definition,
  url,
  handsOver: variables,
}: Resolved): ReturnType<typeof hostView> {
  return {
    ...hostView(definition, url),
    handsOver: variables.map((variable) => `variable/${variable}`),
  };
}

async function show(
  { widgets, library, encryption }: WidgetItemsDeps,
  room: RoomId,
  id: string,
): Promise<Answer> {
  const { shown, gone, others } = await widgets.find(room, id);
  if (shown === undefined) {
    if (gone === undefined) throw unknown(id, []);
    return {
      template: "widget/show-gone",
      view: {
        id: asTyped(id),
        name: gone.name,
        addedBy: gone.addedBy,
        addedOn: dayOf(gone.addedAt),
      },
    };
  }
  const { live, record } = shown;
  const { onTop } = await widgets.place(room, live);
  const resolved = resolvedOf(shown, library, room);
  const url = linkOf(shown, library, room);
  const settings =
    resolved === undefined
      ? []
      : Object.entries(settingsOf(resolved)).filter(([, value]) => value !== "");
  return {
    template: "widget/show",
    view: {
      id: asTyped(live.id),
      name: live.name,
      url,
      addedBy: record === undefined ? live.sender : record.addedBy,
      addedOn: record === undefined ? undefined : dayOf(record.addedAt),
      theirs: record === undefined,
      onTop,
      entry: resolved?.definition.name,
      entryId: resolved?.definition.id,
      settings: settings.map(([key, value]) => ({
        key,
        value: value.length > MAX_SHOWN ? `${value.slice(0, 100)}…` : value,
      })),
      ...(resolved === undefined
        ? { host: undefined, who: undefined, byOperator: false, policy: undefined }
        : hostView(resolved.definition, resolved.url)),
      handsOver: [...new Set([...handsOver(live.url), ...(resolved?.handsOver ?? [])])].map(
        (variable) => `variable/${variable}`,
      ),
      encrypted: (await encryption(room)) !== "none",
      cautions: cautions({ link: resolved?.link ?? url, name: live.name, resolved }, others),
    },
  };
}

/** What a widget is made of, as far as that can be read: undefined where it cannot, or where its settings are none that its kind takes. */
function resolvedOf(
  { live, record }: KnownWidget,
  library: WidgetLibrary,
  room: RoomId,
): Resolved | undefined {
  // Nothing is generated for what is there: what would follow from a command is in its settings already.
  const circumstances = { room, cause: record?.cause ?? ("$none" as EventId) };
  const shown = record === undefined ? { ...live, url: filledUrl(live.url, live.data) } : live;
  try {
    const known = understood({ live: shown, record }, library, circumstances);
    return known === undefined ? undefined : library.resolve(known, circumstances);
  } catch (error) {
    if (error instanceof UsherError) return undefined;
    throw error;
  }
}

/** The address for people, whatever their client. */
function linkOf(widget: KnownWidget, library: WidgetLibrary, room: RoomId): string {
  const { url, data } = widget.live;
  const link = resolvedOf(widget, library, room)?.link ?? filledUrl(url, data);
  // Cut, it leads nowhere, so it must not look like a link.
  return link.length <= MAX_SHOWN ? link : `${link.replace(/^https?:\/\//, "").slice(0, 100)}…`;
}

/** As long as any address that people open; an event has room for a hundred times that. UTF-16 units. */
const MAX_SHOWN = 2_048;
