import fc from "fast-check";
import { expect, it } from "vitest";
import { packed, Unpacking } from "./wire.ts";

it("parcels come out as they went in, in whatever pieces they come", () => {
  const parcel = fc.record({
    head: fc.dictionary(fc.string(), fc.integer()),
    body: fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 3 }),
  });
  fc.assert(
    fc.property(
      fc.array(parcel, { maxLength: 5 }),
      fc.integer({ min: 1, max: 50 }),
      (parcels, size) => {
        const all = Buffer.concat(parcels.flatMap(({ head, body }) => packed(head, ...body)));
        const unpacking = new Unpacking(10_000);
        const pieces = Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
          all.subarray(index * size, (index + 1) * size),
        );
        expect(pieces.flatMap((piece) => unpacking.add(piece))).toEqual(
          parcels.map(({ head, body }) => ({
            head: JSON.parse(JSON.stringify(head)) as unknown,
            body: Buffer.concat(body),
          })),
        );
      },
    ),
  );
});

it("one that says it is too large is not waited for", () => {
  const head = Buffer.alloc(8, 0xff);
  expect(() => new Unpacking(1000).add(head)).toThrow(RangeError);
});
