import type { WidgetDefinition } from "./definition.ts";

/** The websites that a definition leads to without anybody naming one: the host in its address, and its arguments' default servers. */
export function defaultSites({ url, arguments: known }: WidgetDefinition): readonly URL[] {
  const [, literal] = /^https:\/\/([a-z0-9.-]+(?::\d+)?)(?=[/?#]|$)/i.exec(url) ?? [];
  const servers = Object.values(known).flatMap(({ kind, default: value }) => {
    if (kind !== "server" && kind !== "servers" && kind !== "address") return [];
    return [value].flat().flatMap((one) => (typeof one === "string" ? [one.startsWith("https://") ? one : `https://${one}`] : []));
  });
  return [...(literal === undefined ? [] : [`https://${literal}`]), ...servers].flatMap((text) =>
    URL.canParse(text) ? [new URL(text)] : [],
  );
}
