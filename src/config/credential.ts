import { dirname, resolve } from "node:path";
import type { z } from "zod";
import type { ConfigFiles } from "./configFiles.ts";
import type { configSchema } from "./schema.ts";
import { openWarnings, readSecretFile } from "./secretFile.ts";

/** How Usher proves who it is: with a token, or with a password that is needed once (`openSession`). */
export type Credential =
  | { readonly kind: "token"; readonly accessToken: string }
  | { readonly kind: "password"; readonly passwordFile: string };

/** A credential, unless something is wrong. Problems end the start, warnings are printed there; both are whole sentences. */
interface Found {
  readonly credential?: Credential;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

type HomeserverSettings = z.infer<typeof configSchema>["homeserver"];

/**
 * What the settings name, of which there must be one. Relative paths start at the folder of the configuration file, `path`; `hasFile` is
 * false where all came from the environment.
 */
export function credentialOf(
  { accessToken, accessTokenFile, passwordFile }: HomeserverSettings,
  path: string,
  hasFile: boolean,
  files: ConfigFiles,
): Found {
  const here = (relative: string): string => resolve(dirname(path), relative);
  const named = [accessToken, accessTokenFile, passwordFile].filter((one) => one !== undefined);
  if (named.length !== 1)
    return wrong("homeserver needs exactly one of accessToken, accessTokenFile and passwordFile.");
  if (passwordFile !== undefined) return passwordIn(here(passwordFile), files);
  if (accessTokenFile !== undefined) return tokenIn(here(accessTokenFile), files);
  return {
    credential: { kind: "token", accessToken: accessToken ?? "" },
    problems: [],
    warnings: hasFile ? openWarnings(path, "the access token", files) : [],
  };
}

function passwordIn(passwordFile: string, files: ConfigFiles): Found {
  return {
    credential: { kind: "password", passwordFile },
    problems: [],
    // After the first log-in it may be gone.
    warnings: files.exists(passwordFile) ? openWarnings(passwordFile, "the password", files) : [],
  };
}

function tokenIn(path: string, files: ConfigFiles): Found {
  const setting = "homeserver.accessTokenFile";
  const found = readSecretFile({ path, setting, what: "the access token" }, files);
  if ("problem" in found) return wrong(found.problem);
  return {
    credential: { kind: "token", accessToken: found.text },
    problems: [],
    warnings: found.warnings,
  };
}

function wrong(problem: string): Found {
  return { problems: [problem], warnings: [] };
}
