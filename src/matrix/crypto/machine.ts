import {
  DeviceId,
  initAsync,
  OlmMachine,
  StoreHandle,
  UserId as WasmUserId,
  type JsLogger,
} from "@matrix-org/matrix-sdk-crypto-wasm";
import type { Clock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { UserId } from "../../kernel/ids.ts";
import { isPanic } from "./panic.ts";

/** The library's own lines name people and rooms, so none is written. */
const quiet: JsLogger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Everything that must be told when the WebAssembly panics: it does not say in whose call. */
const watching = new Set<() => void>();

/**
 * A panic in an asynchronous call comes as an uncaught exception, and the call's promise never settles. It ends here; any other uncaught
 * exception goes where it would have gone without this: to the process's listeners, or, where there are none, to the end of the process.
 */
function onUncaught(error: Error): void {
  if (isPanic(error)) for (const tell of [...watching]) tell();
  else if (!process.emit("uncaughtException", error)) throw error;
}

export interface MachineOptions {
  readonly me: UserId;
  readonly deviceId: string;
  /** A name that `registerStore` knows. */
  readonly storeName: string;
  /** 32 bytes. */
  readonly storeKey: Uint8Array;
  readonly clock: Clock;
  /** How long one call may take, ms. */
  readonly limitMs: number;
  /** Called each time a machine was opened, to register its callbacks. */
  readonly onOpen: (machine: OlmMachine) => void;
  readonly onBroken: () => void;
}

/**
 * Holds the `OlmMachine` of one store. Every call goes through `run`, which gives up when the machine breaks or takes too long;
 * then nothing more is asked of it until `reopen` has opened the store again.
 */
export class Machine {
  readonly #options: MachineOptions;
  #current: OlmMachine;
  #healthy = true;
  /** One for each call under way: rejects it. */
  readonly #underWay = new Set<() => void>();
  readonly #break = (): void => {
    if (!this.#healthy) return;
    this.#healthy = false;
    for (const giveUp of [...this.#underWay]) giveUp();
    this.#options.onBroken();
  };

  private constructor(options: MachineOptions, first: OlmMachine) {
    this.#options = options;
    this.#current = first;
    if (watching.size === 0) process.setUncaughtExceptionCaptureCallback(onUncaught);
    watching.add(this.#break);
  }

  /** Rejects with `crypto-store-unreadable` or `crypto-device-mismatch`. */
  static async open(options: MachineOptions): Promise<Machine> {
    await initAsync();
    const machine = new Machine(options, await openStore(options));
    options.onOpen(machine.#current);
    return machine;
  }

  get healthy(): boolean {
    return this.#healthy;
  }

  /** What is known without asking the store. */
  get now(): OlmMachine {
    if (!this.#healthy) throw new UsherError("crypto-engine-broken");
    return this.#current;
  }

  async run<T>(
    task: (machine: OlmMachine) => Promise<T>,
    limitMs = this.#options.limitMs,
  ): Promise<T> {
    if (!this.#healthy) throw new UsherError("crypto-engine-broken");
    const broken = Promise.withResolvers<never>();
    const giveUp = (): void => {
      broken.reject(new UsherError("crypto-engine-broken"));
    };
    this.#underWay.add(giveUp);
    const cancel = this.#options.clock.after(limitMs, this.#break);
    try {
      // A task may throw before it gives a promise; what rejects `broken` then must have somebody who hears it.
      return await Promise.race([Promise.try(() => task(this.#current)), broken.promise]);
    } catch (error) {
      if (!isPanic(error)) throw error;
      // A panic in the synchronous part of a call is thrown; what was under way beside it is lost as well.
      this.#break();
      throw new UsherError("crypto-engine-broken", {}, { cause: error });
    } finally {
      cancel();
      this.#underWay.delete(giveUp);
    }
  }

  async reopen(): Promise<void> {
    this.#break();
    discard(this.#current);
    this.#current = await openStore(this.#options);
    this.#healthy = true;
    this.#options.onOpen(this.#current);
  }

  close(): void {
    this.#healthy = false;
    for (const giveUp of [...this.#underWay]) giveUp();
    watching.delete(this.#break);
    if (watching.size === 0) process.setUncaughtExceptionCaptureCallback(null);
    discard(this.#current);
  }
}

/** A machine that panicked may be borrowed for ever and then refuses to close; its store is opened anew all the same. */
function discard(machine: OlmMachine): void {
  try {
    machine.close();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}

async function openStore({
  me,
  deviceId,
  storeName,
  storeKey,
}: MachineOptions): Promise<OlmMachine> {
  try {
    // The library keeps the array it is given.
    const handle = await StoreHandle.openWithKey(storeName, Uint8Array.from(storeKey), quiet);
    return await OlmMachine.initFromStore(
      new WasmUserId(me),
      new DeviceId(deviceId),
      handle,
      quiet,
    );
  } catch (error) {
    if (error instanceof Error && error.message.includes("doesn't match the account")) {
      throw new UsherError("crypto-device-mismatch", { token: deviceId }, { cause: error });
    }
    throw new UsherError("crypto-store-unreadable", {}, { cause: error });
  }
}
