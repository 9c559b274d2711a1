import type { Clock } from "../kernel/clock.ts";
import { UsherError, type View } from "../kernel/errors.ts";
import type { EventId, RoomId } from "../kernel/ids.ts";
import type { Reactions, RequestLimits, RoomState, Sending, Typing } from "../matrix/port.ts";
import type { Sticker, Stickers } from "../matrix/stickers.ts";
import type { Answer } from "./command.ts";
import type { LastRefusals } from "./lastRefusals.ts";
import { withNames } from "./people.ts";
import { pages } from "./pages.ts";
import { previewOf } from "./preview.ts";
import type { ReplyTarget } from "./replyTarget.ts";
import type { Renderer } from "./render.ts";
import { SlowWork } from "./slowWork.ts";

interface SpeakerDeps {
  readonly matrix: Sending &
    Stickers &
    Pick<Reactions, "react"> &
    Typing &
    RequestLimits &
    Pick<RoomState, "state">;
  readonly renderer: Renderer;
  readonly clock: Clock;
  readonly pageBytes: number;
  /** What every sentence may be filled with: who runs this Usher, and the like. */
  readonly about: View;
  readonly refusals?: Pick<LastRefusals, "told">;
}

/** What is known of a slow answer beyond this process, so that a crash leaves no "I am working on it" without its answer. */
export interface Acknowledgement {
  /** Which of the two that one command may have it is, beneath the command or beneath its yes: said twice, it is still one message. */
  readonly step: "working" | "working after yes";
  /** Usher has said that it works on this, before it was stopped. */
  readonly said: boolean;
  /** Resolves when it is durable that this will be said; undefined where the answer may be there already, so that nothing of the kind is said. */
  readonly note: (() => Promise<unknown>) | undefined;
  /** The message that says so already, for the same answer. */
  readonly acknowledged?: EventId | undefined;
}

interface SayOptions {
  /** The message that the (first) one replaces. */
  readonly edits?: EventId;
  /** Without waiting for what goes to the room already. */
  readonly ahead?: true;
}

/** When work has taken this long, Usher says that it works on it; ms. */
const SLOW_MS = 2_000;

/** How long names are waited for; ms. */
const NAMES_MS = 500;

/** Says answers where they were asked for: rendered, in pages, each message once however often it is asked to. */
export class Speaker {
  readonly #deps: SpeakerDeps;
  /** By the event for which something is done now. */
  readonly #slow = new Map<EventId, SlowWork>();

  constructor(deps: SpeakerDeps) {
    this.#deps = deps;
  }

  /** Says it and resolves with the first message's id. `step` names it among what is said about the same event. */
  async say(
    place: ReplyTarget,
    saying: Answer | UsherError,
    step: string,
    { edits, ahead }: SayOptions = {},
  ): Promise<EventId> {
    const { matrix, renderer, about, pageBytes } = this.#deps;
    const sticker = saying instanceof UsherError ? undefined : saying.sticker;
    if (sticker !== undefined) {
      const sent = await this.#sendSticker(place, sticker, step);
      if (edits === undefined) return sent;
    }
    const known = { ...about, calledAs: place.calledAs };
    const { body, html } =
      saying instanceof UsherError
        ? renderer.renderError(saying, known)
        : renderer.render(saying, known);
    const { room, event: cause, replyTo = cause, apart = false, thread } = place;
    const onlyFor = saying instanceof UsherError ? undefined : saying.onlyFor;
    const rendered = { body, html: await this.#named(html, room) };
    const ids: EventId[] = [];
    for (const [index, page] of pages(rendered, pageBytes).entries()) {
      const message = {
        ...page,
        ...(apart ? {} : { replyTo }),
        ...(onlyFor === undefined ? {} : { onlyFor }),
        ...(thread === undefined ? {} : { thread }),
        ...(index === 0 && edits !== undefined ? { edits } : {}),
        ...(ahead === true ? { ahead } : {}),
      };
      ids.push(
        await matrix.send(room, message, {
          cause,
          step: index === 0 ? step : `${step} ${String(index + 1)}`,
        }),
      );
    }
    const first: EventId = edits ?? (ids[0] as EventId);
    if (saying instanceof UsherError) this.#deps.refusals?.told(place, saying, first);
    return first;
  }

  /** Says what would happen, and asks for a yes. `frame`: what the template `preview` is filled with, save its cautions. */
  async sayPreview(
    place: ReplyTarget,
    frame: View,
    cautions: readonly Answer[],
    options: SayOptions,
  ): Promise<EventId> {
    const { renderer, about } = this.#deps;
    const read = (answer: Answer): string =>
      renderer.render(answer, { ...about, calledAs: place.calledAs }).body;
    const { onlyFor } = frame["what"] as Answer;
    const answer = previewOf(frame, cautions, read);
    return this.say(
      place,
      onlyFor === undefined ? answer : { ...answer, onlyFor },
      "preview",
      options,
    );
  }

  /** Says a few words as a reaction: it is never encrypted, so that who can read nothing else of Usher's sees it. */
  async mark(room: RoomId, event: EventId, template: string): Promise<void> {
    const { matrix, renderer, about } = this.#deps;
    const { body } = renderer.render({ template, view: {} }, { ...about, calledAs: "" });
    await matrix.react(room, event, body, { cause: event, step: template });
  }

  /**
   * What is being done for this event now, in words that go on a sentence: where that is slow, it is said in the one message that becomes the answer. `key` names it
   * among all that is done for the event.
   */
  progress(event: EventId, key: string, doing: Answer): void {
    this.#slow.get(event)?.goesOn(key, doing);
  }

  #sendSticker(
    { room, event: cause, thread }: ReplyTarget,
    sticker: Sticker,
    step: string,
  ): Promise<EventId> {
    const where = thread === undefined ? {} : { thread };
    return this.#deps.matrix.sendSticker(
      room,
      { ...sticker, ...where },
      { cause, step: `${step} sticker` },
    );
  }

  /** With the names of people, unless the homeserver takes its time over them: an answer is not held up by its looks. */
  async #named(html: string, room: RoomId): Promise<string> {
    const { matrix, clock } = this.#deps;
    const { promise, resolve } = Promise.withResolvers<string>();
    const cancel = clock.after(NAMES_MS, () => {
      resolve(html);
    });
    void withNames(html, room, matrix).then(resolve);
    return promise.finally(cancel);
  }

  /**
   * Does the work and says what comes of it. Where the work is slow, that is said at once, and the same message then becomes the answer.
   */
  async sayResult(
    place: ReplyTarget,
    work: () => Promise<Answer | UsherError>,
    step: string,
    slowness: Acknowledgement,
  ): Promise<EventId> {
    const { result, acknowledged } = await this.acknowledging(place, work, slowness);
    const how = acknowledged === undefined ? {} : { edits: acknowledged };
    try {
      return await this.say(place, result, step, how);
    } catch (error) {
      // Somebody came in while something personal was on its way.
      if (!(error instanceof UsherError && error.code === "room-not-private")) throw error;
      return this.say(place, error, `${step} withheld`, how);
    }
  }

  /** Does the work; where it is slow, says so at once. `acknowledged` is then the message that is to become the answer. */
  async acknowledging<T>(
    place: ReplyTarget,
    work: () => Promise<T>,
    { step, said, note, acknowledged: before }: Acknowledgement,
  ): Promise<{ readonly result: T; readonly acknowledged: EventId | undefined }> {
    const { matrix, clock } = this.#deps;
    const slow = new SlowWork({
      ...{ step, before },
      say: (doing, as, edits) =>
        this.say(place, { template: "working", view: { doing } }, as, {
          ...(edits === undefined ? {} : { edits }),
          ahead: true,
        }),
      isLimited: () => matrix.limits.now,
    });
    if (said && before === undefined) slow.again();
    this.#slow.set(place.event, slow);
    let typing = false;
    const cancel = clock.after(SLOW_MS, () => {
      typing = true;
      matrix.typing(place.room, true);
      if (!said && before === undefined && note !== undefined && !matrix.limits.now)
        slow.begin(note);
    });
    try {
      const result = await work();
      cancel();
      return { result, acknowledged: await slow.end() };
    } finally {
      cancel();
      this.#slow.delete(place.event);
      if (typing) matrix.typing(place.room, false);
    }
  }
}
