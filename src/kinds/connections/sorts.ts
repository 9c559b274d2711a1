import { HOUR_MS } from "../../kernel/days.ts";
import type { Content } from "../../matrix/port.ts";
import { declareState, type StateType } from "../../privacy/declared.ts";
import { CONNECTION_STATE } from "./dataMap.ts";

/** What hookshot can do in a room, by the id under which people find it in the catalogue. */
export type SortId = "feed" | "webhook" | "outbound" | "github" | "gitlab" | "jira";

/** What is said of a connection before it is there. */
export interface Details {
  /** As people know it: an address, or a name. */
  readonly key: string;
  /** What the room reads in front of a feed's news. */
  readonly label?: string | undefined;
  /** Until when it works; ms since the epoch. */
  readonly until?: number | undefined;
  /** Where what is said in the room goes; where a project is found. */
  readonly url?: string | undefined;
}

/** One sort of connection, as hookshot 7.4 has it. */
export interface Sort {
  readonly id: SortId;
  /** The type of its state events. */
  readonly type: StateType;
  /** What hookshot's API calls it among what is switched on (`config/sections`). */
  readonly section: string;
  /** The key in what hookshot says of it, in the room's state and by its API; undefined where that says nothing of it. */
  keyIn(said: Content): string | undefined;
  /** The key by the state key alone. */
  keyOf(stateKey: string): string;
  /** What whoever has it can act with, or know hookshot by, and only one person is to get: by which name hookshot hands it out. */
  readonly secret?: "url" | "token";
  /** An account named after it comes into the room, invited by the bot. */
  readonly ghosts?: true;
  /** Hookshot does it for nobody but who types it, with their own log-in there: how that begins, in a chat with its bot. */
  readonly logIn?: string;
  /** What the API is told. */
  config(details: Details): Content;
  /** What is typed behind `!hookshot`, word by word. `now`: ms since the epoch. */
  words(details: Details, now: number): readonly string[];
}

const type = (name: string): StateType =>
  declareState(`uk.half-shot.matrix-hookshot.${name}`, CONNECTION_STATE);

/** Sorts whose state key is one of their fields. */
function keyedBy(field: "url" | "name"): Pick<Sort, "keyIn" | "keyOf"> {
  return { keyIn: (said) => textOf(said, field), keyOf: (stateKey) => stateKey };
}

export const FEED: Sort = {
  ...{ id: "feed", type: type("feed"), section: "feeds", ...keyedBy("url") },
  config: ({ key, label }) => ({ url: key, ...(label === undefined ? {} : { label }) }),
  words: ({ key, label }) => ["feed", key, ...(label === undefined ? [] : [label])],
};

export const WEBHOOK: Sort = {
  ...{ id: "webhook", type: type("generic.hook"), section: "generic", ...keyedBy("name") },
  ...{ secret: "url", ghosts: true },
  config: ({ key, until }) => ({
    name: key,
    ...(until === undefined ? {} : { expirationDate: new Date(until).toISOString() }),
  }),
  // It takes a length of time where the API takes a date.
  words: ({ key, until }, now) => [
    ...["webhook", key],
    ...(until === undefined ? [] : [`${String(Math.ceil((until - now) / HOUR_MS))}h`]),
  ],
};

export const OUTBOUND: Sort = {
  ...{ id: "outbound", type: type("outbound-hook"), section: "genericOutbound" },
  ...{ ...keyedBy("name"), secret: "token" },
  config: ({ key, url = "" }) => ({ name: key, url }),
  words: ({ key, url = "" }) => ["outbound-hook", key, url],
};

export const GITHUB: Sort = {
  ...{ id: "github", type: type("github.repository"), section: "github", logIn: "github login" },
  keyIn: (said) => {
    const [owner, repository] = [textOf(said, "org"), textOf(said, "repo")];
    return owner && repository && `${owner}/${repository}`.toLowerCase();
  },
  // Older ones have the whole address.
  keyOf: (stateKey) => stateKey.replace(/^https:\/\/github\.com\//, "").toLowerCase(),
  config: () => ({}),
  words: ({ key }) => ["github repo", `https://github.com/${key}`],
};

export const GITLAB: Sort = {
  ...{ id: "gitlab", type: type("gitlab.repository"), section: "gitlab" },
  logIn: "gitlab personaltoken",
  keyIn: (said) => textOf(said, "path")?.toLowerCase(),
  // What hookshot's configuration calls the instance comes first.
  keyOf: (stateKey) => stateKey.slice(stateKey.indexOf("/") + 1).toLowerCase(),
  config: () => ({}),
  words: ({ url = "" }) => ["gitlab project", url],
};

export const JIRA: Sort = {
  ...{ id: "jira", type: type("jira.project"), section: "jira", logIn: "jira login" },
  ...keyedBy("url"),
  config: () => ({}),
  words: ({ key }) => ["jira project", key],
};

const SORTS: readonly Sort[] = [FEED, WEBHOOK, OUTBOUND, GITHUB, GITLAB, JIRA];

export function sortOf(entry: string): Sort | undefined {
  return SORTS.find(({ id }) => id === entry);
}

export function sortOfType(of: string): Sort | undefined {
  return SORTS.find((sort) => sort.type === of);
}

function textOf(said: Content, field: string): string | undefined {
  const value = said[field];
  return typeof value === "string" && value !== "" ? value : undefined;
}
