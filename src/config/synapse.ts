import { dirname, resolve } from "node:path";
import type { z } from "zod";
import type { ConfigFiles } from "./configFiles.ts";
import type { configSchema } from "./schema.ts";
import { Secret } from "./secret.ts";
import { readSecretFile } from "./secretFile.ts";

/** How Usher learns of accounts on its own homeserver; what is absent was not given. */
export interface SynapseAccess {
  /** The admin API, with the token of an account of its own. */
  readonly admin?: { readonly url: string; readonly token: Secret };
  /** Where Usher listens for its module in Synapse. */
  readonly module?: { readonly secret: Secret; readonly host: string; readonly port: number };
}

interface Found {
  readonly synapse: SynapseAccess;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

type SynapseSettings = z.infer<typeof configSchema>["synapse"];

/** The secrets that the settings name. Relative paths start at the folder of the configuration file, `path`. */
export function synapseOf(settings: SynapseSettings, path: string, files: ConfigFiles): Found {
  const {
    adminUrl,
    adminTokenFile,
    moduleSecretFile,
    moduleHost: host,
    modulePort: port,
  } = settings;
  const problems: string[] = [];
  const warnings: string[] = [];
  const read = (name: string, file: string | undefined, what: string): Secret | undefined => {
    if (file === undefined) return undefined;
    const place = { path: resolve(dirname(path), file), setting: `synapse.${name}`, what };
    const found = readSecretFile(place, files);
    if ("problem" in found) {
      problems.push(found.problem);
      return undefined;
    }
    warnings.push(...found.warnings);
    return new Secret(found.text);
  };
  const token = read("adminTokenFile", adminTokenFile, "the access token of an admin");
  const secret = read("moduleSecretFile", moduleSecretFile, "the secret of the module");
  if ((adminUrl === undefined) !== (adminTokenFile === undefined))
    problems.push("synapse.adminUrl and synapse.adminTokenFile are of use only together.");
  if (secret !== undefined && secret.reveal().length < LEAST_SECRET)
    problems.push(
      `The secret in synapse.moduleSecretFile must be ${String(LEAST_SECRET)} characters long at least, such as what \`openssl rand -hex 32\` gives.`,
    );
  const url = adminUrl?.replace(/\/+$/, "");
  return {
    synapse: {
      ...(url === undefined || token === undefined ? {} : { admin: { url, token } }),
      ...(secret === undefined ? {} : { module: { secret, host, port } }),
    },
    problems,
    warnings,
  };
}

/** Whoever guesses it could have people erased. */
const LEAST_SECRET = 32;
