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
export const SERVICES: Readonly<Record<string, string>> = { [FEED]: "feeds", [HOOK]: "generic" };
export const ADDRESS = "https://hooks.example.org/webhook/";

export function keyOf({ type, config }: Pick<Made, "type" | "config">): string {
  return String(config[type === FEED ? "url" : "name"]);
}

export function hookOf(type: string): Pick<Made, "hook"> {
  return type === HOOK ? { hook: randomUUID() } : {};
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
export function letterOf(name: string, room: string, address: string): string {
  return (
    `You have bridged the webhook "${name}" in https://matrix.to/#/${encodeURIComponent(room)} .\n` +
    `Please configure your webhook source to use\n${address}`
  );
}
