import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, bodyOf } from "../harness/expect.ts";
import type { Person } from "../harness/person.ts";
import { freePort } from "../harness/synapse.ts";
import { UNENCRYPTED, World } from "../harness/world.ts";

/** More than the server keeps. */
const HELD = 700;

describe("what Usher answers over HTTP", () => {
  let world: World;
  let ann: Person;
  let room: string;
  let port: number;

  beforeAll(async () => {
    port = await freePort();
    world = await World.begin(UNENCRYPTED, {
      config: {
        http: { listen: `127.0.0.1:${String(port)}`, publicUrl: "https://usher.example.org" },
        operator: { contacts: { security: "security@usher.test" } },
      },
    });
    ann = await world.person("ann");
    room = await world.room(ann);
  });
  afterAll(() => world.end());

  const get = (path: string, headers = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${String(port)}${path}`, { headers });

  it("is how Usher is, for what watches it", async () => {
    for (const path of ["/health", "/ready"]) {
      const response = await get(path);
      expect([response.status, await response.text()]).toEqual([200, '{"ok":true}']);
    }
  });

  it("R77 is where a weakness is reported", async () => {
    const text = await (await get("/.well-known/security.txt")).text();
    expect(text).toContain("Contact: mailto:security@usher.test\n");
    expect(text).toContain("Canonical: https://usher.example.org/.well-known/security.txt\n");
  });

  it("R12 is the privacy notice too, under the hash that is told in chat", async () => {
    const response = await get("/privacy");
    const [, main = ""] = /<main>([^]*)<\/main>/.exec(await response.text()) ?? [];
    expect(main).toContain("Who answers for your data");
    const [, told = ""] =
      /SHA-256 is `([0-9a-f]{64})`/.exec(
        bodyOf(await ask(ann, room, "!usher privacy history 1")),
      ) ?? [];
    expect(response.headers.get("etag")).toBe(`"${told}"`);
    expect((await get("/privacy/1")).headers.get("etag")).toBe(`"${told}"`);
  });

  it("R61 leaves no word of who asked in any log", async () => {
    const marks = { "user-agent": "reader-of-pages", "x-forwarded-for": "192.0.2.77" };
    for (const path of ["/health", "/no-such-page", "/privacy", "/.well-known/security.txt"])
      await get(path, marks);
    const logs = join(world.usher.dataDir, "logs");
    const names = await readdir(logs, { recursive: true });
    const files = names.filter((name) => name.endsWith(".ndjson"));
    const lines = await Promise.all(files.map((name) => readFile(join(logs, name), "utf8")));
    const written = [...lines, world.usher.stderr, world.usher.stdout].join("\n");
    expect(written).toContain("web.proxy-unknown");
    expect(written).not.toMatch(/reader-of-pages|192\.0\.2\.77|no-such-page/);
  });

  it("holds up no command and no health check, however many connections are held open", async () => {
    const held: Socket[] = [];
    for (let number = 0; number < HELD; number += 1) {
      const socket = connect(port, "127.0.0.1").on("error", () => undefined);
      await once(socket, "connect");
      socket.write("GET /health HTTP/1.1\r\nhost: x\r\n");
      held.push(socket);
    }
    expect(bodyOf(await ask(ann, room, "!usher list"))).toContain("nothing in this room");
    const response = await get("/health", { connection: "close" });
    expect(response.status).toBe(200);
    for (const socket of held) socket.destroy();
  });
});
