import { z } from "zod";
import { entryFields } from "../../config/catalogue.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { HookshotSettings } from "./settings.ts";
import type { SortId } from "./sorts.ts";

/** One sort of connection that people can add. */
const connectionEntry = z.strictObject({ ...entryFields });

export const connectionCatalogue = z.array(connectionEntry);

export type ConnectionEntry = z.output<typeof connectionEntry>;

const SAID: Readonly<Record<SortId, Pick<ConnectionEntry, "name" | "description">>> = {
  feed: { name: "Feed", description: "News of a website, from its RSS or Atom feed" },
  webhook: {
    name: "Webhook",
    description: "Whatever program has its secret address can write into the room",
  },
  outbound: {
    name: "Outgoing webhook",
    description: "Everything that is written in the room goes to an address",
  },
  github: { name: "GitHub repository", description: "What happens in a repository of GitHub" },
  gitlab: { name: "GitLab project", description: "What happens in a project of GitLab" },
  jira: { name: "Jira project", description: "What happens in a project of Jira" },
};

/** What there is where hookshot is configured; else nothing. */
export function connectionEntries(
  settings: HookshotSettings | undefined,
): readonly ConnectionEntry[] {
  if (settings === undefined) return [];
  const { price, host } = settings;
  return Object.entries(SAID).map(([id, said]) => ({ id, ...said, price, host, enabled: true }));
}

/** Throws `hookshot-none` and `hookshot-disabled`. */
export function offeredEntry(entries: readonly ConnectionEntry[], wanted: SortId): ConnectionEntry {
  const entry = entries.find(({ id }) => id === wanted);
  if (entry === undefined) throw new UsherError("hookshot-none");
  if (!entry.enabled) throw new UsherError("hookshot-disabled", { name: entry.name });
  return entry;
}
