import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkKeyPath, decodeKey, encodeKey, keyAt } from "./keys.ts";
import { oracle } from "./testStore.ts";
import { decodeValue, encodeValue } from "./values.ts";

const other = new oracle.IDBFactory();
const compare = (a: unknown, b: unknown) => other.cmp(a, b);

const { key } = fc.letrec<{ key: unknown }>((tie) => ({
  key: fc.oneof(
    { depthSize: "small" },
    fc.double({ noNaN: true }).map((number) => number + 0),
    fc.integer(),
    fc.date({ noInvalidDate: true }),
    fc.string({ unit: "binary" }),
    // Every code unit, halves of pairs too.
    fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
    fc.uint8Array({ minLength: 1 }).map((bytes) => bytes.slice().buffer),
    fc.array(tie("key"), { maxLength: 3 }),
  ),
}));

describe("keys", () => {
  it("come back as they were", () => {
    fc.assert(
      fc.property(key, (value) => {
        expect(decodeKey(encodeKey(value))).toEqual(value);
      }),
    );
  });

  it("are in the order of IndexedDB as bytes", () => {
    const pair = fc.oneof(
      fc.tuple(key, key),
      fc.tuple(key, key, key).map(([head, a, b]): [unknown, unknown] => [
        [head, a],
        [head, b],
      ]),
    );
    fc.assert(
      fc.property(pair, ([a, b]) => {
        expect(Buffer.compare(encodeKey(a), encodeKey(b))).toBe(compare(a, b));
      }),
      { numRuns: 2000 },
    );
  });

  it("are in order at the edges of their encoding", () => {
    const units = [
      0, 1, 0x7e, 0x7f, 0x80, 0x17e, 0x17f, 0x407e, 0x407f, 0x4080, 0xd800, 0xffff,
    ].map((unit) => String.fromCharCode(unit));
    const ordered = [
      ...[-Infinity, -Number.MAX_VALUE, -1, -Number.MIN_VALUE, 0, Number.MIN_VALUE, 1, Infinity],
      ...[new Date(-8.64e15), new Date(-1), new Date(0), new Date(8.64e15)],
      ...["", ...units.flatMap((unit) => [unit, unit + "\0", unit + "\uffff"])],
      ...[[], [0], [0, 0], [0, 126], [0, 127], [126], [127], [128], [255]].map(
        (bytes) => Uint8Array.from(bytes).buffer,
      ),
      ...[[], [[]], ["a"]].toSorted(compare),
    ];
    for (let i = 1; i < ordered.length; i++) {
      expect(Buffer.compare(encodeKey(ordered[i - 1]), encodeKey(ordered[i])), String(i)).toBe(-1);
      expect(decodeKey(encodeKey(ordered[i]))).toEqual(ordered[i]);
    }
  });

  it("take -0 for 0, and views for their own bytes only", () => {
    expect(encodeKey(-0)).toEqual(encodeKey(0));
    expect(decodeKey(encodeKey(Uint8Array.of(1, 2, 3, 4).subarray(1, 3)))).toEqual(
      Uint8Array.of(2, 3).buffer,
    );
  });

  it("are refused with DataError where they are none", () => {
    const circle: unknown[] = [];
    circle.push(circle);
    const holes = new Array<unknown>(2);
    for (const value of [
      undefined,
      null,
      NaN,
      true,
      {},
      new Date(NaN),
      ["a", undefined],
      holes,
      circle,
      1n,
      Symbol("x"),
    ]) {
      expect(() => encodeKey(value)).toThrow(expect.objectContaining({ name: "DataError" }));
    }
  });

  it("may hold the same array twice, which is no circle", () => {
    const twice = ["a"];
    expect(decodeKey(encodeKey([twice, twice]))).toEqual([["a"], ["a"]]);
  });
});

describe("key paths", () => {
  it("find keys by name, by dotted name, by themselves and in several places", () => {
    const value = { a: "x", n: { m: 2 }, s: "four" };
    expect(keyAt(value, "a")).toEqual(encodeKey("x"));
    expect(keyAt(value, "n.m")).toEqual(encodeKey(2));
    expect(keyAt(value, "s.length")).toEqual(encodeKey(4));
    expect(keyAt("whole", "")).toEqual(encodeKey("whole"));
    expect(keyAt(value, ["a", "n.m"])).toEqual(encodeKey(["x", 2]));
  });

  it("find nothing where the value has no key there", () => {
    for (const path of ["b", "n", "n.m.o", "toString", ["a", "b"]])
      expect(keyAt({ a: null, n: { m: "x" } }, path), String(path)).toBeUndefined();
    for (const value of [undefined, null, 1, "text"]) expect(keyAt(value, "a")).toBeUndefined();
  });

  it("are refused with SyntaxError where they are none", () => {
    for (const path of ["", "a", "a.b", "$a._b9", ["a", "b.c"]])
      expect(() => checkKeyPath(path)).not.toThrow();
    for (const path of ["a.", ".", "a b", "9", "a..b", [], ["a", "-"]]) {
      expect(() => checkKeyPath(path), String(path)).toThrow(
        expect.objectContaining({ name: "SyntaxError" }),
      );
    }
  });
});

describe("values", () => {
  it("come back as structured cloning gives them", () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const value = {
      bytes, buffer: bytes.buffer, part: Uint8Array.of(9, 8, 7).subarray(1), date: new Date(5), none: undefined, nothing: null,
      map: new Map([["a", new Set([1])]]), nan: NaN, zero: -0, big: 2n ** 70n, half: "\ud800", list: [1, , 3],
    }; // prettier-ignore
    expect(decodeValue(encodeValue(value))).toStrictEqual(structuredClone(value));
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(decodeValue(encodeValue(json))).toStrictEqual(json);
      }),
    );
  });

  it("are refused with DataCloneError where they cannot be cloned", () => {
    expect(() => encodeValue({ call: () => 1 })).toThrow(
      expect.objectContaining({ name: "DataCloneError" }),
    );
    expect(() => encodeValue(Symbol("x"))).toThrow(
      expect.objectContaining({ name: "DataCloneError" }),
    );
  });
});
