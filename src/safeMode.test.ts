import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { member, stateEvent } from "../test/harness/rawEvents.ts";
import { ScriptedHomeserver } from "../test/harness/scriptedHomeserver.ts";
import { ALICE, said, saidIn } from "../test/harness/scriptedTalk.ts";
import { loadConfig } from "./config/load.ts";
import { startOrSafely } from "./safeMode.ts";

const ROOM = "!office:scripted.test";

it("safe mode without encryption tells operators that it hears nothing in encrypted rooms", async () => {
  const folder = mkdtempSync(join(tmpdir(), "usher-safe-mode-"));
  const server = await ScriptedHomeserver.start();
  onTestFinished(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, "config.json");
  const content = {
    crypto: { engine: "off" },
    homeserver: { accessToken: server.token },
    operators: [ALICE],
  };
  writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
  const dataDir = join(folder, "data");
  mkdirSync(dataDir);
  writeFileSync(join(dataDir, "documents"), "no folder");
  const usher = await startOrSafely(
    loadConfig({
      USHER_CONFIG: file,
      USHER_MODE: "trial",
      USHER_HOMESERVER_URL: server.url,
      USHER_USER_ID: server.me,
      USHER_DATA_DIR: dataDir,
      USHER_LOG_LEVEL: "silent",
    }),
  );
  onTestFinished(() => usher.stop());
  expect(usher.fault?.code).toBe("data-directory-unreadable");
  await usher.ready;
  const state = [
    stateEvent("m.room.create", ALICE, { room_version: "11" }),
    stateEvent("m.room.join_rules", ALICE, { join_rule: "invite" }),
    member(ALICE, "join"),
    member(server.me, "join"),
  ];
  const asked = said("!usher status");
  server.sync({ join: { [ROOM]: { state, timeline: [asked] } } });
  const answer = await server.waitForRequest((one) => saidIn(one)?.about === asked.event_id);
  const told = saidIn(answer)?.body;
  expect(told).toContain("In encrypted rooms I can hear nothing in this state.");
  expect(told).toContain("running in safe mode");
});
