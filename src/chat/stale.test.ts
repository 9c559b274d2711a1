import { describe, expect, it } from "vitest";
import { isStale } from "./stale.ts";

const MINUTE = 60_000;
const NOW = 1_800_000_000_000;

describe("isStale", () => {
  it.each([
    ["said a moment ago, Usher listening", NOW - 1_000, 0, false],
    ["said ten minutes ago while Usher was away for an hour", NOW - 10 * MINUTE, 60 * MINUTE, true],
    ["said a minute ago, at the end of an hour away", NOW - MINUTE, 60 * MINUTE, false],
    ["heard at once, from a homeserver whose clock is an hour late", NOW - 60 * MINUTE, 0, false],
    [
      "heard after an hour away, from a homeserver whose clock is a day ahead",
      NOW + 24 * 60 * MINUTE,
      60 * MINUTE,
      true,
    ],
    [
      "heard at once, from a homeserver whose clock is a day ahead",
      NOW + 24 * 60 * MINUTE,
      0,
      false,
    ],
    ["said four minutes ago, Usher away for as long", NOW - 4 * MINUTE, 4 * MINUTE, false],
  ])("%s", (_, sentAt, awayMs, stale) => {
    expect(isStale(sentAt, NOW, awayMs, 5 * MINUTE)).toBe(stale);
  });
});
