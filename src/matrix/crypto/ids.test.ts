import { initAsync, RoomId, UserId } from "@matrix-org/matrix-sdk-crypto-wasm";
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { asRoomId, asUserId } from "../../kernel/ids.ts";

beforeAll(() => initAsync());

const group = fc.stringMatching(/^[0-9a-f]{0,5}$/);
const odd = fc.oneof(
  fc.array(group, { minLength: 1, maxLength: 9 }).map((groups) => `[${groups.join(":")}]`),
  fc
    .tuple(fc.array(group, { maxLength: 4 }), fc.ipV4())
    .map(([groups, v4]) => `[${groups.join(":")}::${v4}]`),
  fc.ipV6().map((address) => `[${address}]`),
  fc.stringMatching(/^[A-Za-z0-9._%[\]:-]{1,40}$/),
  fc.domain(),
);
const server = fc
  .tuple(odd, fc.option(fc.nat(100_000)))
  .map(([host, port]) => (port === null ? host : `${host}:${String(port)}`));
const local = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.stringMatching(/^[a-z0-9._=/+-]{0,20}$/),
);

it("the encryption library takes every id that Usher takes: one that it refuses would fail the same answer for ever", () => {
  fc.assert(
    fc.property(local, server, (name, host) => {
      const [user, room] = [asUserId(`@${name}:${host}`), asRoomId(`!${name}:${host}`)];
      if (user !== undefined) expect(new UserId(user).toString()).toBe(user);
      if (room !== undefined) expect(new RoomId(room).toString()).toBe(room);
    }),
    {
      numRuns: 5_000,
      examples: [
        ["a", "b:99999"],
        ["a", "b:65536"],
        ["a", "[1:2]"],
        ["a", "[1::2::3]"],
        ["a", "[12345::]"],
        ["a", "[::01.2.3.4]"],
        ["ü", "[::ffff:1.2.3.4]:00080"],
      ],
    },
  );
});

it.each(["b:99999", "b:65536", "[1:2]", "[1::2::3]", "[12345::]", "b:c", "b:"])(
  "neither takes %s for a server",
  (host) => {
    expect(() => new UserId(`@a:${host}`)).toThrow();
    expect(asUserId(`@a:${host}`)).toBeUndefined();
    expect(asRoomId(`!a:${host}`)).toBeUndefined();
  },
);
