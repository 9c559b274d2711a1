import type { WidgetDefinition } from "./definition.ts";

/** The websites that a definition leads to without anybody naming one: the host in its address, and its arguments' default server. */
export function defaultSites({ url, arguments: known }: WidgetDefinition): readonly URL[] {
  const [, literal] = /^https:\/\/([a-z0-9.-]+(?::\d+)?)(?=[/?#]|$)/i.exec(url) ?? [];
  const servers = Object.values(known).flatMap(({ kind, default: value }) => {
    if (kind !== "server" && kind !== "address") return [];
    return typeof value === "string"
      ? [value.startsWith("https://") ? value : `https://${value}`]
      : [];
  });
  return [...(literal === undefined ? [] : [`https://${literal}`]), ...servers].flatMap((text) =>
    URL.canParse(text) ? [new URL(text)] : [],
  );
}
