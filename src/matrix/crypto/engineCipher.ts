import { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";
import { UsherError } from "../../kernel/errors.ts";
import { isEngineBroken } from "../errors.ts";
import { asUserId, type EventId, type RoomId, type UserId } from "../../kernel/ids.ts";
import { errorFields, pseudonym, type Log } from "../../kernel/log.ts";
import { KeyedQueue, settledWithin } from "../../kernel/tasks.ts";
import type { HomeserverCall } from "../client.ts";
import type { Content } from "../port.ts";
import type { BackupKeeper } from "./backupKeeper.ts";
import {
  isVerification,
  POISON,
  type CryptoSyncPart,
  type Decryption,
  type RoomCipher,
  type SendToRoom,
} from "./cipher.ts";
import type { CryptoEngine } from "./engine.ts";
import { FirstContact } from "./firstContact.ts";
import { KnownPart } from "./knownPart.ts";
import type { LateEvents } from "./lateEvents.ts";
import { LateRetries, type KeyNews } from "./lateRetries.ts";
import { Replays } from "./replays.ts";
import type { RequestSender } from "./requests.ts";
import { RoomKeys } from "./roomKeys.ts";
import { readRoomSettings } from "./roomSettings.ts";
import type { SharedHistory } from "./sharedHistory.ts";
import type { Supervisor } from "./supervisor.ts";
import type { VerificationDriver } from "./verificationDriver.ts";

/** How long what the engine has to send waits for the keys of whoever begins a comparison; ms. */
const VERIFYING_PATIENCE_MS = 5_000;

const encryptedEvent = z.looseObject({
  event_id: z.string(),
  content: z.record(z.string(), z.unknown()),
});

interface EngineCipherDeps {
  readonly engine: CryptoEngine;
  readonly supervisor: Supervisor;
  readonly sender: RequestSender;
  readonly backup: BackupKeeper;
  /** Undefined where nothing can be downloaded. */
  readonly history: SharedHistory | undefined;
  readonly verification: VerificationDriver;
  readonly late: LateEvents;
  /** Makes what `late` holds durable. */
  readonly keepLate: () => Promise<void>;
  readonly call: HomeserverCall;
  /** How long a message waits for the keys of people's devices; ms. */
  readonly keysPatienceMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** What the sync loop and the outbox see of an engine. */
export class EngineCipher implements RoomCipher {
  readonly available = true;
  readonly #deps: EngineCipherDeps;
  readonly #roomKeys: RoomKeys;
  readonly #replays = new Replays();
  readonly #knownPart = new KnownPart();
  readonly #late: LateRetries;
  readonly #toldSettings = new Map<RoomId, string>();
  readonly #firstContact: FirstContact;
  /** Verifications, one step after another for each person. */
  readonly #verifying: KeyedQueue;
  #unreadable = 0;
  #oneTimeKeys: number | undefined;
  #flushing: Promise<void> = Promise.resolve();

  constructor(deps: EngineCipherDeps) {
    this.#deps = deps;
    this.#roomKeys = new RoomKeys(deps);
    this.#firstContact = new FirstContact(deps);
    this.#verifying = new KeyedQueue((error) => {
      deps.log.warn({ class: "ops", what: "crypto.verification-failed", ...errorFields(error) });
    });
    this.#late = new LateRetries({
      ...deps,
      read: (room, event) => this.#try(room, event),
      onOpened: () => {
        this.#unreadable = Math.max(0, this.#unreadable - 1);
      },
    });
  }

  /** Events since the start that could not be read, those aside that became readable later. */
  get unreadable(): number {
    return this.#unreadable;
  }

  /** What the homeserver last said of one-time keys. */
  get oneTimeKeys(): number | undefined {
    return this.#oneTimeKeys;
  }

  /** Resolves when nothing runs that nobody waits for. */
  async idle(): Promise<void> {
    await this.#verifying.idle();
    await Promise.all([this.#flushing, this.#late.idle()]);
  }

  /** The engine has new keys. */
  keysCame(news: KeyNews): void {
    this.#late.keysCame(news);
  }

  /** The engine was restarted. */
  retryAll(): void {
    this.#late.retryAll();
  }

  async receive(part: CryptoSyncPart): Promise<void> {
    const { verification, clock } = this.#deps;
    if (verification.underWay || !this.#knownPart.includes(part, clock.now())) {
      await this.#give(part);
      this.#knownPart.taken(part, clock.now());
    }
    this.#oneTimeKeys = part.oneTimeKeyCounts["signed_curve25519"] ?? 0;
    for (const event of part.toDevice)
      if (isVerification(event["type"], event["content"])) verification.note(event["sender"]);
    verification.look();
    // Keys that came with this answer open older events; those are to be told before what the answer brings.
    await this.#late.idle();
  }

  async #give(part: CryptoSyncPart): Promise<void> {
    try {
      await this.#take(part);
    } catch (error) {
      if (!isEngineBroken(error) || this.#deps.supervisor.stopped) throw error;
      await this.#takeSingly(part);
    }
  }

  #take(part: CryptoSyncPart): Promise<void> {
    const { engine, supervisor } = this.#deps;
    return supervisor.run(() => engine.receive(part));
  }

  /** Something in it breaks the engine, and would with each answer that brings it again: all but that is taken. */
  async #takeSingly({ toDevice, ...rest }: CryptoSyncPart): Promise<void> {
    const none = { ...rest, changedUsers: [], leftUsers: [] };
    for (const one of toDevice) {
      try {
        await this.#take({ ...none, toDevice: [one] });
      } catch (error) {
        if (!isEngineBroken(error) || this.#deps.supervisor.stopped) throw error;
        this.#deps.log.error({ class: "ops", what: "crypto.to-device-set-aside" });
      }
    }
    await this.#take({ ...rest, toDevice: [] });
  }

  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#flush());
    return this.#flushing;
  }

  async #flush(): Promise<void> {
    const { supervisor, sender, backup, history, verification, log } = this.#deps;
    try {
      await sender.drain();
      await supervisor.run(() => this.#roomKeys.claimMissing([]));
      await settledWithin(this.#verifying.idle(), VERIFYING_PATIENCE_MS);
      await verification.drive();
      await history?.look();
      await backup.upload();
      await this.#late.recall();
    } catch (error) {
      log.warn({ class: "ops", what: "crypto.flush-failed", ...errorFields(error) });
    }
  }

  async decrypt(room: RoomId, raw: Content): Promise<Decryption> {
    const event = encryptedEvent.safeParse(raw);
    if (!event.success) return { kind: "unreadable", late: false, reason: "malformed" };
    const { event_id: eventId, content } = event.data;
    const outcome = await this.#known(raw["sender"], () => this.#try(room, raw));
    if (outcome.kind === "decrypted") {
      if (this.#replays.isReplay(content, eventId))
        return { kind: "unreadable", late: false, reason: "replayed" };
      if (isVerification(outcome.type, outcome.content))
        this.verification(room, { ...raw, type: outcome.type, content: outcome.content });
      return outcome;
    }
    this.#unreadable += 1;
    if (!outcome.late) return outcome;
    await this.#late.add({ room, eventId, at: this.#deps.clock.now(), event: raw });
    return outcome;
  }

  async encrypt(
    room: RoomId,
    members: readonly UserId[],
    type: string,
    content: Content,
  ): Promise<{ readonly type: string; readonly content: Content }> {
    try {
      const sealed = await this.#deps.supervisor.run(() =>
        this.#roomKeys.encrypt(room, members, type, content),
      );
      return { type: "m.room.encrypted", content: sealed };
    } catch (error) {
      throw error instanceof UsherError
        ? error
        : new UsherError("crypto-engine-broken", {}, { cause: error });
    }
  }

  async track(users: readonly UserId[]): Promise<void> {
    const { engine, supervisor } = this.#deps;
    await supervisor.run(() => engine.track(users));
  }

  async roomEncryption(room: RoomId, content: Content): Promise<void> {
    const { engine, supervisor, log } = this.#deps;
    const settings = readRoomSettings(content);
    const told = JSON.stringify(settings ?? null);
    if (this.#toldSettings.get(room) === told) return;
    const kept = settings && (await supervisor.run(() => engine.keepRoomSettings(room, settings)));
    const where = pseudonym(room);
    if (kept !== true) log.warn({ class: "bot", what: "crypto.room-settings-refused", where });
    this.#toldSettings.set(room, told);
  }

  async rotate(room: RoomId): Promise<void> {
    await this.#deps.supervisor.run(() => this.#roomKeys.rotate(room));
  }

  sendsBy(send: SendToRoom): void {
    this.#deps.sender.sendsBy(send);
  }

  verification(room: RoomId, event: Content): void {
    const { engine, supervisor, sender, verification } = this.#deps;
    const user = typeof event["sender"] === "string" ? asUserId(event["sender"]) : undefined;
    if (user === undefined || engine.verifications === undefined) return;
    void this.#verifying.run(user, async () => {
      // The library ends a verification at once whose other device it does not know.
      if (event["type"] === "m.room.message")
        await sender.send([await supervisor.run(() => engine.query([user]))]);
      await supervisor.run(async () =>
        engine.verifications?.receive(room, { ...event, room_id: room }),
      );
      verification.note(user);
      // The flush after the answer that brought it may not have waited for it.
      void this.flush();
    });
  }

  async expectHistory(room: RoomId, inviter: UserId): Promise<void> {
    const { supervisor, history } = this.#deps;
    await supervisor.run(async () => history?.expect(room, inviter));
  }

  onLate(listener: (room: RoomId, event: Content) => void): void {
    this.#late.tell(listener);
  }

  lateHandled(events: readonly EventId[]): Promise<void> {
    return this.#late.handled(events);
  }

  /** Tries once more what came from a device that does not count as signed, when its owner's keys have come. */
  async #known(sender: unknown, attempt: () => Promise<Decryption>): Promise<Decryption> {
    const outcome = await attempt();
    const user = typeof sender === "string" ? asUserId(sender) : undefined;
    if (outcome.kind === "unreadable" || outcome.signedDevice || user === undefined) return outcome;
    return (await this.#firstContact.ask(user)) ? attempt() : outcome;
  }

  async #try(room: RoomId, event: Content): Promise<Decryption> {
    const { engine, supervisor, log } = this.#deps;
    try {
      const outcome = await supervisor.run(() => engine.decrypt(room, event));
      if (outcome.kind === "decrypted") return outcome;
      const late = outcome.reason === "missing-key" || outcome.reason === "unknown-index";
      return {
        kind: "unreadable",
        late,
        reason: outcome.withheld === undefined ? outcome.reason : `withheld ${outcome.withheld}`,
      };
    } catch (error) {
      const where = pseudonym(room);
      if (isEngineBroken(error) && !supervisor.stopped) {
        // It broke the engine, and broke it once more after a restart: a third time would be after every restart.
        log.error({ class: "bot", what: "crypto.event-set-aside", where });
        return { kind: "unreadable", late: false, reason: POISON };
      }
      log.error({ class: "bot", what: "crypto.decrypt-failed", where, ...errorFields(error) });
      // The engine's fault, not the event's: it is tried again when the engine is well.
      return { kind: "unreadable", late: true, reason: "engine-broken" };
    }
  }
}
