import { codeOf, configFiles, type ConfigFiles } from "./configFiles.ts";

/** A file that a setting names, for one secret and nothing else. */
export interface SecretFile {
  /** Absolute. */
  readonly path: string;
  /** As `homeserver.accessTokenFile`. */
  readonly setting: string;
  /** What it holds, as "the access token". */
  readonly what: string;
}

/** What a file holds, or why it cannot be used; problem and warnings are whole sentences for the operator, and quote nothing of it. */
export type FoundSecret =
  { readonly text: string; readonly warnings: readonly string[] } | { readonly problem: string };

/** Reads a file of one word. Never throws. */
export function readSecretFile(
  { path, setting, what }: SecretFile,
  files: ConfigFiles = configFiles,
): FoundSecret {
  try {
    const text = files.read(path).trim();
    if (!/^\S+$/u.test(text))
      return { problem: `${path}, named by ${setting}, must hold ${what} and nothing else.` };
    return { text, warnings: openWarnings(path, what, files) };
  } catch (error) {
    return { problem: `${path}, named by ${setting}, cannot be read (${codeOf(error)}).` };
  }
}

/** A sentence where others than its owner can read a file that is there. */
export function openWarnings(path: string, what: string, files: ConfigFiles): readonly string[] {
  return (files.mode(path) & 0o077) === 0
    ? []
    : [`${path} holds ${what}, and others on this machine can read it: chmod 600 it.`];
}
