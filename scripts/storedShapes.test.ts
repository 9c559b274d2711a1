import { describe, expect, it } from "vitest";
import { z } from "zod";
import { pin, type Pinned } from "./storedShapes.ts";

const note = (version: number, shape: z.ZodType): Pinned => ({
  version,
  shape: z.toJSONSchema(shape),
});
const first = z.strictObject({ text: z.string() });
const withMore = first.extend({ colour: z.string().optional() });

describe("the pinned shapes of stored documents", () => {
  it("take a new kind, and what is as it was", () => {
    const present = { note: note(1, first) };
    expect(pin({}, present)).toEqual({ faults: [], next: present });
    expect(pin(present, present)).toEqual({ faults: [], next: present });
  });

  it("take another shape with a new version", () => {
    const present = { note: note(2, withMore) };
    expect(pin({ note: note(1, first) }, present)).toEqual({ faults: [], next: present });
  });

  it("stay where a shape changed without one, even by a field that may be absent, and say so", () => {
    const pinned = { note: note(1, first) };
    const { faults, next } = pin(pinned, { note: note(1, withMore) });
    expect(next).toEqual(pinned);
    expect(faults).toEqual([
      'documents of kind "note" have changed their shape and are still of version 1: give them version 2 and a migration from 1, ' +
        "since an older Usher would put aside what it does not know",
    ]);
  });

  it("never go back to a version", () => {
    const pinned = { note: note(2, withMore) };
    const { faults, next } = pin(pinned, { note: note(1, first) });
    expect(next).toEqual(pinned);
    expect(faults).toEqual([expect.stringContaining("a version is never used again")]);
  });

  it("forget a kind that nothing stores any more", () => {
    expect(pin({ note: note(1, first) }, {})).toEqual({ faults: [], next: {} });
  });
});
