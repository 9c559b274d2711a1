import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  startTestServer,
  type TestAnswer,
  type TestServer,
} from "../../../../test/harness/httpServer.ts";
import { Secret } from "../../../config/secret.ts";
import { ManualClock } from "../../../kernel/clock.ts";
import type { UserId } from "../../../kernel/ids.ts";
import { Websites } from "../../../net/websites.ts";
import type { At } from "../logins/logins.ts";
import { Bridgev2Logins } from "./logins.ts";
import { BRIDGEV2_LOGINS } from "./loginWording.ts";

const ann = "@ann:x" as UserId;
const BASE = "/_matrix/provision/v3";
const AT: At = { process: "bl_1", step: "fi.mau.phone", type: "user_input", once: "bls_1" };

describe("log-ins at a bridge of bridgev2", () => {
  let server: TestServer;
  let answer: TestAnswer;
  let clock: ManualClock;
  let logins: Bridgev2Logins;

  beforeEach(async () => {
    [answer, clock] = [{ json: {} }, new ManualClock()];
    server = await startTestServer(() => answer);
    const entry = { id: "tg", name: "Telegram", provisioning: { url: server.url } };
    const secrets = { read: () => new Secret("s3cr3t-of-the-bridge") };
    logins = new Bridgev2Logins(entry, { http: new Websites({ clock }), secrets });
  });
  afterEach(() => server[Symbol.asyncDispose]());

  it("are listed with how they are, and how more can be made; a list of nothing is null there", async () => {
    answer = {
      json: {
        network: { displayname: "Telegram" },
        login_flows: [{ id: "phone", name: "Phone", description: "By a code" }],
        logins: [
          { id: "123", name: "+49 123", state: { state_event: "CONNECTED" }, profile: {} },
          { id: "456", name: "+49 456", state: { state_event: "BAD_CREDENTIALS" } },
          { id: "789" },
        ],
      },
    };
    expect(await logins.standing(ann)).toEqual({
      flows: [{ id: "phone", name: "Phone", description: "By a code" }],
      logins: [
        { id: "123", name: "+49 123", up: true },
        { id: "456", name: "+49 456", up: false },
        { id: "789", name: "", up: false },
      ],
    });
    answer = { json: { login_flows: null, logins: null } };
    expect(await logins.standing(ann)).toEqual({ flows: [], logins: [] });
  });

  it("are asked for in exactly one person's name, at these addresses and no others", async () => {
    answer = { json: { login_id: "bl_1", step_id: "s", type: "new" } };
    await logins.start(ann, "phone");
    await logins.next(ann, AT, { phone: "+49" });
    await logins.next(ann, { ...AT, type: "display_and_wait", once: undefined });
    await logins.cancel(ann, AT);
    answer = { json: { logins: [] } };
    await logins.logout(ann, "+49 123".replace(" ", ""));
    expect(server.seen.map(({ method, path, body }) => [method, path, body])).toEqual([
      ["POST", `${BASE}/login/start/phone`, undefined],
      ["POST", `${BASE}/login/step/bl_1/fi.mau.phone/user_input`, { phone: "+49" }],
      ["POST", `${BASE}/login/step/bl_1/fi.mau.phone/display_and_wait`, undefined],
      ["POST", `${BASE}/login/cancel/bl_1`, undefined],
      ["POST", `${BASE}/logout/%2B49123`, undefined],
      ["GET", `${BASE}/whoami`, undefined],
    ]);
    expect(server.seen.map(({ query }) => query.get("user_id"))).toEqual(Array(6).fill(ann));
    expect(server.seen[1]?.query.get("txn_id")).toBe("bls_1");
    expect(server.seen[2]?.query.has("txn_id")).toBe(false);
  });

  it.each([
    [
      {
        type: "user_input",
        user_input: {
          fields: [{ type: "phone_number", id: "phone", name: "Phone", options: null }],
        },
      },
      { is: "input", fields: [{ id: "phone", name: "Phone", description: "", options: [] }] },
    ],
    [
      { type: "display_and_wait", display_and_wait: { type: "qr", data: "abc" } },
      { is: "show", how: "qr", data: "abc" },
    ],
    [
      { type: "display_and_wait", display_and_wait: { type: "emoji", data: "🐢" } },
      { is: "show", how: "text", data: "🐢" },
    ],
    [
      { type: "display_and_wait", display_and_wait: { type: "nothing" } },
      { is: "show", how: "nothing", data: "" },
    ],
    [
      { type: "complete", complete: { user_login_id: "123" } },
      { is: "done", login: "123" },
    ],
    [{ type: "cookies", cookies: { url: "https://x" } }, { is: "elsewhere" }],
    [{ type: "webauthn", webauthn: {} }, { is: "elsewhere" }],
    [{ type: "display_and_wait", display_and_wait: { type: "smell" } }, { is: "elsewhere" }],
    [{ type: "user_input" }, { is: "elsewhere" }],
  ])("read each step: %j", async (step, expected) => {
    answer = {
      json: { login_id: "bl_1", step_id: "s", txn_id: "bls_2", instructions: "I", ...step },
    };
    expect(await logins.start(ann, "phone")).toMatchObject({
      ...{ process: "bl_1", step: "s", once: "bls_2", instructions: "I" },
      ...expected,
    });
  });

  it.each([
    ["garbage", { text: "<html>" }],
    ["a step of no log-in", { json: { step_id: "s", type: "complete" } }],
    ["an id that leads elsewhere", { json: { login_id: "a b", step_id: "s", type: "x" } }],
    ["fields without end", { json: { ...inputOf(21) } }],
    ["no fields", { json: { ...inputOf(0) } }],
  ])("take no answer that is %s", async (_, given) => {
    answer = given;
    await expect(logins.start(ann, "phone")).rejects.toMatchObject({ code: "bridge-unclear" });
  });

  const refusals = Object.entries(BRIDGEV2_LOGINS.asks).flatMap(([ask, { answers }]) =>
    answers.map(
      ({ line, advice, means }) => [ask, line.replaceAll("{*}", "x"), advice, means] as const,
    ),
  );
  it.each(refusals)("%s: %s (%s, %s)", async (ask, line, advice, means) => {
    const [errcode = "", error = ""] = line.split(": ");
    answer = { status: 500, json: { errcode, error } };
    const work = {
      standing: () => logins.standing(ann),
      start: () => logins.start(ann, "phone"),
      next: () => logins.next(ann, AT, {}),
      wait: () => logins.next(ann, AT),
      cancel: () => logins.cancel(ann, AT),
      logout: () => logins.logout(ann, "1"),
    }[ask as "standing"];
    // What is done there already is looked at, which fails here.
    const failed = await work().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (means === "done" && ask === "cancel") expect(failed).toBeUndefined();
    else if (means === "done") expect(failed).toMatchObject({ code: "bridge-unclear" });
    else
      expect(failed).toMatchObject({
        code: "bridge-refused",
        view: { line, advice: { template: `bridge-advice/${String(advice)}` } },
      });
  });

  it("say the reason that the bridge has in a field of its own", async () => {
    answer = {
      status: 500,
      json: {
        ...{ errcode: "M_UNKNOWN", error: "Internal error in login step" },
        "fi.mau.internal_error": "wrong password",
      },
    };
    await expect(logins.next(ann, AT, { a: "b" })).rejects.toMatchObject({
      view: { line: "M_UNKNOWN: wrong password" },
    });
  });

  it("take a slow bridge for a silent one", async () => {
    const asked = Promise.withResolvers<undefined>();
    answer = () => {
      asked.resolve(undefined);
    };
    const failed = logins.start(ann, "phone").catch((error: unknown) => error);
    await asked.promise;
    clock.advance(60_000);
    expect(await failed).toMatchObject({ code: "bridge-silent" });
  });

  it("are not gone before the bridge lists them no more", async () => {
    answer = { json: { logins: [{ id: "1", name: "x" }] } };
    await expect(logins.logout(ann, "1")).rejects.toMatchObject({ code: "bridge-login-stays" });
  });
});

function inputOf(count: number): object {
  const fields = Array.from({ length: count }, (_, at) => ({ id: String(at), name: "x" }));
  return { login_id: "a", step_id: "s", type: "user_input", user_input: { fields } };
}
