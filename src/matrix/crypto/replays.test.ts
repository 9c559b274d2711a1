import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { Replays } from "./replays.ts";

/** The start of a Megolm message with this number, as it stands in an event. */
function message(
  session: string,
  number: number,
  rest = 40,
): { session_id: string; ciphertext: string } {
  const digits: number[] = [];
  for (let left = number; ; left = Math.floor(left / 128)) {
    if (left < 128) {
      digits.push(left);
      break;
    }
    digits.push((left % 128) | 0x80);
  }
  return {
    session_id: session,
    ciphertext: Buffer.from([3, 0x08, ...digits, 0x12, ...Buffer.alloc(rest, 7)])
      .toString("base64")
      .replace(/=+$/, ""),
  };
}

describe("a message that comes again under another id", () => {
  it("is noticed, and the same event is not", () => {
    const replays = new Replays();
    expect(replays.isReplay(message("s", 0), "$one")).toBe(false);
    expect(replays.isReplay(message("s", 0), "$one")).toBe(false);
    expect(replays.isReplay(message("s", 0), "$two")).toBe(true);
    expect(replays.isReplay(message("s", 0), "$one")).toBe(false);
    expect(replays.isReplay(message("s", 1), "$two")).toBe(false);
    expect(replays.isReplay(message("other", 0), "$three")).toBe(false);
  });

  it("is known by its number whatever else is written around it", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), fc.nat(2 ** 32 - 1), (one, other) => {
        const replays = new Replays();
        replays.isReplay(message("s", one), "$one");
        expect(replays.isReplay(message("s", other, 90), "$two")).toBe(one === other);
      }),
    );
  });

  it("says nothing of what is no such message", () => {
    const replays = new Replays();
    for (const content of [
      {},
      { session_id: "s" },
      { session_id: "s", ciphertext: "" },
      { session_id: "s", ciphertext: "////////////" },
      { session_id: "s", ciphertext: "Awj///////////////" },
    ]) {
      expect(replays.isReplay(content, "$one")).toBe(false);
      expect(replays.isReplay(content, "$two")).toBe(false);
    }
  });

  it("remembers a bounded number", () => {
    const replays = new Replays();
    for (let number = 0; number <= 20_000; number += 1)
      expect(replays.isReplay(message("s", number), `$${String(number)}`)).toBe(false);
    expect(replays.isReplay(message("s", 20_000), "$copy")).toBe(true);
    expect(replays.isReplay(message("s", 1), "$copy")).toBe(true);
    expect(replays.isReplay(message("s", 0), "$copy")).toBe(false);
  });
});
