import { fork, type ChildProcess } from "node:child_process";
import { patiently, progress } from "../../harness/patience.ts";

/** What a child tells by itself. */
export interface Told {
  readonly event: string;
  readonly [name: string]: unknown;
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: { readonly code?: string; readonly message: string };
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A program of the tests in a process of its own: it is asked by name, answers, and tells what happens. Ends with the parent. */
export class Child {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #told: Told[] = [];
  readonly #watchers = new Set<() => void>();
  readonly #ended = Promise.withResolvers<void>();
  #number = 0;
  #over = false;

  constructor(script: string, settings: object, loud: boolean) {
    const output = loud ? "inherit" : "ignore";
    this.#process = fork(script, [JSON.stringify(settings)], {
      stdio: ["ignore", output, output, "ipc"],
    });
    this.#process.on("message", (message: Answer | Told) => {
      progress();
      if ("event" in message) {
        this.#told.push(message);
        for (const look of [...this.#watchers]) look();
        return;
      }
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.error === undefined) waiting?.resolve(message.value);
      else
        waiting?.reject(
          Object.assign(new Error(message.error.message), { code: message.error.code }),
        );
    });
    this.#process.on("exit", () => {
      this.#over = true;
      for (const { reject } of this.#waiting.values()) reject(new Error("the child has ended"));
      this.#waiting.clear();
      for (const look of [...this.#watchers]) look();
      this.#ended.resolve();
    });
  }

  ask(method: string, ...args: readonly unknown[]): Promise<unknown> {
    if (this.#over) return Promise.reject(new Error("the child has ended"));
    const id = ++this.#number;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#process.send({ id, method, args });
    });
  }

  /** The first thing told, now or later, that fits and was not taken before. Rejects, naming what was waited for, when nothing has happened for `stillMs`. */
  async take(what: string, fits: (told: Told) => boolean, stillMs?: number): Promise<Told> {
    const found = Promise.withResolvers<Told>();
    const look = (): void => {
      const at = this.#told.findIndex(fits);
      if (at !== -1) found.resolve(this.#told.splice(at, 1)[0] as Told);
      else if (this.#over) found.reject(new Error(`the child ended while waiting for ${what}`));
    };
    this.#watchers.add(look);
    look();
    const told = (): string => `no ${what}; told: ${JSON.stringify(this.#told.slice(-20))}`;
    return patiently(found.promise, told, stillMs).finally(() => this.#watchers.delete(look));
  }

  /** All that was told and not taken and fits. */
  told(fits: (told: Told) => boolean): readonly Told[] {
    return this.#told.filter(fits);
  }

  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    if (!this.#over) this.#process.kill(signal);
    await this.#ended.promise;
  }
}

/** Inside a child: answers what is asked by these methods until the parent goes. */
export function serve(methods: Readonly<Record<string, (...args: never[]) => unknown>>): void {
  process.on("message", (message: { id: number; method: string; args: never[] }) => {
    const { id, method, args } = message;
    (async () => methods[method]?.(...args))().then(
      (value) => process.send?.({ id, value: value ?? null }),
      (error: unknown) =>
        process.send?.({
          id,
          error: { code: (error as { code?: string }).code, message: String(error) },
        }),
    );
  });
  process.on("disconnect", () => process.exit(0));
}

export function tell(told: Told): void {
  process.send?.(told);
}

/** Inside a child: what the parent gave it. */
export function settings(): unknown {
  return JSON.parse(process.argv[2] ?? "{}");
}
