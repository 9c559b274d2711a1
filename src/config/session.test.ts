import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { asUserId, type UserId } from "../kernel/ids.ts";
import type { Config } from "./load.ts";
import { nodeFiles, type Files } from "../files/files.ts";
import { openSession } from "./session.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "usher-session-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function config(user = "@usher:club.example"): Pick<Config, "homeserver" | "dataDir"> {
  const userId = asUserId(user) as UserId;
  return {
    homeserver: {
      url: "https://matrix.club",
      userId,
      credential: { kind: "password", passwordFile: join(folder, "password") },
    },
    dataDir: join(folder, "data"),
  };
}

const answering =
  (answer: () => Response): typeof fetch =>
  () =>
    Promise.resolve(answer());
const never: typeof fetch = () => Promise.reject(new Error("nothing should have been asked"));
const welcome = answering(() =>
  Response.json({ user_id: "@usher:club.example", access_token: "syt_token", device_id: "ABCDE" }),
);

describe("openSession", () => {
  it("takes a configured token as it is", async () => {
    const { homeserver, dataDir } = config();
    const withToken = {
      dataDir,
      homeserver: { ...homeserver, credential: { kind: "token", accessToken: "t" } as const },
    };
    expect(await openSession(withToken, never)).toEqual({ accessToken: "t", deviceId: undefined });
  });

  it("logs in once, and keeps token and device where only the owner can read them", async () => {
    writeFileSync(join(folder, "password"), "hunter2\n");
    let body = "";
    const listening: typeof fetch = async (input, init) => {
      body = await new Request(input, init).text();
      return await welcome(input, init);
    };
    expect(await openSession(config(), listening)).toMatchObject({
      accessToken: "syt_token",
      deviceId: "ABCDE",
    });
    expect(JSON.parse(body)).toMatchObject({
      password: "hunter2",
      identifier: { user: "@usher:club.example" },
    });

    rmSync(join(folder, "password"));
    expect(await openSession(config(), never)).toMatchObject({
      accessToken: "syt_token",
      deviceId: "ABCDE",
    });
    const file = join(folder, "data", "session.json");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8")).not.toContain("hunter2");
    expect(readdirSync(join(folder, "data"))).toEqual(["session.json"]);
  });

  it("has the device on the disk, with its place in the folder, before it goes on", async () => {
    writeFileSync(join(folder, "password"), "hunter2");
    const data = join(folder, "data");
    const steps: string[] = [];
    const files: Files = {
      ...nodeFiles,
      rename: async (from, to) => {
        steps.push(`rename ${basename(to)}`);
        await nodeFiles.rename(from, to);
      },
      syncFolder: async (path) => {
        steps.push(`sync ${basename(path)}`);
        await nodeFiles.syncFolder(path);
      },
    };
    await openSession(config(), welcome, files);
    expect(steps).toEqual(["rename session.json", "sync data"]);

    rmSync(data, { recursive: true });
    const broken = (): Promise<never> =>
      Promise.reject(Object.assign(new Error("EIO"), { code: "EIO" }));
    await expect(openSession(config(), welcome, { ...nodeFiles, rename: broken })).rejects.toThrow(
      /session\.json cannot be written \(EIO\)/,
    );
    expect(readdirSync(data)).toEqual([]);
  });

  it.runIf(existsSync("/dev/full"))(
    "does not log in, as a new device each time, where the disk has no room for what comes of it",
    async () => {
      writeFileSync(join(folder, "password"), "hunter2");
      mkdirSync(join(folder, "data"));
      symlinkSync("/dev/full", join(folder, "data", "session.json.new"));
      await expect(openSession(config(), never)).rejects.toThrow(
        /session\.json cannot be written \(ENOSPC\)/,
      );
    },
  );

  it("refuses the session of another account, and a damaged one", async () => {
    writeFileSync(join(folder, "password"), "hunter2");
    await openSession(config(), welcome);
    await expect(openSession(config("@other:club.example"), never)).rejects.toThrow(
      "belongs to @usher:club.example, and the configuration names @other:club.example.",
    );
    writeFileSync(join(folder, "data", "session.json"), '{"userId":');
    await expect(openSession(config(), never)).rejects.toThrow("is damaged. Remove it");
  });

  it("says in one sentence why there is none", async () => {
    await expect(openSession(config(), welcome)).rejects.toThrow(
      "named by homeserver.passwordFile, holds no password.",
    );
    writeFileSync(join(folder, "password"), "hunter2");
    await expect(openSession(config(), never)).rejects.toThrow(
      "https://matrix.club cannot be reached.",
    );
    const limited = answering(() =>
      Response.json({ errcode: "M_LIMIT_EXCEEDED" }, { status: 429 }),
    );
    await expect(openSession(config(), limited)).rejects.toThrow(
      "asks to wait before the next log-in",
    );
    await expect(
      openSession(
        config(),
        answering(() => new Response("<html>", { status: 502 })),
      ),
    ).rejects.toThrow("(HTTP 502)");
    await expect(
      openSession(
        config(),
        answering(() => new Response("<html>")),
      ),
    ).rejects.toThrow("no homeserver that Usher understands");
    await expect(openSession(config("@other:club.example"), welcome)).rejects.toThrow(
      "The password is that of @usher:club.example",
    );
    expect(readdirSync(folder, { recursive: true })).toEqual(["data", "password"]);
  });
});
