import { describe, expect, it } from "vitest";
import type { UserId } from "../kernel/ids.ts";
import type { HomeserverCall } from "./client.ts";
import { HomeserverError } from "./errors.ts";
import { account } from "./profile.ts";

const user = "@bot:example.org" as UserId;
const refusing =
  (status: number, errcode?: string, reason?: string): HomeserverCall =>
  () =>
    Promise.reject(new HomeserverError({ kind: "answered", status, errcode, reason }));

describe("account", () => {
  it("tells what it calls itself", async () => {
    expect(await account(() => Promise.resolve({ displayname: "Bot" }), user)).toEqual({
      is: "known",
      name: "Bot",
    });
    expect(await account(() => Promise.resolve({}), user)).toEqual({
      is: "known",
      name: undefined,
    });
  });

  it.each<[string, HomeserverCall, string]>([
    ["its server knows none", refusing(404, "M_NOT_FOUND"), "unknown"],
    ["Synapse knows none", refusing(404, "M_UNKNOWN"), "unknown"],
    ["a proxy answers", refusing(404), "untold"],
    ["profiles are not told", refusing(403, "M_FORBIDDEN"), "untold"],
    ["its server is not reached", refusing(502, "M_UNKNOWN"), "unreachable"],
    [
      "its server is shut out by ours",
      refusing(403, "M_FORBIDDEN", "Federation denied with example.org."),
      "unreachable",
    ],
    [
      "its server hangs",
      () => Promise.reject(new HomeserverError({ kind: "timeout" })),
      "unreachable",
    ],
    ["the answer is of no shape", () => Promise.resolve({ displayname: 7 }), "untold"],
  ])("where %s", async (_, call, is) => {
    expect(await account(call, user)).toEqual({ is });
  });
});
