import { SetupFault } from "../fault.ts";
import { peersPython } from "./pythonPeer.ts";

/**
 * Whether a peer cannot be had here, as where the registry of Python's packages is not reached: its tests are skipped then, and not failed. Says so by name, with the
 * reason, for a run without it has shown less.
 */
export async function isMissing(
  name: string,
  requirements?: string,
  install: (requirements?: string) => Promise<unknown> = peersPython,
): Promise<boolean> {
  try {
    await install(requirements);
    return false;
  } catch (error) {
    if (!(error instanceof SetupFault)) throw error;
    console.error(skipped(name, error.message));
    return true;
  }
}

export function skipped(name: string, why: string): string {
  return `SKIPPED, for it is not here: ${name}. ${why}`;
}
