import { HOUR_MS } from "../../kernel/days.ts";
import { z } from "zod";
import type { Content } from "../port.ts";
import type { RoomSettings } from "./engine.ts";

const MEGOLM = "m.megolm.v1.aes-sha2";

/** What the specification recommends where a room says nothing (client-server API, `m.room.encryption`). */
export const DEFAULT_ROOM_SETTINGS: RoomSettings = {
  rotationMs: 168 * HOUR_MS,
  rotationMessages: 100,
};

const encryptionContent = z.object({
  algorithm: z.literal(MEGOLM),
  rotation_period_ms: z.number().positive().optional().catch(undefined),
  rotation_period_msgs: z.number().positive().optional().catch(undefined),
});

/**
 * How a room with this `m.room.encryption` encrypts; undefined for an algorithm that nobody here speaks, which is no reason to send anything
 * unencrypted. Periods that are absurd are drawn to where a key lasts for at least an hour and one message, at most the recommended time and 10,000.
 */
export function readRoomSettings(content: Content): RoomSettings | undefined {
  const parsed = encryptionContent.safeParse(content);
  if (!parsed.success) return undefined;
  const {
    rotation_period_ms: ms = DEFAULT_ROOM_SETTINGS.rotationMs,
    rotation_period_msgs: messages = DEFAULT_ROOM_SETTINGS.rotationMessages,
  } = parsed.data;
  return {
    rotationMs: Math.round(Math.min(Math.max(ms, HOUR_MS), DEFAULT_ROOM_SETTINGS.rotationMs)),
    rotationMessages: Math.round(Math.min(Math.max(messages, 1), 10_000)),
  };
}
