import { describe, expect, it } from "vitest";
import { complaint } from "./health.mjs";

const now = Date.UTC(2026, 5, 1);
const health = (lastHeard: unknown, ready: unknown = true) => JSON.stringify({ lastHeard, ready });

describe("the health check", () => {
  it("is content while the homeserver was heard not long ago", () => {
    expect(complaint(health(now), now)).toBeUndefined();
    expect(complaint(health(now - 150_000), now)).toBeUndefined();
  });

  it("notices a sync that is stuck, though the process lives", () => {
    expect(complaint(health(now - 150_001), now)).toBe(
      "Usher has not heard the homeserver for 150 s",
    );
  });

  it.each([health(now, false), health(null), health("soon"), "{}", "null", "[]", "{", ""])(
    "is not content with %s",
    (text) => {
      expect(complaint(text, now)).toBeTypeOf("string");
    },
  );
});
