import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  startTestServer,
  type TestAnswer,
  type TestServer,
} from "../../../../test/harness/httpServer.ts";
import { Secret } from "../../../config/secret.ts";
import { ManualClock } from "../../../kernel/clock.ts";
import { Websites } from "../../../net/websites.ts";
import type { Ask } from "../dialogue/wording.ts";
import { ProvisioningClient } from "./client.ts";

const ASK: Ask = {
  say: "POST v3/logout/{login}",
  seconds: 10,
  answers: [
    { line: "M_NOT_FOUND: {*}", means: "done" },
    { line: "M_FORBIDDEN: {why}", means: "refused", advice: "admin" },
    { line: "M_LATER: {*}", means: "going-on" },
  ],
};
const SAID = z.object({ word: z.string() });

describe("asking a bridge by HTTP", () => {
  let server: TestServer;
  let answer: TestAnswer;
  let secret: string | undefined;
  let client: ProvisioningClient;

  beforeEach(async () => {
    [answer, secret] = [{ json: { word: "yes" } }, "s3cr3t"];
    server = await startTestServer(() => answer);
    client = new ProvisioningClient({
      http: new Websites({ clock: new ManualClock() }),
      secrets: {
        read: (name) => {
          expect(name).toBe("catalogue[tg].provisioning.secret");
          return secret === undefined ? undefined : new Secret(secret);
        },
      },
      ...{ id: "tg", name: "Telegram", url: `${server.url}/` },
    });
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const ask = (login = "7"): ReturnType<typeof client.ask<z.output<typeof SAID>>> =>
    client.ask({ ask: ASK, values: { login }, query: { user_id: "@a:x" }, body: { a: 1 } }, SAID);
  const failure = async (): Promise<unknown> => ask().catch((error: unknown) => error);

  it("says what the wording says, with the secret and who it is about", async () => {
    expect(await ask()).toEqual({ is: "said", value: { word: "yes" } });
    expect(server.seen).toMatchObject([
      {
        ...{ method: "POST", path: "/_matrix/provision/v3/logout/7", body: { a: 1 } },
        headers: { authorization: "Bearer s3cr3t" },
      },
    ]);
    expect(server.seen[0]?.query.get("user_id")).toBe("@a:x");
  });

  it.each([
    [404, { errcode: "M_NOT_FOUND", error: "x" }, { is: "done" }],
    [
      403,
      { errcode: "M_FORBIDDEN", error: "no" },
      { is: "refused", line: "M_FORBIDDEN: no", values: { why: "no" } },
    ],
    [
      500,
      { errcode: "M_FORBIDDEN", error: "x", "fi.mau.internal_error": "wrong password" },
      { is: "refused", line: "M_FORBIDDEN: wrong password" },
    ],
    [400, { errcode: "M_LATER", error: "x" }, { is: "unclear", lines: ["M_LATER: x"] }],
    [500, { errcode: "M_NEW", error: "x" }, { is: "unclear", lines: ["M_NEW: x"] }],
    [500, { errcode: 7 }, { is: "unclear", lines: ["HTTP 500"] }],
    [302, {}, { is: "unclear", lines: ["HTTP 302"] }],
  ])("knows a refusal by its line: %d %j", async (status, json, expected) => {
    answer = { status, json };
    expect(await ask()).toMatchObject(expected);
  });

  it.each([
    ["no JSON", { text: "<html>s3cr3t" }],
    ["another shape", { json: { words: "s3cr3t" } }],
    ["without end", { json: { word: "s3cr3t".repeat(500_000) } }],
  ])("takes %s for no answer, and shows nothing of it", async (_, given) => {
    answer = given;
    const error = await failure();
    expect(error).toMatchObject({ code: "bridge-unclear" });
    expect(JSON.stringify([error, (error as Error).stack])).not.toContain("s3cr3t");
  });

  it("does not repeat the secret where the bridge does", async () => {
    answer = { status: 403, json: { errcode: "M_FORBIDDEN", error: "Bearer s3cr3t is wrong" } };
    expect(await ask()).toMatchObject({ line: "M_FORBIDDEN: Bearer … is wrong" });
    expect(JSON.stringify(await ask())).not.toContain("s3cr3t");
  });

  it("tells who is silent, and without a secret asks nothing", async () => {
    answer = (response) => response.destroy();
    expect(await failure()).toMatchObject({ code: "bridge-silent", view: { name: "Telegram" } });
    const asked = server.seen.length;
    secret = undefined;
    expect(await failure()).toMatchObject({
      code: "secret-unreadable",
      view: { setting: "bridges.catalogue[tg].provisioning.secretFile" },
    });
    expect(server.seen).toHaveLength(asked);
  });

  it("asks for its own path or for nothing, whatever a log-in is called", async () => {
    const odd = fc.constantFrom(
      "../whoami",
      "..",
      ".",
      "a/b",
      "?x",
      "#x",
      "%2e%2e",
      "a b",
      "-x",
      "",
    );
    const name = fc.oneof(fc.string({ unit: "binary", maxLength: 30 }), odd);
    await fc.assert(
      fc.asyncProperty(name, async (login) => {
        const before = server.seen.length;
        await ask(login).catch(() => undefined);
        for (const { path } of server.seen.slice(before)) {
          expect(path).toMatch(/^\/_matrix\/provision\/v3\/logout\/[^/]+$/);
          expect(decodeURIComponent(path.split("/").at(-1) ?? "")).toBe(login);
        }
      }),
      { numRuns: 60 },
    );
  });
});
