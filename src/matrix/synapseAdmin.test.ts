import { describe, expect, it } from "vitest";
import {
  startTestServer,
  type SeenRequest,
  type TestAnswer,
  type TestServer,
} from "../../test/harness/httpServer.ts";
import { systemClock } from "../kernel/clock.ts";
import type { MxcUri, UserId } from "../kernel/ids.ts";
import { SynapseAdmin } from "./synapseAdmin.ts";

const ME = "@usher:example.org" as UserId;
const ANN = "@ann/b:example.org" as UserId;
const refused = (status: number, errcode?: string): TestAnswer => ({
  status,
  ...(errcode === undefined ? { text: "<html>" } : { json: { errcode } }),
});
const user = (deactivated: boolean): TestAnswer => ({
  json: { name: "x", deactivated, erased: false, threepids: [{ address: "ann@example.org" }] },
});

function adminAt({ url }: Pick<TestServer, "url">): SynapseAdmin {
  return new SynapseAdmin({ url, token: "admin-token", me: ME, clock: systemClock });
}

describe("R26 the admin API", () => {
  it("tells of one account whether it was deactivated, by its id alone", async () => {
    let answer = user(false);
    await using server = await startTestServer(() => answer);
    const admin = adminAt(server);
    expect(await admin.accountState(ANN)).toBe("active");
    answer = user(true);
    expect(await admin.accountState(ANN)).toBe("deactivated");
    expect(server.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /_synapse/admin/v2/users/%40ann%2Fb%3Aexample.org",
      "GET /_synapse/admin/v2/users/%40ann%2Fb%3Aexample.org",
    ]);
    expect(server.seen[0]?.headers.authorization).toBe("Bearer admin-token");
  });

  it("that knows no such account says no more than that", async () => {
    await using server = await startTestServer(() => refused(404, "M_NOT_FOUND"));
    expect(await adminAt(server).accountState(ANN)).toBe("unknown");
  });

  it.each<[string, TestAnswer]>([
    ["refuses", refused(403, "M_FORBIDDEN")],
    ["is hidden by a proxy", refused(404)],
    ["is broken", refused(500, "M_UNKNOWN")],
    ["is away behind a proxy", refused(502)],
    ["answers something else", { json: { deactivated: "yes" } }],
    ["breaks off", (response) => response.destroy()],
  ])("that %s tells nothing, and its answer is in no error", async (_, answer) => {
    await using server = await startTestServer(() => answer);
    await expect(adminAt(server).accountState(ANN)).rejects.toMatchObject({
      code: "room-unreachable",
      view: { action: "account-state" },
    });
  });

  const of = (whoami: TestAnswer, own: TestAnswer) => (request: SeenRequest) =>
    request.path.endsWith("/account/whoami") ? whoami : own;
  const keeper = { json: { user_id: "@keeper:example.org" } };

  it.each<[string, (request: SeenRequest) => TestAnswer, string | undefined]>([
    ["well", of(keeper, user(false)), undefined],
    ["well, where the client API is elsewhere", of(refused(404), user(false)), undefined],
    ["a token that is not accepted", of(refused(401, "M_UNKNOWN_TOKEN"), user(false)), "token"],
    ["Usher's own token", of({ json: { user_id: ME } }, user(false)), "own-token"],
    ["no admin's token", of(keeper, refused(403, "M_FORBIDDEN")), "forbidden"],
    ["no admin API", of(keeper, refused(404)), "silent"],
    ["a homeserver that is down", of(refused(502), refused(502)), "silent"],
    ["another homeserver", of(keeper, refused(404, "M_NOT_FOUND")), "elsewhere"],
  ])("is found to be: %s", async (_, answer, fault) => {
    await using server = await startTestServer(answer);
    expect(await adminAt(server).fault()).toBe(fault);
  });

  const FILE = "mxc://example.org/AbC" as MxcUri;
  const there: TestAnswer = { json: { media_info: {} } };
  const gone = refused(404, "M_NOT_FOUND");
  it.each<[string, TestAnswer, TestAnswer, "gone" | "may be there"]>([
    ["deletes a file, and looks whether it is gone", { json: { total: 1 } }, gone, "gone"],
    ["finds that it was gone before", gone, gone, "gone"],
    ["believes an older Synapse", { json: { total: 1 } }, refused(404, "M_UNRECOGNIZED"), "gone"],
    ["finds it there still", { json: { total: 0 } }, there, "may be there"],
    ["is refused", refused(403, "M_FORBIDDEN"), there, "may be there"],
    ["is hidden by a proxy", refused(404), refused(404), "may be there"],
    ["cannot look", { json: { total: 1 } }, refused(502), "may be there"],
  ])("R31 %s", async (_, deleting, looking, is) => {
    await using server = await startTestServer(({ method }) =>
      method === "DELETE" ? deleting : looking,
    );
    const deletion = adminAt(server).deleteMedia(FILE);
    if (is === "gone") await deletion;
    else await expect(deletion).rejects.toMatchObject({ view: { action: "delete-media" } });
    expect(server.seen[0]).toMatchObject({
      method: "DELETE",
      path: "/_synapse/admin/v1/media/example.org/AbC",
    });
  });

  it("asks nothing once it was stopped", async () => {
    await using server = await startTestServer(() => user(false));
    const admin = adminAt(server);
    admin.stop();
    await expect(admin.accountState(ANN)).rejects.toThrow();
    expect(server.seen).toEqual([]);
  });
});
