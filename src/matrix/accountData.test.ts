import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ScriptedHomeserver } from "../../test/harness/scriptedHomeserver.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import { declareAccountData } from "../privacy/declared.ts";
import { ACCOUNT } from "../privacy/records/account.ts";
import { OwnAccountData } from "./accountData.ts";
import { createHomeserverCall } from "./client.ts";

const room = "!room:scripted.test" as RoomId;
const TYPE = declareAccountData("org.example.test", ACCOUNT);

describe("Usher's own account data", () => {
  let server: ScriptedHomeserver;
  let accountData: OwnAccountData;

  beforeEach(async () => {
    server = await ScriptedHomeserver.start();
    const call = createHomeserverCall({ url: server.url, token: server.token });
    accountData = new OwnAccountData(call, server.me as UserId);
  });
  afterEach(() => server.close());

  it("is one thing for the account and another for each room", async () => {
    expect(await accountData.get(TYPE)).toBeUndefined();
    expect(await accountData.get(TYPE, room)).toBeUndefined();
    await accountData.set(TYPE, { of: "account" });
    await accountData.set(TYPE, { of: "room" }, room);
    expect(await accountData.get(TYPE)).toEqual({ of: "account" });
    expect(await accountData.get(TYPE, room)).toEqual({ of: "room" });
    const other = "!other:scripted.test" as RoomId;
    expect(await accountData.get(TYPE, other)).toBeUndefined();
  });

  it("that is no object is a fault of the homeserver, and one that is refused is not taken for none", async () => {
    server.fault("/account_data/", { kind: "json", body: ["a list"] });
    await expect(accountData.get(TYPE)).rejects.toMatchObject({ kind: "malformed" });
    server.fault("/account_data/", { kind: "error", status: 403, errcode: "M_FORBIDDEN" });
    await expect(accountData.get(TYPE)).rejects.toMatchObject({ status: 403 });
  });
});
