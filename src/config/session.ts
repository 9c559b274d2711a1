import { z } from "zod";
import { nodeFiles, type Files } from "../files/files.ts";
import { makeFolders } from "../files/folders.ts";
import { replaceFile } from "../files/replaceFile.ts";
import { declareFile, folderOf, type FilePath } from "../privacy/declared.ts";
import { SECRETS } from "../privacy/records/keys.ts";
import type { Config } from "./load.ts";
import { logIn, type Login } from "./login.ts";
import { ConfigError } from "./problems.ts";

const sessionFile = declareFile("session.json", SECRETS);

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
  files: Files = nodeFiles,
): Promise<Session> {
  const { userId, credential } = config.homeserver;
  if (credential.kind === "token")
    return { accessToken: credential.accessToken, deviceId: undefined };

  const file = sessionFile(config.dataDir);
  const stored = await readIfThere(files, file);
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

  const password = (await readIfThere(files, credential.passwordFile))?.replace(/\r?\n$/, "");
  if (password === undefined || password === "") {
    throw new ConfigError([
      `${credential.passwordFile}, named by homeserver.passwordFile, holds no password.`,
    ]);
  }
  return await keepLogin(file, files, () => freshLogin(config, password, fetcher));
}

async function freshLogin(
  { homeserver: { url, userId } }: Pick<Config, "homeserver">,
  password: string,
  fetcher: typeof fetch,
): Promise<Login> {
  const login = await logIn(url, userId, password, fetcher);
  if (login.userId !== userId)
    throw new ConfigError([
      `The password is that of ${login.userId}, and the configuration names ${userId}.`,
    ]);
  return login;
}

/** Each log-in makes a new device, and one that is lost takes the encryption keys with it: what comes of it has its place on the disk before. */
async function keepLogin(
  file: FilePath,
  files: Files,
  login: () => Promise<Login>,
): Promise<Session> {
  let made: Login | undefined;
  const make = async (): Promise<string> => JSON.stringify((made = await login()));
  try {
    makeFolders(folderOf(file));
    await replaceFile(files, file, { bytes: ROOM_BYTES, make });
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    throw new ConfigError(
      [
        `${file} cannot be written (${code}), so Usher does not log in. See that its disk has room and may be written.`,
      ],
      { cause: error },
    );
  }
  if (made === undefined) throw new Error("The session was written without a log-in.");
  return made;
}

async function readIfThere(files: Files, file: string): Promise<string | undefined> {
  try {
    return await files.read(file);
  } catch (error) {
    throw new ConfigError([`${file} cannot be read.`], { cause: error });
  }
}

/** The system's code, where the error is one of the system. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}

function parse(text: string): z.infer<typeof schema> | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
