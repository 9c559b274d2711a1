import type * as Native from "@matrix-org/matrix-sdk-crypto-nodejs";
import type { Clock } from "../../kernel/clock.ts";
import { makeFolders } from "../../files/folders.ts";
import { makePrivate } from "../../files/sqlite.ts";
import { declareFile, folderOf } from "../../privacy/declared.ts";
import { KEYS } from "../../privacy/records/keys.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { UserId } from "../../kernel/ids.ts";
import { settledWithin } from "../../kernel/tasks.ts";
import type { NativeModule } from "./nativeValues.ts";

/** In `crypto/native`, by the name that the package gives it. */
const storeFile = declareFile("matrix-sdk-crypto.sqlite3", KEYS);
/** How long calls under way may take to end before a machine is closed, ms. */
const CLOSE_PATIENCE_MS = 5_000;

export interface NativeMachineOptions {
  readonly me: UserId;
  readonly deviceId: string;
  /** The folder of its store. */
  readonly folder: string;
  readonly storeKey: Uint8Array;
  readonly clock: Clock;
  /** How long one call may take, ms. */
  readonly limitMs: number;
  readonly onBroken: () => void;
}

/** Keeps an object of the package until the call has ended, and answers with it. Everything given to the machine goes through it. */
export type Hold = <T>(given: T) => T;
export type NativeTask<T> = (open: Native.OlmMachine, hold: Hold) => Promise<T>;
export type NativeRun = <T>(task: NativeTask<T>) => Promise<T>;

/**
 * Holds the package's `OlmMachine` of one store. The package ends the whole process (134) when a machine is still open at the end, when a
 * closed one is asked anything, or when one is closed under a call: so every call goes through `run`, and a machine is closed only when no
 * call is under way. It also reads the ids in a list that it was given after the call has returned, from memory that is free by then if
 * nobody holds them: so each call holds what it gives until it has ended.
 */
export class NativeMachine {
  readonly #native: NativeModule;
  readonly #options: NativeMachineOptions;
  #current: Native.OlmMachine | undefined;
  #healthy = true;
  /** The calls under way, each with what it holds. */
  readonly #underWay = new Map<Promise<unknown>, readonly unknown[]>();
  readonly #onExit = (): void => {
    if (this.#underWay.size === 0) this.#release();
  };

  private constructor(
    native: NativeModule,
    options: NativeMachineOptions,
    first: Native.OlmMachine,
  ) {
    this.#native = native;
    this.#options = options;
    this.#current = first;
    process.once("exit", this.#onExit);
  }

  /** Rejects with `crypto-store-unreadable` or `crypto-device-mismatch`. */
  static async open(native: NativeModule, options: NativeMachineOptions): Promise<NativeMachine> {
    return new NativeMachine(native, options, await openStore(native, options));
  }

  get healthy(): boolean {
    return this.#healthy;
  }

  /** Rejects with `crypto-engine-broken` where the machine is broken, breaks meanwhile, or takes too long. */
  async run<T>(task: NativeTask<T>): Promise<T> {
    if (!this.#healthy || this.#current === undefined) throw new UsherError("crypto-engine-broken");
    const late = Promise.withResolvers<never>();
    const cancel = this.#options.clock.after(this.#options.limitMs, () => {
      this.#break();
      late.reject(new UsherError("crypto-engine-broken"));
    });
    const held: unknown[] = [];
    const machine = this.#current;
    // One that throws before it gives a promise must not leave the time limit running, which nobody would hear.
    const call = Promise.try(() =>
      task(machine, (given) => {
        held.push(given);
        return given;
      }),
    );
    this.#underWay.set(call, held);
    const forget = (): void => void this.#underWay.delete(call);
    call.then(forget, forget);
    try {
      return await Promise.race([call, late.promise]);
    } catch (error) {
      if (!isPanic(error)) throw error;
      this.#break();
      throw new UsherError("crypto-engine-broken", {}, { cause: error });
    } finally {
      cancel();
    }
  }

  /** Opens the same store again. Rejects with `crypto-engine-broken` while a call is still under way. */
  async reopen(): Promise<void> {
    this.#healthy = false;
    if (!(await this.#quiet())) throw new UsherError("crypto-engine-broken");
    this.#release();
    this.#current = await openStore(this.#native, this.#options);
    this.#healthy = true;
  }

  async close(): Promise<void> {
    this.#healthy = false;
    if (!(await this.#quiet())) return;
    this.#release();
    process.off("exit", this.#onExit);
  }

  #break(): void {
    if (!this.#healthy) return;
    this.#healthy = false;
    this.#options.onBroken();
  }

  #quiet(): Promise<boolean> {
    return settledWithin(Promise.allSettled(this.#underWay.keys()), CLOSE_PATIENCE_MS);
  }

  #release(): void {
    this.#current?.close();
    this.#current = undefined;
  }
}

/** A panic inside the package's asynchronous calls comes as an error without a class. */
export function isPanic(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("Panic in async function");
}

async function openStore(
  native: NativeModule,
  { me, deviceId, folder, storeKey }: NativeMachineOptions,
): Promise<Native.OlmMachine> {
  const file = storeFile(folder);
  makeFolders(folderOf(file));
  makePrivate(file);
  const [user, device] = [new native.UserId(me), new native.DeviceId(deviceId)];
  const held = new Set<unknown>([user, device]);
  try {
    return await native.OlmMachine.initialize(
      user,
      device,
      folder,
      Buffer.from(storeKey).toString("hex"),
    );
  } catch (error) {
    const code =
      error instanceof Error && error.message.includes("doesn't match the account")
        ? "crypto-device-mismatch"
        : "crypto-store-unreadable";
    throw new UsherError(code, { token: deviceId }, { cause: error });
  } finally {
    // Held until here, since it is asked of here.
    held.clear();
  }
}
