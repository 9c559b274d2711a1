import { describe, expect, it } from "vitest";
import { deepFreeze } from "./freeze.ts";

describe("deepFreeze", () => {
  it("freezes all the way down, and gives back the same value", () => {
    const value = { list: [{ deep: { deeper: 1 } }], none: null, text: "x" };
    expect(deepFreeze(value)).toBe(value);
    expect(() => (value.list[0] ?? { deep: { deeper: 0 } }).deep.deeper++).toThrow(TypeError);
    expect(() => value.list.push({ deep: { deeper: 2 } })).toThrow(TypeError);
    expect(deepFreeze(5)).toBe(5);
  });
});
