import type { Answer } from "../../chat/command.ts";
import type { Secrets } from "../../config/secrets.ts";
import type { EventWaiter } from "../../integrations/eventWaiter.ts";
import type { Awaited } from "../../integrations/setUp.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { EventId, RoomId, UserId } from "../../kernel/ids.ts";
import type {
  Inviting,
  OwnAccount,
  PowerLevels,
  RoomMembers,
  RoomPower,
  RoomState,
  Profiles,
  Sending,
} from "../../matrix/port.ts";
import type { Need } from "../../matrix/power.ts";
import type { HttpClient } from "../../net/websites.ts";
import type { BotRooms } from "./botRooms.ts";
import type { Dialogues } from "./dialogue/dialogues.ts";
import type { BridgeEntry } from "./config.ts";
import type { LoginWays } from "./logins/logins.ts";

/** What a room is linked to on the far side. */
export interface Target {
  /** Where the bridge knows several networks. */
  readonly network?: string | undefined;
  /** The channel, chat or group, as the bridge calls it. */
  readonly channel: string;
  /** Who there is to be asked for their consent, where somebody named them: asked for once, and part of no link. */
  readonly consentBy?: string | undefined;
}

/** A room and what it is linked to, for whom. */
export interface Link extends Target {
  readonly room: RoomId;
  /** Undefined where they have been erased. */
  readonly person: UserId | undefined;
  /** The command's event. */
  readonly cause: EventId;
  /** When it was given; ms since the epoch. */
  readonly at?: number | undefined;
  /** Whether the bot came into the room for this link: then none that the room had before is it. */
  readonly botCame?: boolean | undefined;
  /** Usher is not in the room, and sees nothing of it. */
  readonly isOutside?: boolean | undefined;
}

/** What is said of a bridge before anything is set up (R18, R62). */
export interface BridgeTraits {
  /** What the far side is called. */
  readonly farSide: string;
  /** Whether people can appear there with accounts of their own. `own`, `members`: only those who do are heard there at all; of `own` the link itself is by such an account. */
  readonly puppeting: "none" | "automatic" | "manual" | "own" | "members";
  /** Whether the far side sees the name, the picture, of who writes. */
  readonly relays: { readonly name: boolean; readonly avatar: boolean };
  /** What it changes in the room by itself: kept, and put back when the bridge goes. */
  readonly alters: readonly Alteration[];
  /** Who appears where because of it: a template under `bridge-appears/`. */
  readonly appears: Answer;
  /** What the bridge itself keeps of people, which Usher cannot erase. */
  readonly keeps: Answer;
  /** Whether it takes a link by itself into the room that replaces another, where everybody may join that: nobody is to be asked anew then. */
  readonly carries: boolean;
  /** Whether it ends a link by itself where its bot is put out of the room. */
  readonly kickEnds: boolean;
  /** Whether it understands encrypted rooms. */
  readonly encrypts: boolean;
  /** `false`: its makers have given it up. */
  readonly keptUp?: boolean;
}

export type Alteration = "name" | "topic" | "avatar";

/** What somebody on the far side has to say yes to, before a room is linked. */
export interface Consent {
  /** What the room is told meanwhile: a template under `bridge-consent/`. */
  readonly asked: Answer;
  /** How long they may take, after which the bridge itself gives up; ms. */
  readonly limitMs: number;
}

/** The power that a bridge's bot needs in a room. */
export interface BotPowers {
  /** Its own level at least. */
  readonly level: number;
  /** Types of state events that everybody may send from then on at this level, so that it needs none of its own. */
  readonly events: Readonly<Record<string, number>>;
  /** The same of inviting, where that is to be changed. */
  readonly invite?: number | undefined;
}

/** How a bridge is doing. `tooOld`, `unusable`: it answers, but cannot do what is asked of it. */
export type Health =
  | { readonly is: "up"; readonly version?: string | undefined }
  | { readonly is: "down" | "too-old" | "unusable" };

/**
 * How one sort of bridge is worked with. Nothing of it judges who may: `rule` says what the bridge itself would ask of a person, and Usher asks that, for the
 * bridge takes Usher for its administrator. `connect` and `disconnect` compare before they act, for a crash has them repeated.
 */
export interface Connector {
  readonly bot: UserId;
  readonly traits: BridgeTraits;
  /** Given where a link waits for it: `connected` then rejects once that is over. */
  readonly consent?: Consent;
  /** Its commands are typed in the linked room itself, where everybody reads them. */
  readonly inRoom?: true;
  /** It keeps one link for each room: a second would take the place of the first. */
  readonly oneLinkEach?: true;
  /** How people log in there; left out where nobody does. */
  readonly logins?: LoginWays;
  /** What the words behind the bridge's name mean. Throws what is wrong with them. */
  target(words: readonly string[]): Target;
  /** What all spellings of a channel have in common, where it has several. */
  folded?(channel: string): string;
  /** What somebody may type behind the bridge's name. */
  readonly example: string;
  /** As people say it: "#chan on libera". */
  nameOf(target: Target): string;
  /** What the bridge would ask of a person who links a room by themselves. */
  readonly rule: readonly Need[];
  /** What its bot needs in a room with this power. */
  powers(power: RoomPower): BotPowers;
  /** Rejects with an `UsherError` where it is known beforehand that it would not work. */
  check(link: Link): Promise<void>;
  /**
   * Given where the bridge says that a room is linked, and not with what: rejects where it is, before anything has been ordered. Its bot is in the room, or invited. What is linked
   * after that is this link.
   */
  assertFree?(link: Link): Promise<void>;
  /**
   * Links them; the bot is in the room, or invited. Resolves when the bridge has taken the order, with whether `finish` has nothing left to do. `stood`: there was nothing to order.
   * `ordering` is awaited before the order.
   */
  connect(link: Link, ordering?: () => Promise<void>): Promise<"whole" | "unfinished" | "stood">;
  /** What makes a link whole where the bridge has not done that by itself. */
  finish(link: Link): Promise<void>;
  /** Whether they are linked, by the thing itself and never by words alone. */
  connected(link: Link): Promise<Awaited>;
  /** Takes the link away at the bridge; nothing where there is none. Rejects where it stands after that. */
  disconnect(link: Link): Promise<void>;
  /** Bounded, and without harm. */
  health(): Promise<Health>;
}

/** What a connector works with. */
export interface ConnectorDeps {
  readonly matrix: OwnAccount &
    Sending &
    Pick<RoomState, "state" | "allState"> &
    RoomMembers &
    PowerLevels &
    Pick<Inviting, "invite"> &
    Pick<Profiles, "account">;
  readonly dialogues: Dialogues;
  readonly rooms: BotRooms;
  /** Wakes whoever waits for something in a room. */
  readonly waiter: Pick<EventWaiter, "until">;
  readonly clock: Clock;
  readonly http: HttpClient;
  readonly secrets: Secrets;
}

/** One sort of bridge, as its folder defines it. */
export interface ConnectorDefinition<E extends BridgeEntry> {
  open(entry: E, deps: ConnectorDeps): Connector;
}
