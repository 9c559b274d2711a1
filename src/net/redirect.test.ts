import { describe, expect, it } from "vitest";
import { redirectOf } from "./redirect.ts";
import type { Question } from "./question.ts";

const from = new URL("https://site.example/a/b?c=d");
const at = (status: number, location: string | undefined, question: Question = {}) =>
  redirectOf({ status, location }, from, question);

describe("where an answer leads", () => {
  it.each([
    [200, "https://other.example/"],
    [304, "https://other.example/"],
    [404, "https://other.example/"],
    [302, undefined],
  ])("is nowhere with %d to %s", (status, location) => {
    expect(at(status, location)).toBeUndefined();
  });

  it("is counted from the address itself, and stays the same question there", () => {
    const question: Question = { headers: { authorization: "Bearer x" }, allowPrivate: true };
    expect(at(302, "../e", question)).toEqual({ url: new URL("https://site.example/e"), question });
  });

  it.each([
    "http://site.example/",
    "ftp://site.example/",
    "javascript:alert(1)",
    "data:text/plain,x",
    "https://",
  ])("is refused to %s", (location) => {
    expect(at(302, location)).toBe("refused");
  });

  it.each(["https://other.example/", "https://site.example:8443/", "https://u:p@other.example/"])(
    "tells %s nothing of who asks, and does not let it be private",
    (location) => {
      const headers = { Authorization: "Bearer x", Cookie: "y", accept: "text/plain" };
      expect(at(307, location, { headers, allowPrivate: true })).toMatchObject({
        url: { username: "", password: "" },
        question: { headers: { accept: "text/plain" }, allowPrivate: false },
      });
      expect(at(307, location, { headers })).not.toHaveProperty("question.headers.Authorization");
    },
  );

  it("takes a body along within the site alone", () => {
    const question: Question = { method: "POST", body: "secret" };
    for (const status of [307, 308]) {
      expect(at(status, "/e", question)).toMatchObject({ question });
      expect(at(status, "https://other.example/", question)).toBe("refused");
    }
    for (const status of [301, 302, 303])
      expect(at(status, "https://other.example/", question)).toMatchObject({
        question: { method: "GET" },
      });
    expect(at(302, "https://other.example/", { method: "PUT", body: "x" })).toBe("refused");
    expect(at(303, "/e", { method: "HEAD" })).toMatchObject({ question: { method: "HEAD" } });
  });
});
