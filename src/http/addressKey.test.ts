import { expect, it } from "vitest";
import { addressKey } from "./addressKey.ts";

it.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
  ["2001:db8::1", "2001:db8:0:0"],
  ["2001:0DB8:0:0:ffff::1", "2001:db8:0:0"],
  ["2001:db8:0:1::1", "2001:db8:0:1"],
  ["::1", "0:0:0:0"],
  ["fe80::1%eth0", "fe80:0:0:0"],
  ["nobody", "unknown"],
  ["", "unknown"],
])("%s has its share as %s", (address, key) => {
  expect(addressKey(address)).toBe(key);
});
