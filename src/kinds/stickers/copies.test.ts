import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyPack, packOf } from "../../../test/harness/packs.ts";
import { mergedCopies, writtenOf } from "./copies.ts";
import type { Pack } from "./pack.ts";

const WAS = packOf({ a: "1", b: "2" });
const merged = (stable: Pack | undefined, old: Pack | undefined) =>
  mergedCopies(stable, old, writtenOf(WAS));

describe("two copies of a pack that Usher wrote", () => {
  it("are the one that somebody changed, whichever that is", () => {
    fc.assert(
      fc.property(anyPack(5), (changed) => {
        expect(merged(changed, WAS)).toEqual(changed);
        expect(merged(WAS, changed)).toEqual(changed);
        expect(merged(changed, changed)).toEqual(changed);
      }),
    );
  });

  it("are both where both were changed, each picture by itself, and in doubt that of the specification", () => {
    const stable = packOf({ a: "1", b: "9", c: "3" });
    const old = packOf({ b: "8", d: "4" }, "More cats");
    expect(merged(stable, old)).toEqual(packOf({ b: "9", c: "3", d: "4" }, "More cats"));
  });

  it("are gone where one was emptied, unless somebody changed the other", () => {
    expect(merged(undefined, WAS)).toBeUndefined();
    expect(merged(WAS, undefined)).toBeUndefined();
    expect(merged(undefined, undefined)).toBeUndefined();
    const more = packOf({ a: "1", b: "2", c: "3" });
    expect(merged(undefined, more)).toEqual(more);
    expect(merged(more, undefined)).toEqual(more);
  });
});

it("of a pack that Usher never wrote that of the specification counts, else the other", () => {
  const [one, other] = [packOf({ a: "1" }), packOf({ b: "2" })];
  expect(mergedCopies(one, other, undefined)).toBe(one);
  expect(mergedCopies(undefined, other, undefined)).toBe(other);
  expect(mergedCopies(undefined, undefined, undefined)).toBeUndefined();
});
