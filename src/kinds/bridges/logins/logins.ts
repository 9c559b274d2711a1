import type { UserId } from "../../../kernel/ids.ts";

/** One account of somebody at the far side, by which a bridge speaks for them. */
export interface Login {
  readonly id: string;
  /** As the far side calls it, as a telephone number. */
  readonly name: string;
  /** Whether the bridge says that it is connected. */
  readonly up: boolean;
}

/** What a log-in, or a way to log in, is called where it has no name of its own. */
export function nameOf({ id, name }: { readonly id: string; readonly name: string }): string {
  return name === "" ? id : name;
}

/** One way to log in. */
export interface Flow {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

/** Something that is to be typed. */
export interface Field {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** One of these, where there are any. */
  readonly options: readonly string[];
}

/** Which step of which log-in is at the bridge's. */
export interface At {
  readonly process: string;
  readonly step: string;
  readonly type: string;
  /** What makes a repetition no second one. */
  readonly once: string | undefined;
}

/** What a bridge wants next of whoever logs in. */
export type Step = At & {
  /** In the words of the bridge, for people. */
  readonly instructions: string;
} & (
    | { readonly is: "input"; readonly fields: readonly Field[] }
    | { readonly is: "show"; readonly how: "qr" | "text" | "nothing"; readonly data: string }
    /** What is done in a browser, or otherwise in no chat with Usher. */
    | { readonly is: "elsewhere" }
    | { readonly is: "done"; readonly login: string }
  );

/**
 * The log-ins of people at a bridge, by HTTP. Whoever may ask this may do anything with anybody's, so it is asked for exactly the person who speaks. All of it rejects with
 * `bridge-refused`, `bridge-unclear` and `bridge-silent`.
 */
export interface Logins {
  /** How they can log in, and where they are. */
  standing(
    person: UserId,
  ): Promise<{ readonly flows: readonly Flow[]; readonly logins: readonly Login[] }>;
  start(person: UserId, flow: string): Promise<Step>;
  /** Goes on with what was typed, by field; without, when the far side has what it waits for, or with the same step and something new to show. */
  next(person: UserId, at: At, typed?: Readonly<Record<string, string>>): Promise<Step>;
  cancel(person: UserId, at: At): Promise<void>;
  /** Resolves when the bridge lists it no more. */
  logout(person: UserId, login: string): Promise<void>;
}

/** How people log in and out at a bridge. */
export interface LoginWays {
  /** What they write to its bot, in a chat with it alone. */
  readonly words: { readonly login: string; readonly logout: string };
  /** Undefined where Usher cannot do it for them. */
  readonly byUsher: Logins | undefined;
}
