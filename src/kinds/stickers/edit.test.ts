import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyPack, packOf } from "../../../test/harness/packs.ts";
import { editBetween, edited, reversed, standing } from "./edit.ts";

const some = fc.option(anyPack(6), { nil: undefined });

describe("what differs between two packs", () => {
  it("makes the one of the other, there and back, and tells which of them stands", () => {
    fc.assert(
      fc.property(some, some, (before, after) => {
        const edit = editBetween(before, after);
        if (edit === undefined) return;
        expect(edited(before, edit)).toEqual(after);
        expect(edited(after, reversed(edit))).toEqual(before);
        expect(standing(before, edit)).toBe("before");
        expect(standing(after, edit)).toBe("after");
        // Done twice it is done once.
        expect(edited(edited(before, edit), edit)).toEqual(after);
      }),
    );
  });

  it("leaves alone what others have changed meanwhile", () => {
    const edit = editBetween(packOf({ a: "1" }), packOf({ a: "1", b: "2" }));
    if (edit === undefined) throw new Error("nothing differs");
    const now = packOf({ a: "9", c: "3" }, "More cats");
    expect(edited(now, edit)).toEqual(packOf({ a: "9", b: "2", c: "3" }, "More cats"));
    expect(edited(packOf({ a: "9", b: "2", c: "3" }, "More cats"), reversed(edit))).toEqual(now);
    expect(standing(packOf({ b: "7" }), edit)).toBe("otherwise");
    expect(standing(undefined, edit)).toBe("otherwise");
  });

  it("is nothing between the same", () => {
    expect(editBetween(packOf({ a: "1" }), packOf({ a: "1" }))).toBeUndefined();
    expect(editBetween(undefined, undefined)).toBeUndefined();
  });
});
