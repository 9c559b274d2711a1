import { expect, it } from "vitest";
import { DocumentCache } from "./documentCache.ts";

const stored = (id: string) => ({ id, document: {} });

it("gives what was put there last, until it is deleted", () => {
  const cache = new DocumentCache(2);
  expect(cache.get("/a")).toBeUndefined();
  cache.put("/a", stored("first"));
  cache.put("/a", stored("second"));
  expect(cache.get("/a")).toEqual(stored("second"));
  cache.delete("/a");
  expect(cache.get("/a")).toBeUndefined();
});

it("keeps so many, and drops the longest unused: reading and putting are uses", () => {
  const cache = new DocumentCache(3);
  for (const path of ["/a", "/b", "/c"]) cache.put(path, stored(path));
  cache.get("/a");
  cache.put("/b", stored("/b again"));
  cache.put("/d", stored("/d"));
  expect(["/a", "/b", "/c", "/d"].map((path) => cache.get(path)?.id)).toEqual([
    "/a",
    "/b again",
    undefined,
    "/d",
  ]);
});
