import { offering } from "../../chat/arguments.ts";
import {
  defineCommand,
  optional,
  required,
  type Answer,
  type Command,
  type Plan,
  type Request,
} from "../../chat/command.ts";
import { asTyped } from "../../chat/tokenize.ts";
import { offeredIds, type Catalogue } from "../../integrations/catalogue.ts";
import { settingsOf } from "./alter.ts";
import { cautions } from "./cautions.ts";
import { settingNames, type WidgetDefinition } from "./definition.ts";
import { isOnTop } from "./layout.ts";
import type { WidgetSetup, WidgetLibrary } from "./library.ts";
import { secretIn, type Resolved } from "./resolve.ts";
import { WIDGET_TYPE } from "./state.ts";
import type { KnownWidget, Widgets } from "./widgets.ts";
import { UsherError, type View } from "../../kernel/errors.ts";
import type { RoomId } from "../../kernel/ids.ts";
import type { RoomEncryption } from "../../matrix/port.ts";
import { hostView } from "./hostView.ts";
import { entryOrUrl, settings, writeSettings, type Settings } from "../../commands/settings.ts";

interface AddWidgetDeps {
  readonly widgets: Pick<Widgets, "list" | "add">;
  readonly library: WidgetLibrary;
  readonly catalogue: Catalogue;
  readonly encryption: RoomEncryption["encryption"];
}

type What = { readonly entry: string } | { readonly url: URL };

/** A widget as asked for. */
interface Wanted {
  readonly resolved: Resolved;
  readonly name: string;
  /** The address that was pasted, where no kind was named. */
  readonly pasted: URL | undefined;
  /** What the address says, and the widget cannot show. */
  readonly leftOut: readonly string[];
}

/** `add widget <entry or url> [key=value …]`: something from the catalogue, or any web page, becomes a widget of the room. */
export function addWidget(parts: AddWidgetDeps): Command {
  const { widgets } = parts;
  return defineCommand({
    words: "add widget",
    aliases: ["widget add", "addwidget"],
    suits: (word) => /^https?:\/\//i.test(word) || parts.catalogue.find(word)?.kind === "widget",
    parameters: {
      what: required(
        offering(entryOrUrl(), () => offeredIds(parts.catalogue.browse({ kind: "widget" }))),
      ),
      settings: optional(settings()),
    },
    example: 'add widget jitsi name="Team call"',
    changes: true,
    deed: "add-widget",
    needs: () => [{ kind: "state", type: WIDGET_TYPE }],
    plan: ({ what, settings: given }, request) =>
      planned(parts, wanted(parts, what, given, request), request.room),
    perform: async ({ what, settings: given }, request) => {
      const { resolved, name } = wanted(parts, what, given, request);
      // Clients show nothing of a new widget but a call, until somebody looks for it.
      const onTop = isOnTop(undefined, { id: "", type: resolved.definition.type });
      const added = await widgets.add(request.room, {
        resolved,
        name,
        person: request.person,
        cause: request.event,
      });
      return { template: "widget/added", view: { id: added.id, name, url: resolved.link, onTop } };
    },
  });
}

/** The widget is there already, or is shown before it is added. */
async function planned(
  { widgets, library, encryption }: AddWidgetDeps,
  asked: Wanted,
  room: RoomId,
): Promise<Plan> {
  const { resolved, name, pasted, leftOut } = asked;
  const { definition, link } = resolved;
  const { shown } = await widgets.list(room);
  const there = shown.find(({ live }) => [resolved.url, link].includes(live.url));
  if (there !== undefined) return { nothing: exists(there, link) };
  return {
    preview: {
      template: "widget/preview",
      view: { ...previewView(asked), encrypted: (await encryption(room)) !== "none" },
    },
    cautions: [
      ...cautions({ link, name, resolved }, shown),
      ...asPage(library, definition, pasted),
    ],
    aside:
      leftOut.length === 0
        ? undefined
        : {
            template: "widget/left-out",
            view: { leftOut: leftOut.slice(0, MOST_NAMED).map(short) },
          },
    // The catalogue may change, and so may the way addresses are known.
    exactly: `add widget ${definition.id}${writeSettings([...Object.entries(settingsOf(resolved)), ["name", name]])}`,
  };
}

function exists({ live, record }: KnownWidget, url: string): Answer {
  const addedBy = record === undefined ? live.sender : record.addedBy;
  return { template: "widget/exists", view: { id: live.id, name: live.name, url, addedBy } };
}

function previewView({ resolved, name, leftOut }: Wanted): View {
  const { definition, link, url, handsOver } = resolved;
  return {
    name,
    url: link,
    entry: definition.id === "custom" || definition.name === name ? undefined : definition.name,
    leftOut: leftOut.slice(0, MOST_PREVIEWED).map(short),
    more: Math.max(0, leftOut.length - MOST_PREVIEWED),
    price: `price/${definition.price}`,
    ...hostView(definition, url),
    handsOver: handsOver.map((variable) => `variable/${variable}`),
  };
}

/** As many parameters as people read through, and as many as a preview has room for. */
const MOST_NAMED = 10;
const MOST_PREVIEWED = 2;
function short(name: string): string {
  return name.length <= 40 ? name : `${name.slice(0, 39).toWellFormed()}…`;
}

/** Rejects with `entry-unknown` or `entry-not-widget`, and as the library's `recognise` and `resolve` do. */
function wanted(
  { library, catalogue }: AddWidgetDeps,
  what: What,
  given: Settings | undefined,
  request: Request,
): Wanted {
  const named = Object.fromEntries([...(given?.named ?? [])].filter(([key]) => key !== "name"));
  const found =
    "url" in what
      ? library.recognise(what.url)
      : entryIn(library, catalogue, what.entry, given?.main);
  // An address says all there is to say, so that nothing may stand beside it without a key.
  if ("url" in what && given?.main !== undefined)
    throw new UsherError("widget-setting-unknown", unknown(found, given.main));
  const resolved = library.resolve(
    { definition: found.definition, settings: { ...found.settings, ...named } },
    { room: request.room, cause: request.event },
  );
  const plain =
    found.definition.id === "custom" ? new URL(resolved.link).hostname : found.definition.name;
  const pasted = "url" in what ? what.url : undefined;
  return {
    resolved,
    name: given?.named.get("name") ?? plain,
    pasted,
    leftOut: found.leftOut ?? [],
  };
}

/** How an address that was pasted is shown as it is, unless that would be refused. `info` says it too. */
function asPage(
  library: WidgetLibrary,
  { id }: WidgetDefinition,
  url: URL | undefined,
): readonly Answer[] {
  const custom = library.get("custom");
  if (url === undefined || id === "custom" || custom?.enabled !== true) return [];
  if (secretIn(custom, url) !== undefined) return [];
  return [
    { template: "caution/as-page", view: { asPage: `add widget custom ${asTyped(url.href)}` } },
  ];
}

function entryIn(
  library: WidgetLibrary,
  catalogue: Catalogue,
  said: string,
  main: string | undefined,
): WidgetSetup {
  const entry = catalogue.find(said);
  if (entry === undefined)
    throw new UsherError("entry-unknown", { said, nearest: catalogue.nearest(said) });
  const definition = entry.kind === "widget" ? library.get(entry.id) : undefined;
  if (definition === undefined)
    throw new UsherError("entry-not-widget", { name: entry.name, id: entry.id, kind: entry.kind });
  if (main === undefined) return { definition, settings: {} };
  const read =
    URL.canParse(main) && main.startsWith("https://")
      ? library.read(definition, new URL(main))
      : undefined;
  if (read !== undefined) return { definition, ...read };
  if (definition.main === undefined)
    throw new UsherError("widget-setting-unknown", unknown({ definition, settings: {} }, main));
  return { definition, settings: { [definition.main]: main } };
}

function unknown(
  { definition }: WidgetSetup,
  setting: string,
): { readonly [name: string]: string | readonly string[] | undefined } {
  return {
    setting,
    id: definition.id,
    nearest: undefined,
    settings: settingNames(definition),
  };
}
