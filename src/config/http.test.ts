import { expect, it } from "vitest";
import { httpSection, listenAddress } from "./http.ts";

it.each([
  ["127.0.0.1:8090", { host: "127.0.0.1", port: 8090 }],
  ["[::1]:0", { host: "::1", port: 0 }],
  ["127.0.0.1", undefined],
  ["127.0.0.1:65536", undefined],
  ["[127.0.0.1]:80", undefined],
  ["::1:80", undefined],
  ["localhost:80", undefined],
])("%s is where Usher can listen, or not", (value, address) => {
  expect(listenAddress(value)).toEqual(address);
  expect(httpSection.safeParse({ listen: value }).success).toBe(address !== undefined);
});

it("nothing listens unless that is said, and nobody is believed about others", () => {
  expect(httpSection.parse(undefined)).toEqual({ trustedProxies: [] });
  expect(httpSection.safeParse({ trustedProxies: ["proxy.example.org"] }).success).toBe(false);
});
