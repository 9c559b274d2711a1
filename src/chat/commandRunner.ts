import type { Clock } from "../kernel/clock.ts";
import { UsherError } from "../kernel/errors.ts";
import { newReference, type EventId, type RoomId, type UserId } from "../kernel/ids.ts";
import { errorFields, pseudonym, type Log } from "../kernel/log.ts";
import type {
  OwnAccount,
  PowerLevels,
  RoomEncryption,
  RoomMembers,
  RoomState,
} from "../matrix/port.ts";
import { CHANGES } from "../privacy/records/commands.ts";
import type { Retention } from "../retention/retention.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument, type Asked } from "../store/room.ts";
import type { Answer, Command, Plan, Request } from "./command.ts";
import { pointed } from "./culprit.ts";
import { begun, done, mayBeUndone, previewed, told, workedOn, type Begun } from "./journal.ts";
import { parseLine, type ParsedCommand } from "./parse.ts";
import type { Asker, OperatorStanding } from "./operators.ts";
import { isDirectChat, isPair } from "./place.ts";
import { retryTransient } from "./retryTransient.ts";
import { deedOf, permit, permitAsker, type Guard } from "./permit.ts";
import {
  afterPlanning,
  question,
  unasked,
  waiting,
  whatWasDone,
  type HowAnswered,
  type Next,
} from "./planned.ts";
import type { Signs } from "./signs.ts";
import type { ReplyTarget } from "./replyTarget.ts";
import type { Acknowledgement, Speaker } from "./speaker.ts";
import { demandsSigned, type From } from "./trust.ts";

interface CommandRunnerDeps {
  readonly matrix: OwnAccount &
    Pick<RoomState, "state"> &
    PowerLevels &
    RoomEncryption &
    RoomMembers;
  readonly documents: Documents;
  readonly retention: Pick<Retention, "stops">;
  readonly clock: Clock;
  readonly log: Log;
  readonly speaker: Speaker;
  readonly signs: Signs;
  /** Called whenever somebody has been answered. */
  readonly answered: () => Promise<void>;
  /** Called whenever something has been done for somebody, and they have been told. */
  readonly used: (person: UserId, by: { readonly room: RoomId; readonly command: Command }) => void;
  /** Somebody was told something. */
  readonly asked: (person: UserId) => void;
  readonly commands: readonly Command[];
  readonly standing: (asker: Asker) => Promise<OperatorStanding>;
  /** Asked before a command is answered or planned, and again before it is done. */
  readonly guard: Guard;
  /** How long a preview waits for its yes; ms. */
  readonly confirmationMs: number;
  /** Whether commands from devices that their owner has not verified are refused (MSC4153). */
  readonly signedOnly: boolean;
}

/** `resumed`: a crash may have cut it off before, at any step. `aside`: what goes below the answer. */
interface Performing {
  readonly resumed?: boolean;
  readonly aside?: Answer | undefined;
}

/** Runs commands: tells, previews, performs, and takes up again what a crash interrupted. One room's commands never overlap. */
export class CommandRunner {
  readonly #deps: CommandRunnerDeps;
  readonly #stop = new AbortController();

  constructor(deps: CommandRunnerDeps) {
    this.#deps = deps;
  }

  /** From now on, what fails is taken to fail because of the stop, and is left for the next start. */
  stop(): void {
    this.#stop.abort(new Error("Usher is stopping"));
  }

  /** Ends when Usher stops. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /**
   * Answers a command that was just heard: with what it tells, a preview, or what it did.
   * `again`: it may have been heard and answered before, right before a crash. `from`: the device that it came from.
   */
  async run(
    understood: ParsedCommand,
    room: RoomId,
    asked: Asked,
    again: boolean,
    from: From = {},
  ): Promise<void> {
    const { command, input, yes } = understood;
    const { signed = false, device } = from;
    const request = { ...(await this.#request(room, asked)), signedDevice: signed, device };
    const withheld = permitAsker(command, request);
    if (withheld !== undefined) return this.#sayLast(request, withheld);
    const slowness = await this.#slowness(room, asked.event, again);
    if (!command.changes) {
      const work = (): Promise<Answer | UsherError> =>
        this.#attempt(
          command,
          request,
          asked.line,
          async () => (await this.#deps.guard(command, request)) ?? command.answer(input, request),
        );
      await this.#deps.speaker.sayResult(request, work, "answer", slowness);
      this.#deps.asked(asked.person);
      return this.#remember(room, asked.event);
    }
    const planning = (): Promise<Plan | UsherError> =>
      this.#attempt(
        command,
        request,
        asked.line,
        async () =>
          (await this.#refusal(command, input, request)) ?? (await command.plan(input, request)),
      );
    const { result: plan, acknowledged } = await this.#deps.speaker.acknowledging(
      request,
      planning,
      slowness,
    );
    const next = afterPlanning(plan, asked, yes);
    if ("say" in next) return this.#sayLast(request, next.say, acknowledged);
    if ("perform" in next)
      return this.perform(room, next.perform, unasked(asked, acknowledged), next);
    await this.#ask(request, next, await this.#howAnswered(room, command, from), acknowledged);
  }

  async #howAnswered(room: RoomId, command: Command, from: From): Promise<HowAnswered> {
    const { signedOnly, matrix, signs } = this.#deps;
    const unread = from.unread === true;
    const signed = demandsSigned({ signedOnly, command });
    const inWords = unread || (signed && (await matrix.encryption(room)) !== "none");
    return { inWords, unread, signs: signs.offered };
  }

  /** Shows what would be done, and waits for a yes. */
  async #ask(
    request: Request & ReplyTarget,
    { ask, cautions, asked }: Extract<Next, { ask: Answer }>,
    how: HowAnswered,
    acknowledged: EventId | undefined,
  ): Promise<void> {
    const { documents, speaker, clock, signs, confirmationMs } = this.#deps;
    const { room, event } = request;
    const expiresAt = clock.now() + confirmationMs;
    const frame = question(ask, request, how, confirmationMs);
    const edits = acknowledged === undefined ? {} : { edits: acknowledged };
    const preview = await speaker.sayPreview(request, frame, cautions, edits);
    const pending = waiting(asked, preview, expiresAt, how);
    const { spent = [] } = await documents.update(roomDocument, room, (document) =>
      previewed(document, pending),
    );
    if (pending.signs !== undefined) signs.put(room, event);
    if (spent.length > 0) signs.takeAway(room);
  }

  /**
   * Does what was asked and, where needed, confirmed. The room's journal holds it from before its first effect until after its last.
   */
  async perform(
    room: RoomId,
    asked: Asked,
    begin: Begun,
    { resumed = false, aside }: Performing = {},
  ): Promise<void> {
    const { documents, speaker, commands, log, clock } = this.#deps;
    await documents.update(roomDocument, room, (document) => begun(document, asked, begin));
    const understood = parseLine(asked.line, commands, asked.calledAs);
    let afterwards: (() => Promise<void>) | undefined;
    let unkept = false;
    const work = async (request: Request): Promise<Answer | UsherError> => {
      if ("error" in understood || !understood.command.changes)
        return new UsherError("command-interrupted", { command: asked.line });
      const { command, input } = understood;
      const result = await this.#attempt(command, request, asked.line, async () => {
        return (
          (await this.#refusal(command, input, request)) ?? (await command.perform(input, request))
        );
      });
      if (result instanceof UsherError && this.signal.aborted) throw result;
      const left = this.#deps.retention.stops(CHANGES) && (await documents.get(roomDocument, room));
      unkept = left !== false && mayBeUndone(left, asked.event);
      if (result instanceof UsherError) return result;
      log.info({
        class: "bot",
        what: "command.done",
        command: command.words,
        who: pseudonym(request.person),
        where: pseudonym(room),
      });
      afterwards = async () => {
        await command.afterwards?.(input, request);
        this.#deps.used(request.person, { room, command });
      };
      return whatWasDone(result, { line: asked.line, aside, resumed, unkept });
    };
    await retryTransient({ clock, signal: this.signal }, async (again) => {
      const request = await this.#request(room, asked);
      const slowness = {
        ...(await this.#slowness(room, asked.event, resumed || again)),
        ...(begin.confirmedBy === undefined ? {} : { step: "working after yes" as const }),
        acknowledged: begin.acknowledged,
      };
      await speaker.sayResult(
        { ...request, replyTo: begin.replyTo },
        () => work(request),
        "answer",
        slowness,
      );
    });
    await afterwards?.();
    const { spent = [] } = await documents.update(roomDocument, room, (document) =>
      done(document, asked.event, unkept),
    );
    await this.#deps.answered();
    if (spent.length > 0) this.#deps.signs.takeAway(room);
  }

  /** Marks an event as answered, after its answer. */
  async #remember(room: RoomId, event: EventId): Promise<void> {
    await this.#deps.documents.update(roomDocument, room, (document) => told(document, event));
    await this.#deps.answered();
  }

  async #slowness(room: RoomId, event: EventId, again: boolean): Promise<Acknowledgement> {
    const { documents } = this.#deps;
    const note = (): Promise<unknown> =>
      documents.update(roomDocument, room, (document) => workedOn(document, event));
    const said = (await documents.get(roomDocument, room))?.working?.includes(event) === true;
    return { step: "working", said, note: again ? undefined : note };
  }

  async #sayLast(request: Request, saying: Answer | UsherError, edits?: EventId): Promise<void> {
    await this.#deps.speaker.say(request, saying, "answer", edits === undefined ? {} : { edits });
    await this.#remember(request.room, request.event);
  }

  /** Whatever was checked before a preview is checked again before doing: who is an operator here may have changed. */
  async #refusal(
    command: Command & { readonly changes: true },
    input: never,
    request: Request,
  ): Promise<UsherError | undefined> {
    const { matrix } = this.#deps;
    const withheld = permitAsker(command, request) ?? (await this.#deps.guard(command, request));
    if (withheld !== undefined) return withheld;
    const deed = await deedOf(command, input, request);
    if (deed === undefined) return undefined;
    return permit(deed, await matrix.power(request.room), request.person, matrix.me);
  }

  /** What the work gives, or its failure as something that can be said: unexpected ones as a reference that the log has too. */
  async #attempt<T>(
    command: Command,
    request: Request,
    line: string,
    work: () => Promise<T>,
  ): Promise<T | UsherError> {
    try {
      return await work();
    } catch (error) {
      const known = error instanceof UsherError && error.code !== "unexpected";
      if (known) return pointed(error, line);
      const reference = newReference();
      this.#deps.log.error({
        class: "bot",
        what: "command.failed",
        command: command.words,
        where: pseudonym(request.room),
        reference,
        ...errorFields(error instanceof UsherError ? error.cause : error),
      });
      return new UsherError("unexpected", { reference }, { cause: error });
    }
  }

  async #request(room: RoomId, asked: Asked): Promise<Request & ReplyTarget> {
    const { matrix, documents } = this.#deps;
    const { person, event, thread, calledAs } = asked;
    const members = await matrix.members(room);
    const meant = (await documents.get(roomDocument, room))?.invitedAs === "direct";
    const direct = await isDirectChat(room, { members, meant }, matrix);
    const standing = await this.#deps.standing({ person, room, alone: isPair(members) });
    const said = { room, person, event, thread, calledAs, direct };
    return { ...said, operator: standing === "here", operatorElsewhere: standing === "elsewhere" };
  }
}
