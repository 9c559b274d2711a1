import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Content } from "../../matrix/port.ts";
import { isOnTop, withPlace } from "./layout.ts";

const one = { id: "one", type: "m.custom" };
const two = { id: "two", type: "m.custom" };
const call = { id: "call", type: "jitsi" };

describe("isOnTop", () => {
  it("is what the layout says, and for a Jitsi without a word in it, yes", () => {
    const layout = {
      widgets: {
        one: { container: "top", index: 0 },
        two: { container: "right" },
        call2: { container: "right" },
      },
    };
    expect(
      [one, two, call, { id: "call2", type: "jitsi" }].map((widget) => isOnTop(layout, widget)),
    ).toEqual([true, false, true, false]);
  });

  it("is no for anything that is no layout", () => {
    for (const layout of [
      undefined,
      {},
      { widgets: 5 },
      { widgets: { one: "top" } },
      { widgets: { one: { container: 5 } } },
    ])
      expect(isOnTop(layout, one)).toBe(false);
    expect(isOnTop({ widgets: {} }, { id: "constructor", type: "m.custom" })).toBe(false);
  });
});

describe("withPlace", () => {
  it("begins a layout, and puts the next behind the last on top", () => {
    const first = withPlace(undefined, one, "top", [one, two]);
    expect(first).toEqual({ widgets: { one: { container: "top", index: 0, height: 45 } } });
    expect(withPlace(first, two, "top", [one, two])).toEqual({
      widgets: {
        one: { container: "top", index: 0, height: 45 },
        two: { container: "top", index: 1, height: 45 },
      },
    });
  });

  it("drops entries of widgets that are gone, and writes beside the conversation what would be on top by itself", () => {
    const layout = { widgets: { gone: { container: "top", index: 0 } } };
    expect(withPlace(layout, call, "right", [call])).toEqual({
      widgets: { call: { container: "right" } },
    });
  });

  it("changes nothing, not even what is gone, where the widget is there already", () => {
    const layout = {
      widgets: { one: { container: "top", index: 0 }, gone: { container: "top", index: 1 } },
    };
    expect(withPlace(layout, one, "top", [one])).toBe(layout);
  });

  const entry = fc.record(
    {
      container: fc.constantFrom("top", "right", "center"),
      index: fc.integer(),
      width: fc.integer(),
      height: fc.jsonValue(),
      more: fc.jsonValue(),
    },
    { requiredKeys: ["container"] },
  );
  const ids = fc.constantFrom("a", "b", "c", "d", "e", "__proto__x", "constructor");
  const layouts: fc.Arbitrary<Content | undefined> = fc.option(
    fc.record({
      widgets: fc.dictionary(ids, fc.oneof(entry, fc.jsonValue())),
      other: fc.jsonValue(),
    }),
    { nil: undefined },
  );
  const rooms = fc.uniqueArray(fc.record({ id: ids, type: fc.constantFrom("m.custom", "jitsi") }), {
    selector: ({ id }) => id,
    minLength: 1,
  });

  it("whatever the layout: the widget is where it was wanted, others keep every byte, and going back and forth ends where it began", () => {
    fc.assert(
      fc.property(
        layouts,
        rooms,
        fc.constantFrom<"top" | "right">("top", "right"),
        (layout, shown, place) => {
          const [widget = one] = shown;
          const next = withPlace(layout, widget, place, shown);
          expect(isOnTop(next, widget)).toBe(place === "top");
          const entries = (of: Content | undefined): Readonly<Record<string, unknown>> =>
            (of?.["widgets"] ?? {}) as Readonly<Record<string, unknown>>;
          if (next !== layout && layout !== undefined) {
            expect(JSON.stringify(next["other"])).toBe(JSON.stringify(layout["other"]));
            for (const { id } of shown.slice(1))
              expect(JSON.stringify(entries(next)[id])).toBe(JSON.stringify(entries(layout)[id]));
            expect(
              Object.keys(entries(next)).every((id) => shown.some((other) => other.id === id)),
            ).toBe(true);
          }
          for (const other of shown.slice(1))
            expect(isOnTop(next, other)).toBe(isOnTop(layout, other));
          expect(withPlace(next, widget, place, shown)).toBe(next);
        },
      ),
    );
  });
});
