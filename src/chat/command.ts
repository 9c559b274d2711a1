import type { UsherError, View } from "../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import type { Need } from "../matrix/power.ts";
import type { Sticker } from "../matrix/stickers.ts";
import type { ArgumentKind } from "./arguments.ts";

/** A sentence to say: the name of a template under `templates/<language>/`, and what fills it. */
// A type and not an interface, so that one answer may be part of another's view.
export type Answer = {
  readonly template: string;
  readonly view: View;
  /** Personal to them: said in a room of exactly this person and Usher, or not at all. */
  readonly onlyFor?: UserId;
  /** This is what is said. The sentence is said only where "I am working on it" waits to become one. */
  readonly sticker?: Sticker;
};

/** Who asked, where, and in which event. */
export interface Request {
  readonly room: RoomId;
  readonly person: UserId;
  /** The command's own event; what it does is named after it. */
  readonly event: EventId;
  readonly thread: EventId | undefined;
  /** True in a room of exactly this person and Usher. */
  readonly direct: boolean;
  /** It has just come from a device that its owner has signed. */
  readonly signedDevice?: boolean;
  /** The device that it came from, where it came encrypted. */
  readonly device?: string | undefined;
  /** An operator, where operators' commands are answered. */
  readonly operator: boolean;
  /** An operator, where they are not. */
  readonly operatorElsewhere?: boolean;
  /** How Usher was called, to be repeated in help: "!usher", or "" in a direct chat. */
  readonly calledAs: string;
}

/** A value that a command takes by place, or as `key=value`. */
export interface Parameter<T = unknown> {
  readonly kind: ArgumentKind<T>;
  readonly required: boolean;
}

export function required<T>(kind: ArgumentKind<T>): Parameter<T> & { readonly required: true } {
  return { kind, required: true };
}

export function optional<T>(kind: ArgumentKind<T>): Parameter<T> & { readonly required: false } {
  return { kind, required: false };
}

type Parameters = Readonly<Record<string, Parameter>>;

/** The values a command receives, inferred from its definition: required ones are there, optional ones may be undefined, flags are booleans. */
export type Input<P extends Parameters, O extends Parameters, F extends string> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer T>
    ? P[K]["required"] extends true
      ? T
      : T | undefined
    : never;
} & {
  readonly [K in keyof O]: O[K] extends Parameter<infer T> ? T | undefined : never;
} & { readonly [K in F]: boolean };

interface Definition<P extends Parameters, O extends Parameters, F extends string> {
  /** What people type, as "add widget". Its help is in `templates/en/help/<words with dashes>.mustache`. */
  readonly words: string;
  readonly aliases?: readonly string[];
  /** Whether a word tells that this command is meant, and not another that begins alike: "add https://…". */
  readonly suits?: (word: string) => boolean;
  /** Whether a line in somebody's own words asks for it: they are told the command, and nothing is done. */
  readonly askedFreely?: (line: string) => boolean;
  /** Values by place, in this order. The last one may be of a kind that takes the rest of the line. */
  readonly parameters: P;
  /** Values as `key=value`. */
  readonly options?: O;
  /** Words as `--flag`. `--yes` exists on every command that changes things and is not listed. */
  readonly flags?: readonly F[];
  readonly operatorsOnly?: boolean;
  /** Understood, and listed nowhere. */
  readonly unlisted?: boolean;
  /** For what hands out or erases somebody's data, or deals with credentials: in an encrypted room it is obeyed from signed devices alone. */
  readonly signedDevice?: boolean;
  /** One line as a person would type it, without how Usher is addressed. */
  readonly example: string;
  /** What is said where the value with this label is missing, and what is in the room tells more than an example; undefined where it does not. */
  readonly missing?: (label: string, room: RoomId) => Promise<UsherError | undefined>;
}

/** A command that only tells something. */
interface Telling<I> {
  readonly changes: false;
  answer(input: I, request: Request): Promise<Answer>;
}

/** What is shown before a yes. The name says so, and with it comes the limit of `preview.ts`, which a test keeps for all of them. */
export type Preview = Answer & { readonly template: `${string}preview` };

/**
 * What would happen. `nothing` ends the command with that answer; `preview` is shown and must be confirmed; `unseen` needs no
 * confirmation, for nobody else will see a difference. `exactly` is the command line with whatever could mean something else
 * at another time spelt out: it is what is confirmed, and what is run again after a crash. `cautions` is what is worth knowing beside the
 * preview, what matters most first: as much of it is told as there is room for, so it must be found elsewhere too. `aside` is what somebody who skips the
 * preview must hear all the same.
 */
export type Plan =
  | { readonly nothing: Answer }
  | {
      readonly preview: Preview;
      readonly cautions?: readonly Answer[];
      readonly exactly?: string;
      readonly aside?: Answer | undefined;
    }
  | { readonly unseen: true; readonly exactly?: string };

/** Something to be done, by the name of its template under `deed/`, with what it takes. */
export interface Deed {
  readonly deed: string;
  readonly needs: readonly Need[];
}

/** What a command takes of the person and of Usher; asked before planning and again before doing. */
type Taking<I> =
  | {
      /** What Usher calls the deed in a refusal: "To <deed> here you need power 50". A template name under `deed/`. */
      readonly deed: string;
      /** What both must be allowed to do, for the exact events that will be sent. */
      needs(): readonly Need[];
      readonly needsHere?: never;
    }
  | {
      readonly deed?: never;
      /** What it usually takes, for help. */
      needs(): readonly Need[];
      /** What it takes by what is in the room. Rejects with an `UsherError` where nobody may. */
      needsHere(input: I, request: Request): Promise<Deed>;
    }
  | {
      /** No power in this room, or what the command judges itself: nothing is refused in its name. */
      readonly deed?: never;
      needs(): readonly never[];
      readonly needsHere?: never;
    };

/** A command that changes things others can see. */
type Changing<I> = Taking<I> & {
  readonly changes: true;
  /** Looks, and changes nothing. */
  plan(input: I, request: Request): Promise<Plan>;
  /** Does it. May be run again after a crash: compares before it writes, and names what it sends after `request.event`. */
  perform(input: I, request: Request): Promise<Answer>;
  /** What can only be done when the answer has been said, where there was one. May be run again after a crash. */
  afterwards?(input: I, request: Request): Promise<void>;
};

/** A command, whatever it takes. What is inside fits together because `defineCommand` made it. */
export type Command = Definition<Parameters, Parameters, string> &
  (Telling<never> | Changing<never>);

export function defineCommand<
  P extends Parameters,
  O extends Parameters = Record<never, never>,
  F extends string = never,
>(definition: Definition<P, O, F> & (Telling<Input<P, O, F>> | Changing<Input<P, O, F>>)): Command {
  return definition;
}
