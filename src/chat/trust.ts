import { UsherError } from "../kernel/errors.ts";
import type { Encryption, RoomEncryption, RoomEvent } from "../matrix/port.ts";
import type { Command } from "./command.ts";
import { parseLine } from "./parse.ts";

/** What asks for devices that their owner has signed (MSC4153), where devices can be told: in encrypted rooms. */
export interface Demand {
  /** Whether every command is obeyed from such devices alone. */
  readonly signedOnly: boolean;
  /** The command that is given or confirmed; undefined before it is understood. */
  readonly command: Command | undefined;
}

/** The device that a command came from. */
export interface From {
  /** It cannot read what Usher says. */
  readonly unread?: boolean;
  /** Its owner has signed it. */
  readonly signed?: boolean;
  /** Which it is, where that can be told. */
  readonly device?: string | undefined;
}

/**
 * Whether what Usher says can be read where this event came from: in encrypted rooms an unsigned device may be refused the keys (`signedKeys`).
 * A reaction comes unencrypted, and tells of no device.
 */
export function canRead(
  { encryption, signedDevice }: Pick<RoomEvent, "encryption" | "signedDevice">,
  signedKeys: boolean,
): boolean {
  return !signedKeys || encryption !== "decrypted" || signedDevice === true;
}

/** Whether only a signed device will do. */
export function demandsSigned({ signedOnly, command }: Demand): boolean {
  return signedOnly || command?.signedDevice === true;
}

/**
 * Why what this event says does not count: its sender's device is unsigned (`device-unsigned`), or cannot be told, since it came unencrypted into an
 * encrypted room, as every reaction does (`confirm-in-words`). Undefined where it counts.
 */
export function deviceFault(
  event: Pick<RoomEvent, "encryption" | "signedDevice">,
  room: Encryption,
  demand: Demand,
): UsherError | undefined {
  if (!demandsSigned(demand)) return undefined;
  if (event.encryption !== "decrypted")
    return room === "none" ? undefined : new UsherError("confirm-in-words", {});
  return event.signedDevice === true
    ? undefined
    : new UsherError("device-unsigned", { words: demand.command?.words });
}

/** What is known of a reaction: it comes unencrypted, also where messages do not. */
export const REACTION = { encryption: "none" } as const;

interface DoubtDeps {
  readonly matrix: RoomEncryption;
  readonly commands: readonly Command[];
  readonly signedOnly: boolean;
  readonly signedKeys: boolean;
}

/**
 * Why this yes to what was asked for does not count: what a command asks of the device that gives it, it asks of the one that confirms it. `inWords`:
 * the question could not be read where the command came from.
 */
export async function doubtedYes(
  event: Pick<RoomEvent, "roomId" | "encryption" | "signedDevice">,
  {
    line,
    calledAs,
    inWords,
  }: { readonly line: string; readonly calledAs: string; readonly inWords: boolean },
  { matrix, commands, signedOnly, signedKeys }: DoubtDeps,
): Promise<UsherError | undefined> {
  if (!canRead(event, signedKeys)) return new UsherError("confirm-unread", {});
  if (inWords && event.encryption !== "decrypted") return new UsherError("confirm-in-words", {});
  const understood = parseLine(line, commands, calledAs);
  const command = "error" in understood ? undefined : understood.command;
  return deviceFault(event, await matrix.encryption(event.roomId), { signedOnly, command });
}
