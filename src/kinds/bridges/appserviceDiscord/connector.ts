import { UsherError } from "../../../kernel/errors.ts";
import type { RoomPower } from "../../../matrix/port.ts";
import { askerOf } from "../asker.ts";
import { withoutOwnLevel } from "../botPowers.ts";
import type {
  BotPowers,
  BridgeTraits,
  Connector,
  ConnectorDefinition,
  ConnectorDeps,
  Consent,
  Health,
  Link,
  Target,
} from "../connector.ts";
import { answered } from "../dialogue/answered.ts";
import { BotTalk } from "../dialogue/botTalk.ts";
import { isNoAnswer, isSilence } from "../dialogue/silence.ts";
import { withChanges, type Values } from "../dialogue/wording.ts";
import type { AppserviceDiscordEntry } from "./config.ts";
import { Consents, type Awaiting } from "./consents.ts";
import { discordTarget, EXAMPLE } from "./target.ts";
import { APPSERVICE_DISCORD, type AppserviceDiscordAsk } from "./wording.ts";

/** What the bridge may take to say that nobody has answered; s. */
const SPARE_S = 20;

/**
 * matrix-appservice-discord, by commands in the linked room, where it asks nobody but the people on Discord. It says that a room is linked, and not with which channel: so a link is
 * Usher's where its bot came for it, into a room that had none.
 */
export const appserviceDiscord: ConnectorDefinition<AppserviceDiscordEntry> = {
  open: (entry, deps) => new AppserviceDiscord(entry, deps),
};

class AppserviceDiscord implements Connector {
  readonly inRoom = true;
  readonly oneLinkEach = true;
  readonly example = EXAMPLE;
  readonly rule = [{ kind: "state", type: "m.room.power_levels" }] as const;
  readonly bot: AppserviceDiscordEntry["bot"];
  readonly consent: Consent;
  readonly traits: BridgeTraits;
  readonly #entry: AppserviceDiscordEntry;
  readonly #deps: ConnectorDeps;
  readonly #talk: BotTalk<AppserviceDiscordAsk>;
  readonly #consents = new Consents();

  constructor(entry: AppserviceDiscordEntry, deps: ConnectorDeps) {
    const { asks, versions } = withChanges(APPSERVICE_DISCORD, entry.wording);
    const consent = { ...asks.consent, seconds: entry.requestSeconds + SPARE_S };
    this.bot = entry.bot;
    this.#entry = entry;
    this.#deps = deps;
    const wording = { versions, asks: { ...asks, consent } };
    this.#talk = new BotTalk({ bot: entry.bot, prefix: "!discord" }, wording, deps);
    const minutes = Math.max(1, Math.round(entry.requestSeconds / 60));
    this.consent = {
      asked: { template: "bridge-consent/discord", view: { minutes } },
      limitMs: entry.requestSeconds * 1000,
    };
    this.traits = {
      farSide: entry.name,
      puppeting: "none",
      relays: { name: true, avatar: true },
      alters: [],
      appears: { template: "bridge-appears/chat-relay", view: {} },
      keeps: { template: "bridge-keeps/appservice-discord", view: {} },
      encrypts: false,
      kickEnds: false,
      carries: false,
      keptUp: false,
    };
  }

  target(words: readonly string[]): Target {
    return discordTarget(this.#entry.id, words);
  }

  nameOf({ network = "", channel }: Target): string {
    return `${network}/${channel}`;
  }

  powers(power: RoomPower): BotPowers {
    return withoutOwnLevel(power, this.bot, []);
  }

  /** It looks for the level of who types, which is Usher, among those that the room's power levels name. */
  async check({ room }: Link): Promise<void> {
    const { matrix } = this.#deps;
    const { user, needed } = askerOf(await matrix.power(room), [matrix.me]);
    if (user === undefined)
      throw new UsherError("bridge-asker-power", { name: this.#entry.name, needed });
  }

  async assertFree(link: Link): Promise<void> {
    await this.#talk.comes(link.room);
    const reply = await this.#talk.inTurn(() => this.#talk.inRoom("free", link));
    answered(reply, this.#entry);
  }

  async connect(link: Link, ordering?: () => Promise<void>): Promise<"whole" | "stood"> {
    await this.#talk.comes(link.room);
    return this.#talk.inTurn<"whole" | "stood">(async () => {
      // A crash has it asked again.
      if (await this.#isLinked(link)) {
        this.#consents.forget(link.room);
        return "stood";
      }
      await ordering?.();
      const consent = this.#listen(link);
      const reply = await this.#talk.inRoom("bridge", link, valuesOf(link));
      if (reply.is !== "done") consent.close();
      answered(reply, this.#entry);
      return "whole";
    });
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  /** As long as people may answer, nothing is asked in the room. */
  async connected(link: Link): Promise<"come" | "not yet"> {
    const { room } = link;
    const known = this.#consents.of(room);
    if (known?.isOpen === true || !(await this.#talk.isHere(room))) return "not yet";
    // What has just been seen is not asked for again where everybody reads it.
    if (known?.isMade === true) return "come";
    if (known?.reply?.is === "refused") answered(known.reply, this.#entry);
    // After a restart nobody listens yet.
    const consent = known ?? this.#listen(link);
    if (await this.#isLinkedNow(link)) {
      consent.close("made");
      return "come";
    }
    if (known === undefined) return "not yet";
    throw new UsherError("bridge-consent-lost", { name: this.#entry.name });
  }

  /** What people on Discord may still allow cannot be called back, so it is waited for. A link that its bot did not come for is somebody else's. */
  async disconnect(link: Link): Promise<void> {
    const { room, botCame = false } = link;
    if (!botCame) return;
    if (!(await this.#talk.isHere(room))) await this.#deps.matrix.invite(room, this.bot);
    await this.#talk.comes(room);
    await this.#noMoreAsked(link);
    await this.#talk.inTurn(async () => {
      const over = this.#talk.gone(room, "unbridge");
      const reply = await this.#talk.inRoom("unbridge", link, {}, over);
      if (isSilence(reply)) await over;
      // It leaves where it has done so.
      if (!(await this.#talk.isHere(room)) || !(await this.#isLinked(link))) {
        if (reply.is === "done" || isSilence(reply)) return;
      }
      answered(reply, this.#entry);
      throw new UsherError("bridge-silent", { name: this.#entry.name });
    });
  }

  health(): Promise<Health> {
    return this.#talk.inTurn(async () => {
      const reply = await this.#talk.alone("alive", {}, "health");
      if (isSilence(reply)) return { is: "down" };
      return { is: reply.is === "done" ? "up" : "unusable" };
    });
  }

  /** Until nobody on Discord can say yes any more. */
  async #noMoreAsked(link: Link): Promise<void> {
    const { room } = link;
    const isLinked = await this.#talk.inTurn(() => this.#isLinked(link));
    const known = this.#consents.of(room);
    if (!isLinked)
      await (known ?? (this.#mayBeAsked(link) ? this.#listen(link) : undefined))?.ended;
    this.#consents.forget(room);
  }

  #listen(link: Link): Awaiting {
    return this.#consents.listen(link.room, (over) =>
      this.#talk.overhears("consent", link, valuesOf(link), over),
    );
  }

  /** Whether people on Discord may have been asked, before a restart, and not have answered yet. */
  #mayBeAsked({ at = 0 }: Link): boolean {
    return this.#deps.clock.now() - at < this.consent.limitMs + SPARE_S * 1000;
  }

  async #isLinked(link: Pick<Link, "room" | "cause">): Promise<boolean> {
    const reply = await this.#talk.inRoom("listed", link);
    return answered(reply, this.#entry).values["linked"] !== undefined;
  }

  /** A bridge that was stopped in between may yet say it. */
  async #isLinkedNow(link: Link): Promise<boolean> {
    try {
      return await this.#talk.inTurn(() => this.#isLinked(link));
    } catch (error) {
      if (isNoAnswer(error)) return false;
      throw error;
    }
  }
}

function valuesOf({ network = "", channel }: Target): Values {
  return { network, channel };
}
