import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { refusalOf } from "../../test/harness/sentenceOf.ts";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { ScriptedHomeserver } from "../../test/harness/scriptedHomeserver.ts";
import { systemClock, type Clock } from "../kernel/clock.ts";
import type { UserId } from "../kernel/ids.ts";
import { silentLog, type LogFields } from "../kernel/log.ts";
import { accountDocument } from "../store/account.ts";
import type { Documents } from "../store/documents.ts";
import { createHomeserverCall } from "./client.ts";
import { checkLogin } from "./login.ts";

/** Waits between tries are over at once; the time limits of requests never come. */
const hasty: Clock = {
  now: systemClock.now,
  after: (ms, task) => systemClock.after(ms < 15_000 ? 0 : ms, task),
};

let server: ScriptedHomeserver;
let documents: Documents;
let warned: LogFields[];
beforeEach(async () => {
  server = await ScriptedHomeserver.start();
  documents = memoryDocuments();
  warned = [];
});
afterEach(() => server.close());

function check({ token = server.token, userId = server.me, url = server.url } = {}): ReturnType<
  typeof checkLogin
> {
  const call = createHomeserverCall({ url, token, clock: hasty });
  const log = { ...silentLog, warn: (line: LogFields) => warned.push(line) };
  return checkLogin({ call, clock: hasty, log, documents, url, userId: userId as UserId });
}

describe("checkLogin", () => {
  it("tells account and device, and keeps them", async () => {
    expect(await check()).toEqual({ userId: server.me, deviceId: server.device });
    expect(await documents.get(accountDocument, "self")).toEqual({
      userId: server.me,
      deviceId: server.device,
    });
    await documents.update(accountDocument, "self", (account) => ({ ...account, syncToken: "s1" }));
    await check();
    expect(await documents.get(accountDocument, "self")).toEqual({
      userId: server.me,
      deviceId: server.device,
      syncToken: "s1",
    });
  });

  it("row 8: a token that is unknown is said at once, and not tried again", async () => {
    await expect(check({ token: "old" })).rejects.toMatchObject({
      name: "UsherError",
      code: "token-unknown",
    });
    expect(server.requests).toHaveLength(1);
  });

  it("a token of another account is refused, and nothing is kept of it", async () => {
    await expect(check({ userId: "@other:scripted.test" })).rejects.toMatchObject({
      code: "wrong-user",
      view: { expected: "@other:scripted.test", actual: server.me },
    });
    expect(await documents.get(accountDocument, "self")).toBeUndefined();
  });

  it("a data directory of another account is refused", async () => {
    await documents.update(accountDocument, "self", () => ({ userId: "@before:scripted.test" }));
    await expect(check()).rejects.toMatchObject({
      code: "data-directory-foreign",
      view: { owner: "@before:scripted.test", actual: server.me },
    });
  });

  it("row 19: another device is taken note of; whose the encryption keys are is asked when they are opened", async () => {
    await documents.update(accountDocument, "self", () => ({
      userId: server.me,
      deviceId: "BEFORE",
      syncToken: "s1",
    }));
    expect(await check()).toMatchObject({ deviceId: server.device });
    expect(await documents.get(accountDocument, "self")).toEqual({
      userId: server.me,
      deviceId: server.device,
      syncToken: "s1",
    });
  });

  it("waits for a homeserver that is just starting", async () => {
    server.fault("whoami", { kind: "html", status: 502 }, 2);
    server.fault("whoami", { kind: "close" });
    server.fault("whoami", { kind: "limited", header: "1" });
    expect(await check()).toMatchObject({ userId: server.me });
    // Whoever watches the start knows what it waits for.
    expect(warned.map(({ what }) => what)).toEqual(
      Array.from({ length: 4 }, () => "homeserver.not-reached"),
    );
  });

  it("says in words what is wrong with a connection", async () => {
    const other = await ScriptedHomeserver.start();
    const { url } = other;
    await other.close();
    const refused = check({ url });
    const reason = `Nothing listens at ${url}. Check the port, and whether the homeserver runs.`;
    await expect(refused).rejects.toMatchObject({
      code: "homeserver-unreachable",
      view: { code: "ECONNREFUSED", reason },
    });
    expect(await refusalOf(refused)).toContain(
      `no answer from a homeserver at \`${url}\` (ECONNREFUSED). ${reason} Check \`homeserver.url\`,`,
    );
  });

  it.each([
    ["a proxy without a homeserver", { kind: "html", status: 502 }, "HTTP 502"],
    ["something else", { kind: "html", status: 404 }, "HTTP 404"],
    ["an answer of another shape", { kind: "json", body: { hello: 1 } }, "malformed"],
    ["null", { kind: "json", body: null }, "HTTP 200"],
    ["a closed socket", { kind: "close" }, "UND_ERR_SOCKET"],
  ] as const)("says what answers: %s", async (_name, fault, code) => {
    server.fault("whoami", fault, 10);
    await expect(check()).rejects.toMatchObject({
      code: "homeserver-unreachable",
      view: { url: server.url, code },
    });
  });
});
