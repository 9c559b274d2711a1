import { randomUUID } from "node:crypto";
import type { TestAnswer } from "../httpServer.ts";

export type Content = Readonly<Record<string, unknown>>;

/** What hookshot does in a room. */
export interface Made {
  readonly room: string;
  readonly type: string;
  readonly config: Content;
  /** Of a webhook: the last part of its address. */
  readonly hook?: string;
}

export const BASE = "/widgetapi/v1/";
const PREFIX = "uk.half-shot.matrix-hookshot.";
export const FEED = `${PREFIX}feed`;
export const HOOK = `${PREFIX}generic.hook`;
export const OUTBOUND = `${PREFIX}outbound-hook`;
export const GITHUB = `${PREFIX}github.repository`;
export const GITLAB = `${PREFIX}gitlab.repository`;
export const JIRA = `${PREFIX}jira.project`;
/** What its API calls each, and whether it connects it for whoever asks that. */
export const SERVICES: Readonly<Record<string, string>> = {
  [FEED]: "feeds",
  [HOOK]: "generic",
  [OUTBOUND]: "genericOutbound",
  [GITHUB]: "github",
  [GITLAB]: "gitlab",
  [JIRA]: "jira",
};
/** Sorts for which it asks for a log-in. */
const LOG_INS: Readonly<Record<string, string>> = {
  [GITHUB]:
    "You are not logged into GitHub. Start a DM with this bot and use the command `github login`.",
  [GITLAB]:
    "You are not logged into this GitLab instance. Start a DM with this bot and use the command `gitlab personaltoken`.",
  [JIRA]:
    "You are not logged into Jira. Start a DM with this bot and use the command `jira login`.",
};
const ADDRESS = "https://hooks.example.org/webhook/";

/** The state key. */
export function keyOf({ type, config }: Pick<Made, "type" | "config">): string {
  const { url, name, org, repo, instance, path } = config as Readonly<Record<string, string>>;
  if (type === GITHUB) return `${String(org)}/${String(repo)}`;
  if (type === GITLAB) return `${String(instance)}/${String(path)}`;
  return String(type === FEED || type === JIRA ? url : name);
}

/** What opens it, or proves it. */
export function hookOf(type: string): Pick<Made, "hook"> {
  if (type === OUTBOUND) return { hook: `hs-ob-${randomUUID()}` };
  return type === HOOK ? { hook: randomUUID() } : {};
}

/** What somebody has ordered. */
interface Order {
  readonly type: string;
  readonly config: Content;
  readonly answer: string;
  /** Without it, this is what they read. */
  readonly logIn?: string | undefined;
}

/** What a line in a room orders, if anything. */
export function orderIn(body: string): Order | undefined {
  const line = /^!hookshot (.+)/.exec(body)?.[1] ?? "";
  const words = (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ""));
  const [what = "", first = "", second = ""] = words;
  const { pathname = "" } = URL.canParse(second) ? new URL(second) : {};
  const [owner = "", ...rest] = pathname.slice(1).split("/");
  const project = (type: string, config: Content, called: string): Order => ({
    ...{ type, config, answer: `Room configured to bridge ${called}`, logIn: LOG_INS[type] },
  });
  if (what === "feed") {
    const config = { url: first, ...(second && { label: second }) };
    return { type: FEED, config, answer: `Room configured to bridge ${first}` };
  }
  if (what === "webhook") {
    const answer = "Room configured to bridge webhooks. See admin room for secret url.";
    return { type: HOOK, config: { name: first }, answer };
  }
  if (what === "outbound-hook") {
    const answer =
      "Room configured to bridge outbound webhooks. See admin room for the secret token.";
    return { type: OUTBOUND, config: { name: first, url: second, method: "PUT" }, answer };
  }
  if (`${what} ${first}` === "github repo")
    return project(GITHUB, { org: owner, repo: rest[0] }, pathname.slice(1));
  if (`${what} ${first}` === "gitlab project")
    return project(GITLAB, { instance: "ours", path: pathname.slice(1) }, pathname.slice(1));
  if (`${what} ${first}` === "jira project")
    return project(JIRA, { url: second }, `Jira project ${String(rest[0])}.`);
  return undefined;
}

export function shown(made: Made) {
  const { room, type, config } = made;
  const id = Buffer.from(`${room}/${type}/${keyOf(made)}`).toString("base64url");
  return {
    ...{ id: id.slice(-40), eventType: type, service: SERVICES[type], type: "Feed", config },
  };
}

export function refusal(status: number, errcode: string, error: string): TestAnswer {
  return { status, json: { errcode, error } };
}

/** What it writes to whoever has ordered a webhook, alone. */
export function letterOf({ type, config }: Made, room: string, secret: string): string {
  const about = `You have bridged the webhook "${String(config["name"])}" in https://matrix.to/#/${encodeURIComponent(room)} .`;
  if (type === HOOK) return `${about}\nPlease configure your webhook source to use\n${secret}`;
  return `${about} Please use the secret token ${secret} when validating the request. See the documentation [https://matrix-org.github.io/] for more information`;
}

/** What whoever may gets of it. */
export function secretsOf({ type, hook }: Made): Content {
  if (type === OUTBOUND) return { token: hook };
  return type === HOOK ? { url: `${ADDRESS}${String(hook)}`, hookId: hook } : {};
}
