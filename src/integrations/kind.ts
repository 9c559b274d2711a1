import type { Answer, Command } from "../chat/command.ts";
import type { Letters } from "../chat/letters.ts";
import type { OwedWords } from "../chat/owed.ts";
import type { Speaker } from "../chat/speaker.ts";
import type { RoomUpgradeHandler } from "./roomUpgrade.ts";
import type { Catalogue, CatalogueEntry } from "./catalogue.ts";
import type { UndoHandler } from "./undoHandler.ts";
import type { CatalogueSection } from "./liveCatalogue.ts";
import type { ConfigSection } from "../config/configSection.ts";
import type { Secrets } from "../config/secrets.ts";
import type { Clock } from "../kernel/clock.ts";
import type { ErrorCodes } from "../kernel/errorCodes.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import type { KeyedQueue } from "../kernel/tasks.ts";
import type { Part } from "../matrix/part.ts";
import type {
  Content,
  Identities,
  MatrixPort,
  RoomPower,
  Rooms,
  TalkRooms,
} from "../matrix/port.ts";
import type { HttpClient } from "../net/websites.ts";
import type { Layer } from "../privacy/record.ts";
import type { ErasedByHand } from "../rights/holdings/byHand.ts";
import type { Outward } from "../rights/holdings/outward.ts";
import type { Credentials } from "../secrets/credentials.ts";
import type { Documents } from "../store/documents.ts";
import type { RoomDocument } from "../store/room.ts";
import type { RoomPart } from "../store/roomParts.ts";
import type { SetUps } from "./setUps.ts";
import type { Ability } from "./ability.ts";
import type { ItemCommands } from "./itemCommands.ts";

/** Of Matrix, a kind has what goes on in rooms. Which rooms Usher is in, and whether people are who they were, it does not decide; which room an alias means it may ask. */
export type KindMatrix = Omit<MatrixPort, Exclude<keyof Rooms, "resolveAlias"> | keyof Identities>;

/** What every kind of integration is built on, beside what `prepare` read of its configuration. */
export interface KindDeps {
  readonly matrix: KindMatrix;
  /** Where it speaks with programs that it works with, and not with people. */
  readonly talkRooms: TalkRooms;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly log: Log;
  /** Asks websites. Ends what is under way when Usher stops. */
  readonly http: HttpClient;
  /** Shared with whoever else acts on rooms. Keys are room ids. */
  readonly queue: KeyedQueue;
  readonly speaker: Speaker;
  readonly owed: OwedWords;
  /** What one person is to be told alone, whatever room it is about. */
  readonly letters: Letters;
  readonly calledAs: string;
  /** What takes several steps is defined, and done, with these. */
  readonly setUps: SetUps;
  /** Whether anything may be done for this person by itself: whoever relays or asks for somebody asks this first, each time (R37, R39). */
  readonly mayActFor: (person: UserId, room: RoomId) => boolean;
  /** What people gave so that this kind can act for them at another service: it is kept here and nowhere else. */
  readonly credentials: Credentials;
  /** What can be added, of all kinds. */
  readonly catalogue: Catalogue;
  /** Where the homeserver's client API answers. */
  readonly homeserverUrl: string;
}

/**
 * What lies in each of the four layers (R44, R45): the rooms' homeservers, Usher, the integration's own settings, a service behind it. Sentences
 * without a capital or a full stop; "none" where nothing does, so that no layer is left out by mistake.
 */
export type FourLayers = Readonly<Record<Layer, Answer | "none">>;

/** All that a kind is told of the configuration: what its own section says, and the secrets in the files that this names. */
export interface OwnConfig<S> {
  readonly settings: S;
  readonly secrets: Secrets;
}

/** One kind of what is put into rooms, as the file `kind.ts` of its folder defines it. `S`: what its section of the configuration says. */
export interface KindDefinition<S extends object = object> {
  /** The folder of its sentences, with one folder for each language, where it is not that of its own folder in `src/kinds`. */
  readonly templates?: string;
  /** The codes of its failures, each with when it happens. Its file `errors.ts` adds them to what an `UsherError` takes. */
  readonly errors: ErrorCodes;
  /** For the privacy notice: what of people lies where because of something of this kind. */
  readonly layers: FourLayers;
  /** Left out where operators can set nothing. */
  readonly configSection?: ConfigSection<S>;
  /** Keeps what it needs of its configuration for what it opens. Throws a `ConfigError` with everything that is wrong with it. */
  prepare(own: OwnConfig<S>): PreparedKind;
}

export interface PreparedKind {
  readonly section: CatalogueSection;
  open(deps: KindDeps): Kind;
}

/** All that a kind brings along. */
export interface Kind {
  readonly kind: CatalogueEntry["kind"];
  /** As people say it of several. */
  readonly plural: string;
  /** What of its work takes power in a room. Where the first one is lacking, the greeting says so. */
  readonly abilities: readonly Ability[];
  /** For `status`: what its work takes in a room of this power, if that is worth saying, and what is there. */
  status(room: RoomDocument | undefined, power: RoomPower): KindStatus | Promise<KindStatus>;
  /** What `info` tells of one of its entries. */
  info(entry: CatalogueEntry): Answer;
  /** The command that adds one, which help lists among the first. */
  readonly adding: Command;
  /** What else can be said about this kind alone. */
  readonly more: readonly Command[];
  readonly items: ItemCommands;
  readonly upgradeHandler: RoomUpgradeHandler;
  readonly undoHandler: UndoHandler<never>;
  readonly rights: KindRights;
  /** The websites that its entries lead to without anybody naming one, for the doctor. */
  sites?(): readonly { readonly entry: string; readonly url: URL }[];
  /** What the doctor is to say of the programs that its work needs, as they are now. */
  checkup?(): Promise<readonly KindFinding[]>;
  /** What runs on Usher's own homeserver and could be in the catalogue. Bounded; asked again and again. */
  suggestions?(): Promise<readonly Suggestion[]>;
  /** Whether it gives this account orders, as to the bot of a bridge: where Usher is alone with such ones, there is nobody to greet. */
  isProgram?(account: UserId): boolean;
  /** For a kind of which something goes on elsewhere. */
  readonly beyond?: Beyond;
  /** For a kind that follows what happens in rooms by itself. */
  readonly part?: Part;
}

/** What goes on at other services for a room, also when Usher, or everybody else, has left it. */
export interface Beyond {
  /** Nobody else is in the room any more, and Usher is about to go: ends all of it there. Rejects where it cannot; safe to repeat. */
  end(room: RoomId): Promise<void>;
  /** Usher is out of the room: remembers what goes on, so that operators can end it. Safe to repeat. */
  lost(room: RoomDocument): Promise<void>;
  /** By which operators do, each with the names of its parameters that hold ids. */
  readonly commands: readonly { readonly command: Command; readonly targets: readonly string[] }[];
}

/** Something that was found and that the catalogue does not have. */
export interface Suggestion {
  readonly name: string;
  /** How it was found. */
  readonly found: Answer;
  /** What the catalogue could say of it, as `admin catalogue add` takes it; undefined where too little is known. */
  readonly entry:
    { readonly kind: string; readonly id: string; readonly fields: Content } | undefined;
}

/** One thing that was looked at. Its sentence says what is wrong and how to mend it, or how well it is. */
export type KindFinding = { readonly well: boolean; readonly finding: Answer };

/** Both complete a list that other kinds go on with. */
export interface KindStatus {
  readonly takes?: Answer;
  readonly here: Answer;
}

/**
 * What a kind holds about people, for the rights of a person: all of it is in its part of rooms' documents, and in the changes and the half-done
 * set-ups there with its deeds, whose fields say whose they are.
 */
export interface KindRights {
  readonly part: Pick<RoomPart<object>, "key" | "deeds">;
  /** What it does for people by itself. `nothing`: it acts on commands, in set-ups, and on what its part is given; all of these end without it. */
  readonly byItself: OwnWork | "nothing";
  /**
   * What operators must erase by hand because of something that its part holds: what to call that, undefined where nothing (R25). `nothing`: with its part
   * all is erased that the kind keeps anywhere.
   */
  readonly byHand: ErasedByHand | "nothing";
  /** What it makes for people at other services, which an erasure takes away there. `nothing`: it makes nothing there. */
  readonly outward: Outward | "nothing";
}

/**
 * What a kind does for people by itself, as relaying what they write or asking another service again and again, and how that ends (R37, R39). Where
 * `room` is given, it is meant there alone. Both are safe to repeat; after a restart `mayActFor` alone tells.
 */
export interface OwnWork {
  /** Ends it at once. Rejects where something still goes on. */
  stop(person: UserId, room?: RoomId): Promise<void>;
  /** Takes up again whatever `mayActFor` allows. */
  goOn(person: UserId, room?: RoomId): Promise<void>;
}
