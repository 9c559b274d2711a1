import type { Source } from "./sources.ts";

/** Names of log lines that the source writes and `docs/running.md` says nothing of, or the other way round, in words. */
export function logNameFaults(sources: readonly Source[]): readonly string[] {
  const page = sources.find(({ path }) => path === "docs/running.md")?.text ?? "";
  const lines = sources
    .filter(
      ({ path }) => path.startsWith("src/") && path.endsWith(".ts") && !path.endsWith(".test.ts"),
    )
    .flatMap(({ text }) => text.split("\n").filter((line) => /\bwhat: /.test(line)));
  const names = new Set(
    lines.flatMap((line) =>
      [...line.matchAll(/"([a-z-]+\.[a-z.-]+)"/g)].map(([, name = ""]) => name),
    ),
  );
  const table = page.slice(page.indexOf("## What the log says"));
  const told = [...table.matchAll(/^\| `([a-z-]+\.[a-z.-]+)`/gm)].map(([, name = ""]) => name);
  return [
    ...[...names]
      .filter((name) => !told.includes(name))
      .map((name) => `docs/running.md does not say what the log line "${name}" means`),
    ...told
      .filter((name) => !names.has(name) && !name.startsWith("room."))
      .map((name) => `docs/running.md explains "${name}", which nothing logs`),
  ];
}
