import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { DEFAULT_ROOM_SETTINGS, readRoomSettings } from "./roomSettings.ts";

const algorithm = "m.megolm.v1.aes-sha2";
const HOUR = 3_600_000;

describe("a room's encryption settings", () => {
  it.each([
    ["nothing said", { algorithm }, DEFAULT_ROOM_SETTINGS],
    [
      "what is usual",
      { algorithm, rotation_period_ms: 24 * HOUR, rotation_period_msgs: 50 },
      { rotationMs: 24 * HOUR, rotationMessages: 50 },
    ],
    [
      "a key for each millisecond",
      { algorithm, rotation_period_ms: 1, rotation_period_msgs: 0.3 },
      { rotationMs: HOUR, rotationMessages: 1 },
    ],
    [
      "a key for ever",
      { algorithm, rotation_period_ms: 1e18, rotation_period_msgs: 1e18 },
      { ...DEFAULT_ROOM_SETTINGS, rotationMessages: 10_000 },
    ],
    [
      "nonsense",
      { algorithm, rotation_period_ms: "soon", rotation_period_msgs: -1 },
      DEFAULT_ROOM_SETTINGS,
    ],
  ])("%s", (_, content, settings) => {
    expect(readRoomSettings(content)).toEqual(settings);
  });

  it.each([{}, { algorithm: "m.none" }, { algorithm: 1 }, { algorithm: null }])(
    "takes no other algorithm: %j",
    (content) => {
      expect(readRoomSettings(content)).toBeUndefined();
    },
  );

  it("gives whole numbers within its limits for anything at all", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("rotation_period_ms", "rotation_period_msgs"), fc.anything()),
        (content) => {
          const settings = readRoomSettings({ ...content, algorithm });
          expect(Number.isSafeInteger(settings?.rotationMs)).toBe(true);
          expect(Number.isSafeInteger(settings?.rotationMessages)).toBe(true);
          expect(settings?.rotationMs).toBeGreaterThanOrEqual(HOUR);
          expect(settings?.rotationMessages).toBeGreaterThanOrEqual(1);
        },
      ),
    );
  });
});
