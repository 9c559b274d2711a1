import { constants } from "node:fs";
import { open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { makeFolders, syncFolder } from "../kernel/folders.ts";
import { declareFile } from "../privacy/declared.ts";
import { SECRETS } from "../privacy/records/keys.ts";
import type { Config } from "./load.ts";
import { logIn } from "./login.ts";
import { ConfigError } from "./problems.ts";

const SESSION_FILE = declareFile("session.json", SECRETS);

const schema = z.strictObject({
  userId: z.string(),
  deviceId: z.string(),
  accessToken: z.string(),
});

/** More than a session takes. */
const ROOM_BYTES = 4_096;

export interface Session {
  readonly accessToken: string;
  /** Known where Usher logged in itself; else `whoami` tells. */
  readonly deviceId: string | undefined;
}

/**
 * The session to use: the configured token, or the one that a former log-in left in `<dataDir>/session.json`, or a new log-in with the
 * password, which is then kept there (0600). To be called while the data directory is held. Throws a `ConfigError`.
 */
export async function openSession(
  config: Pick<Config, "homeserver" | "dataDir">,
  fetcher: typeof fetch = fetch,
): Promise<Session> {
  const { url, userId, credential } = config.homeserver;
  if (credential.kind === "token")
    return { accessToken: credential.accessToken, deviceId: undefined };

  const file = join(config.dataDir, SESSION_FILE);
  const stored = await readIfThere(file);
  if (stored !== undefined) {
    const session = parse(stored);
    if (session === undefined)
      throw new ConfigError([
        `${file} is damaged. Remove it, and Usher logs in anew as a new device.`,
      ]);
    if (session.userId !== userId)
      throw new ConfigError([
        `${config.dataDir} belongs to ${session.userId}, and the configuration names ${userId}.`,
      ]);
    return session;
  }

  const password = (await readIfThere(credential.passwordFile))?.replace(/\r?\n$/, "");
  if (password === undefined || password === "") {
    throw new ConfigError([
      `${credential.passwordFile}, named by homeserver.passwordFile, holds no password.`,
    ]);
  }
  // Before the log-in, which makes a new device each time: what came of it must have its place on the disk.
  await write(file, " ".repeat(ROOM_BYTES));
  try {
    const login = await logIn(url, userId, password, fetcher);
    if (login.userId !== userId)
      throw new ConfigError([
        `The password is that of ${login.userId}, and the configuration names ${userId}.`,
      ]);
    await write(file, JSON.stringify(login).padEnd(ROOM_BYTES));
    await rename(`${file}.new`, file);
    // Without it a loss of power would forget the device, and the next log-in would make another.
    await syncFolder(dirname(file));
    return login;
  } catch (error) {
    await rm(`${file}.new`, { force: true });
    throw error;
  }
}

/** Writes what is to become the file, in the place where it was written before. A whole file or none: a torn one would lose the device, and with it the encryption keys. */
async function write(file: string, text: string): Promise<void> {
  try {
    makeFolders(dirname(file));
    const handle = await open(`${file}.new`, constants.O_WRONLY | constants.O_CREAT, 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new ConfigError(
      [
        `${file} cannot be written (${code}), so Usher does not log in. See that its disk has room and may be written.`,
      ],
      {
        cause: error,
      },
    );
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new ConfigError([`${file} cannot be read.`], { cause: error });
  }
}

function parse(text: string): z.infer<typeof schema> | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
