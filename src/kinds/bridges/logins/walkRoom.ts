import { randomUUID } from "node:crypto";
import type { Answer } from "../../../chat/command.ts";
import type { Speaker } from "../../../chat/speaker.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../../kernel/ids.ts";
import { inMemory } from "../../../matrix/byteSource.ts";
import type { Media, OwnAccount, PowerLevels, Reactions } from "../../../matrix/port.ts";
import { allowed } from "../../../matrix/power.ts";
import { declareUpload } from "../../../privacy/declared.ts";
import { LOGIN_CODE } from "../dataMap.ts";
import { qrPicture } from "./qrPicture.ts";

export interface WalkRoomDeps {
  readonly matrix: OwnAccount & PowerLevels & Pick<Reactions, "redact"> & Pick<Media, "sendFile">;
  readonly speaker: Pick<Speaker, "say">;
}

const CODE = declareUpload("a code to log in at a bridge", LOGIN_CODE);

/** The chat with one person in which a log-in goes on: all that is said there is for them alone, and what should not stay there is taken away where Usher may. */
export class WalkRoom {
  readonly #deps: WalkRoomDeps;
  readonly #room: RoomId;
  readonly #person: UserId;
  /** What was last said to Usher: answers go under it. */
  event: EventId;
  #picture: EventId | undefined;

  constructor(
    deps: WalkRoomDeps,
    { room, person, event }: { room: RoomId; person: UserId; event: EventId },
  ) {
    this.#deps = deps;
    [this.#room, this.#person, this.event] = [room, person, event];
  }

  /** `step`: the same for what is not to be said twice. */
  async say({ template, view }: Answer, step = this.#once("say").step): Promise<void> {
    const place = { room: this.#room, event: this.event, thread: undefined, calledAs: "" };
    const answer = { template, view, onlyFor: this.#person };
    await this.#deps.speaker.say(place, answer, step);
  }

  /** Takes away what was typed; false where Usher may not. */
  async takeAway(event: EventId): Promise<boolean> {
    const { matrix } = this.#deps;
    const may = allowed(await matrix.power(this.#room), matrix.me, { kind: "redact" });
    return may && this.#redact(event);
  }

  /** Shows a QR code, in place of the one before. */
  async show(code: string): Promise<void> {
    await this.hide();
    const { bytes, side } = await qrPicture(code);
    const picture = { width: side, height: side };
    const file = {
      ...{ holds: CODE, name: "qr.png", mimetype: "image/png", bytes: inMemory(bytes), picture },
    };
    const place = { replyTo: this.event, onlyFor: this.#person };
    const once = this.#once("picture");
    this.#picture = await this.#deps.matrix.sendFile(this.#room, { ...file, ...place }, once);
  }

  /** Takes away the code that is shown. */
  async hide(): Promise<void> {
    const picture = this.#picture;
    this.#picture = undefined;
    if (picture !== undefined) await this.#redact(picture);
  }

  async #redact(event: EventId): Promise<boolean> {
    try {
      await this.#deps.matrix.redact(this.#room, event, this.#once("redact"));
      return true;
    } catch (error) {
      if (!(error instanceof UsherError)) throw error;
      return false;
    }
  }

  /** A name of its own each time: the same thing may be said twice. */
  #once(what: string): { readonly cause: string; readonly step: string } {
    return { cause: this.event, step: `login ${what} ${randomUUID()}` };
  }
}
