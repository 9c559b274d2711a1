import { existsSync, statSync, symlinkSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { ALICE, ScriptedTalk } from "../harness/scriptedTalk.ts";
import type { Fault } from "../harness/scriptedHomeserver.ts";

let talk: ScriptedTalk;
afterEach(() => talk.end());

const OFFICE = "#office:scripted.test";
const refused = (status: number): Fault => ({ kind: "error", status, errcode: "M_UNKNOWN" });

const rough: readonly (readonly [string, string, Fault, string])[] = [
  [
    "the operators' alias: 502",
    "/directory/room/",
    { kind: "html", status: 502 },
    "operators' room",
  ],
  ["the operators' alias: 403", "/directory/room/", refused(403), "operators' room"],
  ["the operators' alias: 400", "/directory/room/", refused(400), "operators' room"],
  ["its display name: 500", "/displayname", refused(500), "display name"],
  ["its display name: 401", "/displayname", refused(401), "display name"],
  [
    "its display name: an odd shape",
    "/displayname",
    { kind: "json", body: { displayname: 5 } },
    "display name",
  ],
  ["the rooms it is in: 500", "/joined_rooms", refused(500), "which rooms I am in"],
  [
    "the rooms it is in: an odd entry",
    "/joined_rooms",
    { kind: "json", body: { joined_rooms: [5, "!a:scripted.test"] } },
    "Start: complete",
  ],
  ["its identity and key backup: 500", "/room_keys/version", refused(500), "my identity"],
  [
    "its identity and key backup: an odd shape",
    "/room_keys/version",
    { kind: "json", body: { version: 5 } },
    "my identity",
  ],
  ["its account data: 500", "/account_data/m.secret_storage", refused(500), "my identity"],
];

describe("a start at which the homeserver answers badly to what Usher can do without", () => {
  it.each(rough)("%s", async (what, where, fault, named) => {
    const crypto = /identity|account/.test(what) ? { engine: "wasm" } : { engine: "off" };
    talk = await ScriptedTalk.prepare({
      operators: [ALICE],
      config: { crypto, operatorsRoom: OFFICE },
    });
    const { server, usher } = talk;
    server.on("GET /_matrix/client/v3/directory/room/:alias", () => ({
      status: 404,
      body: { errcode: "M_NOT_FOUND" },
    }));
    server.fault(where, fault, 100_000);
    for (let life = 1; life <= 2; life += 1) {
      await usher.start();
      const direct = `!direct${String(life)}:scripted.test`;
      server.rooms.setState(direct, ALICE, "m.room.create", "", { room_version: "11" });
      for (const user of [ALICE, server.me])
        server.rooms.setState(direct, user, "m.room.member", user, { membership: "join" });
      expect(await talk.ask(direct, "!usher admin doctor")).toContain(named);
      await usher.kill();
    }
    expect(usher.stderr.includes("start.missing")).toBe(named !== "Start: complete");
  });
});

describe("a start on a disk that takes nothing", () => {
  it.runIf(existsSync("/dev/full"))(
    "writes only what is new, and goes on without telling Docker how it is",
    async () => {
      talk = await ScriptedTalk.begin({ config: { crypto: { engine: "wasm" } } });
      const { usher } = talk;
      const kept = ["crypto/device.json", "session.json", "names.key", "crypto/late.json"].filter(
        (name) => existsSync(join(usher.dataDir, name)),
      );
      const written = (): unknown[] => kept.map((name) => statSync(join(usher.dataDir, name)).ino);
      expect(kept).toContain("crypto/device.json");
      const before = written();
      await usher.kill();
      for (const name of ["health.json", "health.json.new"])
        await rm(join(usher.dataDir, name), { force: true });
      symlinkSync("/dev/full", join(usher.dataDir, "health.json.new"));
      await usher.start();
      expect(await talk.ask(talk.room(), "!usher help")).toContain("I am Usher");
      expect(written()).toEqual(before);
      expect(usher.stderr).toContain("health.failed");
    },
  );
});
