import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { UserId } from "../kernel/ids.ts";
import { errorFields, type Log } from "../kernel/log.ts";
import { declareProfile, declareUpload, type ProfileField } from "../privacy/declared.ts";
import { PROFILE } from "../privacy/records/account.ts";
import { inMemory } from "./byteSource.ts";
import { path, type HomeserverCall } from "./client.ts";
import { expect } from "./roomReader.ts";

const NAME = "Usher";
const DISPLAY_NAME = declareProfile("displayname", PROFILE);
const AVATAR = declareProfile("avatar_url", PROFILE);
const PICTURE_FILE = declareUpload("the picture of Usher's account", PROFILE);
const PICTURE = new URL("../../assets/usher.png", import.meta.url);

const profile = z.object({ displayname: z.string().nullish(), avatar_url: z.string().nullish() });
const uploaded = z.object({ content_uri: z.string().startsWith("mxc://") });

interface Account {
  readonly me: UserId;
  /** True at Usher's very first start with it. */
  readonly anew: boolean;
}

/** Gives Usher's account a name and a picture where it has none: what is set is the operator's. Never rejects: Usher works without. */
export async function furnishProfile(
  call: HomeserverCall,
  { me, anew }: Account,
  log: Log,
): Promise<void> {
  // Some homeservers let the one be set and not the other.
  const trying = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      log.info({ class: "ops", what: "profile.not-set", ...errorFields(error) });
    }
  };
  await trying(async () => {
    const { displayname } = expect(profile, await call("GET", path("profile", me)));
    // Homeservers name a new account by the first part of its id, in small letters. Later that is a name which somebody chose.
    if ((displayname ?? "") === "" || (anew && displayname === me.slice(1, me.indexOf(":"))))
      await writeProfile(call, me, DISPLAY_NAME, NAME);
  });
  await trying(async () => {
    const { avatar_url: picture } = expect(profile, await call("GET", path("profile", me)));
    if ((picture ?? "") !== "") return;
    const { size, open } = inMemory(await readFile(PICTURE));
    const file = { holds: PICTURE_FILE, size, bytes: open(), mimetype: "image/png" };
    const { content_uri: uri } = expect(
      uploaded,
      await call("POST", "/_matrix/media/v3/upload", { file, query: { filename: "usher.png" } }),
    );
    await writeProfile(call, me, AVATAR, uri);
  });
}

async function writeProfile(
  call: HomeserverCall,
  me: UserId,
  field: ProfileField,
  value: string,
): Promise<void> {
  await call("PUT", path("profile", me, field), { body: { [field]: value } });
}
