import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { appendFile, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../harness/patience.ts";
import { freePort, startSynapse, type Synapse } from "../harness/synapse.ts";

const MODULES = join(import.meta.dirname, "../../contrib/synapse");
const GIVEN = (process.env["USHER_TEST_HOMESERVER"] ?? "") !== "";

describe.skipIf(GIVEN)("R26 the module in Synapse", () => {
  let folder: string;
  let modulePort: number;
  const heard: { readonly user_id: string; readonly ts: number }[] = [];
  let listener: Server | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "usher-e2e-waiting-"));
    await writeFile(join(folder, "secret"), randomBytes(32).toString("hex"), { mode: 0o600 });
    modulePort = await freePort();
  });
  afterAll(async () => {
    listener?.close();
    listener?.closeAllConnections();
    await rm(folder, { recursive: true, force: true });
  });

  /** The same homeserver each time. */
  function start(): Promise<Synapse> {
    const config = {
      url: `http://127.0.0.1:${String(modulePort)}`,
      secret_file: join(folder, "secret"),
      waiting_file: join(folder, "waiting"),
    };
    const modules = [{ module: "usher_synapse.UsherModule", config }];
    const dataDir = join(folder, "synapse");
    return startSynapse({ dataDir, pythonPath: MODULES, settings: { modules } });
  }

  /** Takes what the module says, where Usher would listen. */
  async function listen(): Promise<void> {
    listener = createServer((request, response) => {
      let body = "";
      request.on("data", (piece: Buffer) => (body += piece.toString()));
      request.on("end", () => {
        heard.push(JSON.parse(body) as (typeof heard)[number]);
        response.setHeader("content-type", "application/json").end("{}");
      });
    });
    listener.listen(modulePort, "127.0.0.1");
    await once(listener, "listening");
  }

  it("tells after a restart what it could not tell before, with the time at which it was, and keeps nothing that it has told", async () => {
    const first = await start();
    const admin = await first.register("keeper", { admin: true });
    const people = await Promise.all(["ann", "bob", "cem"].map((name) => first.register(name)));
    const before = Date.now();
    for (const { userId } of people) {
      const where = `${first.url}/_synapse/admin/v1/deactivate/${encodeURIComponent(userId)}`;
      const headers = { authorization: `Bearer ${admin.accessToken}` };
      const { status } = await fetch(where, { method: "POST", headers, body: "{}" });
      expect(status).toBe(200);
    }
    const after = Date.now();
    await first.stop();
    const waiting = join(folder, "waiting");
    expect((await stat(waiting)).mode & 0o777).toBe(0o600);
    // As a crash leaves a line.
    await appendFile(waiting, `\n{"user_id":"@cut`);
    await listen();
    const second = await start();
    await eventually(() => {
      expect(heard.map(({ user_id: id }) => id)).toEqual(people.map(({ userId }) => userId));
    });
    for (const { ts } of heard) {
      expect(ts).toBeGreaterThanOrEqual(before);
      expect(ts).toBeLessThanOrEqual(after);
    }
    await eventually(async () => {
      expect((await readdir(folder)).toSorted()).toEqual(["secret", "synapse"]);
    });
    await second.stop();
  });
});
