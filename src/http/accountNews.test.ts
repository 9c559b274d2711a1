import { describe, expect, it } from "vitest";
import type { UserId } from "../kernel/ids.ts";
import { AccountNewsJudge, type NewsRequest } from "./accountNews.ts";
import { signatureOf } from "./signature.ts";

const SECRET = "a secret of thirty-two characters";
const ME = "@usher:example.org" as UserId;
const NOW = Date.UTC(2026, 10, 29);
const said = { user_id: "@ann:example.org", deactivated: true, by_admin: false, ts: NOW - 5 };
let nonces = 0;

/** What the module would send. */
function signed(
  body: unknown = said,
  { secret = SECRET, at = NOW, nonce = "" }: { secret?: string; at?: number; nonce?: string } = {},
): NewsRequest {
  nonces += 1;
  const bytes = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  const claims = { time: String(at), nonce: nonce || nonces.toString(16).padStart(32, "0") };
  const headers = {
    "x-usher-time": claims.time,
    "x-usher-nonce": claims.nonce,
    "x-usher-signature": signatureOf(secret, claims, bytes),
  };
  return { method: "POST", path: "/_usher/v1/account", headers, body: bytes };
}

/** As what whoever lacks the secret could have sent too. */
const forged = (why: string) => ({ status: 401, why, signed: false });

const judge = (request: NewsRequest, now = NOW) =>
  new AccountNewsJudge(SECRET, ME).judge(request, now);

describe("R26 what the module says", () => {
  it("is taken where whoever has the secret says it", () => {
    expect(judge(signed())).toEqual({
      news: { person: "@ann:example.org", is: "deactivated", at: NOW - 5 },
    });
    expect(judge(signed({ ...said, deactivated: false }))).toMatchObject({
      news: { is: "active" },
    });
  });

  it("is the signature that the protocol says, byte by byte", () => {
    const claims = { time: "1796083200000", nonce: "0".repeat(32) };
    // printf '1\n1796083200000\n00000000000000000000000000000000\n{}' | openssl dgst -sha256 -hmac "$SECRET"
    expect(signatureOf(SECRET, claims, Buffer.from("{}"))).toBe(SIGNATURE);
  });

  it.each<[string, (one: NewsRequest) => NewsRequest]>([
    ["another body", (one) => ({ ...one, body: Buffer.from("{}") })],
    ["another time", (one) => withHeader(one, "x-usher-time", String(NOW + 1))],
    ["another nonce", (one) => withHeader(one, "x-usher-nonce", "f".repeat(32))],
    ["no nonce", (one) => withHeader(one, "x-usher-nonce", undefined)],
    ["no signature", (one) => withHeader(one, "x-usher-signature", undefined)],
    ["a cut signature", (one) => withHeader(one, "x-usher-signature", "ab")],
  ])("is refused with %s", (_, change) => {
    expect(judge(change(signed()))).toEqual(forged("signature"));
  });

  it("is refused of whoever has another secret, or uses a nonce that is none", () => {
    expect(judge(signed(said, { secret: "another" }))).toEqual(forged("signature"));
    expect(judge(signed(said, { nonce: "x" }))).toEqual(forged("signature"));
  });

  it("is refused where it is older or newer than five minutes", () => {
    for (const apart of [-300_001, 300_001])
      expect(judge(signed(said, { at: NOW + apart }))).toEqual(forged("time"));
    for (const apart of [-300_000, 300_000])
      expect(judge(signed(said, { at: NOW + apart }))).toHaveProperty("news");
  });

  it("is taken once", () => {
    const judging = new AccountNewsJudge(SECRET, ME);
    const request = signed();
    expect(judging.judge(request, NOW)).toHaveProperty("news");
    expect(judging.judge(request, NOW + 1)).toEqual(forged("repeated"));
    // A forged one does not use a nonce up.
    const next = signed();
    judging.judge(withHeader(next, "x-usher-signature", "ab"), NOW);
    expect(judging.judge(next, NOW)).toHaveProperty("news");
  });

  it.each<[string, unknown, string]>([
    ["no JSON", "{", "body"],
    ["more than it should", { ...said, erase: true }, "body"],
    ["no id", { ...said, user_id: "ann" }, "body"],
    ["a time that is none", { ...said, ts: -1 }, "body"],
    ["a time that is to come", { ...said, ts: NOW + 300_001 }, "body"],
    ["an account of another homeserver", { ...said, user_id: "@ann:elsewhere.org" }, "server"],
  ])("is refused where it holds %s", (_, body, why) => {
    expect(judge(signed(body))).toEqual({ status: 400, why, signed: true });
  });

  it("counts as now where its clock is a little ahead", () => {
    expect(judge(signed({ ...said, ts: NOW + 1000 }))).toMatchObject({ news: { at: NOW } });
  });

  it("is refused before its body is read where its signature, nonce or time could fit to none", () => {
    const judging = new AccountNewsJudge(SECRET, ME);
    const { body: _, ...request } = signed();
    expect(judging.refusedUnread(request, NOW)).toBeUndefined();
    expect(judging.refusedUnread({ ...request, headers: {} }, NOW)).toEqual(forged("signature"));
    expect(judging.refusedUnread(request, NOW + 300_001)).toEqual(forged("time"));
  });

  it("is said at one address, in one way", () => {
    expect(judge({ ...signed(), path: "/" })).toMatchObject({ status: 404 });
    expect(judge({ ...signed(), method: "GET" })).toMatchObject({ status: 405 });
  });
});

function withHeader(one: NewsRequest, name: string, value: string | undefined): NewsRequest {
  return { ...one, headers: { ...one.headers, [name]: value } };
}

const SIGNATURE = "74eb00288e4a72c55b789e4024a973c4c4c252a938dfb995895dc0bea9154463";
