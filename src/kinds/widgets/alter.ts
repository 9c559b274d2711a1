import { isDeepStrictEqual } from "node:util";
import { UsherError } from "../../kernel/errors.ts";
import type { Content } from "../../matrix/port.ts";
import type { WidgetRecord } from "./records.ts";
import type { WidgetSetup, WidgetLibrary } from "./library.ts";
import type { Circumstances, Resolved } from "./resolve.ts";
import type { LiveWidget } from "./state.ts";
import { written } from "./template.ts";

/** A widget, with all that is known of it. */
interface Known {
  readonly live: LiveWidget;
  readonly record: WidgetRecord | undefined;
  /** The state event's content, as it is. */
  readonly content: Content;
}

/** A widget as it would be. */
export interface WidgetEdit {
  readonly known: Known;
  readonly after: Content;
  readonly name: string;
  /** Usher's record, where it has one. */
  readonly record: WidgetRecord | undefined;
  /** Undefined where only the name changes. */
  readonly resolved: Resolved | undefined;
}

/** The settings of a widget, as a person would write them; without what follows from others, or is the operator's to set. */
export function settingsOf({
  definition,
  values,
}: Pick<Resolved, "definition" | "values">): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      const argument = definition.arguments[name];
      const follows =
        argument?.follows !== undefined && values[argument.follows.argument] !== undefined;
      return argument === undefined || argument.operatorOnly || follows
        ? []
        : [[name, written(value)]];
    }),
  );
}

/** What a widget is made of: by Usher's own record if the room still shows what that says, else by what can be read from it. */
export function understood(
  { live, record }: Pick<Known, "live" | "record">,
  library: WidgetLibrary,
  circumstances: Circumstances,
): WidgetSetup | undefined {
  const definition = record?.definition === undefined ? undefined : library.get(record.definition);
  if (definition !== undefined && record?.settings !== undefined) {
    const recorded = { definition, settings: record.settings };
    if (makes(recorded, live.url, library, circumstances)) return recorded;
  }
  return library.understand(live);
}

/** Whether these settings still make this address: the operator may have changed the definition since. */
function makes(
  recorded: WidgetSetup,
  url: string,
  library: WidgetLibrary,
  circumstances: Circumstances,
): boolean {
  try {
    return library.resolve(recorded, circumstances).url === url;
  } catch (error) {
    if (error instanceof UsherError) return false;
    throw error;
  }
}

/**
 * The widget with other settings, or another name; undefined where nothing would differ. Whatever else stands in its state stays as it is.
 * Rejects with `widget-setting-fixed` where its settings cannot be read, and as `resolve` does.
 */
export function altered(
  known: Known,
  changes: ReadonlyMap<string, string>,
  library: WidgetLibrary,
  circumstances: Circumstances,
): WidgetEdit | undefined {
  const { live, record, content } = known;
  const name = changes.get("name") ?? live.name;
  const settings = Object.fromEntries([...changes].filter(([key]) => key !== "name"));
  const was =
    Object.keys(settings).length === 0 ? undefined : understood(known, library, circumstances);
  if (Object.keys(settings).length > 0 && was === undefined)
    throw new UsherError("widget-setting-fixed", { id: live.id, name: live.name });
  const resolved =
    was === undefined ? undefined : library.resolve(joined(was, settings), circumstances);
  const renamed = changes.has("name") ? { name } : {};
  const title = changes.has("name") ? { title: name } : {};
  const after = {
    ...content,
    ...renamed,
    ...(resolved === undefined ? {} : { url: resolved.url }),
    ...(resolved === undefined && !changes.has("name")
      ? {}
      : { data: { ...without(live.data, resolved), ...resolved?.data, ...title } }),
  };
  if (isDeepStrictEqual(after, content)) return undefined;
  const now =
    resolved === undefined
      ? {}
      : { url: resolved.link, definition: resolved.definition.id, settings: settingsOf(resolved) };
  return {
    known,
    after,
    name,
    resolved,
    record: record === undefined ? undefined : { ...record, name, ...now },
  };
}

/** Of arguments that exclude each other, the one that was just given counts. */
function joined(
  { definition, settings: before }: WidgetSetup,
  settings: Readonly<Record<string, string>>,
): WidgetSetup {
  const excluded = definition.oneOf.some((name) => name in settings) ? definition.oneOf : [];
  const kept = Object.fromEntries(
    Object.entries(before).filter(([name]) => !excluded.includes(name)),
  );
  return { definition, settings: { ...kept, ...settings } };
}

/** What the definition does not write itself. */
function without(data: Content, resolved: Resolved | undefined): Content {
  const own = Object.keys(resolved?.definition.data ?? {});
  return Object.fromEntries(Object.entries(data).filter(([key]) => !own.includes(key)));
}
