import { parseLine } from "../../src/chat/parse.ts";
import { previewOf } from "../../src/chat/preview.ts";
import { deedOf, permit } from "../../src/chat/permit.ts";
import { pointed } from "../../src/chat/culprit.ts";
import type { Answer, Command, Request } from "../../src/chat/command.ts";
import { createRenderer, type About } from "../../src/chat/render.ts";
import { loadTemplates } from "../../src/chat/templates.ts";
import { UsherError } from "../../src/kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../src/kernel/ids.ts";
import type { RoomPower } from "../../src/matrix/port.ts";

interface CommandTalkOptions {
  readonly room: RoomId;
  readonly person: UserId;
  readonly me: UserId;
  /** Of the notice that previews lead to. */
  readonly noticeUrl?: string | undefined;
}

const renderer = createRenderer(loadTemplates());

/** Commands without the conversation around them: lines go in, sentences come out. */
export class CommandTalk {
  readonly #where: CommandTalkOptions;
  readonly #commands: readonly Command[];
  readonly #about: About;
  #said = 0;

  constructor(commands: readonly Command[], where: CommandTalkOptions) {
    this.#commands = commands;
    this.#where = where;
    this.#about = { calledAs: "!usher", noticeUrl: where.noticeUrl };
  }

  /** As `say`, where these are the room's power levels: asks of both what the conversation asks of them, before it plans and again before it does. */
  async sayUnder(power: RoomPower, line: string): Promise<string> {
    const event = this.nextEvent();
    return this.#render(line, async () => {
      await this.#permit(power, line, event);
      const { exactly = line } = await this.#plan(line, event);
      await this.#permit(power, exactly, event);
      return this.#perform(exactly, event);
    });
  }

  /** What Usher answers, or asks before it does something. `exactly` is the line that a yes would run. */
  async preview(
    line: string,
    event = this.nextEvent(),
  ): Promise<{ readonly body: string; readonly exactly: string | undefined }> {
    const { command, input, request } = this.#understand(line, event);
    const none = { exactly: undefined };
    if (!command.changes)
      return { body: await this.#render(line, () => command.answer(input, request)), ...none };
    const plan = await command.plan(input, request);
    if ("nothing" in plan)
      return { body: await this.#render(line, () => Promise.resolve(plan.nothing)), ...none };
    const exactly = plan.exactly ?? line;
    if (!("preview" in plan)) return { body: "", exactly };
    const told = [plan.preview, ...(plan.cautions ?? [])];
    const bodies = told.map((answer) => this.#render(line, () => Promise.resolve(answer)));
    return { body: (await Promise.all(bodies)).join("\n\n"), exactly };
  }

  /** The whole preview, as it is sent to somebody whose session cannot read it: that is the longest. */
  async wholePreview(line: string, event = this.nextEvent()): Promise<string> {
    const { command, input, request } = this.#understand(line, event);
    const plan = command.changes ? await command.plan(input, request) : undefined;
    if (plan === undefined || !("preview" in plan)) throw new Error(`${line} has no preview`);
    const { person } = this.#where;
    const frame = {
      what: plan.preview,
      minutes: 5,
      person,
      inWords: true,
      unread: true,
      direct: false,
    };
    const read = (answer: Answer): string => renderer.render(answer, this.#about).body;
    return read(previewOf(frame, plan.cautions ?? [], read));
  }

  /** Says a line, and yes; what Usher answers in the end. An error is said as Usher would say it. */
  async say(line: string, event = this.nextEvent()): Promise<string> {
    return this.#render(line, async () => {
      const { command, input, request } = this.#understand(line, event);
      if (!command.changes) return command.answer(input, request);
      const plan = await command.plan(input, request);
      if ("nothing" in plan) return plan.nothing;
      return this.#perform(plan.exactly ?? line, event);
    });
  }

  /** Runs a line that was confirmed, as after a crash: without looking first. */
  async perform(line: string, event: EventId): Promise<string> {
    return this.#render(line, () => this.#perform(line, event));
  }

  nextEvent(): EventId {
    this.#said += 1;
    return `$said${String(this.#said)}` as EventId;
  }

  async #plan(line: string, event: EventId): Promise<{ readonly exactly?: string }> {
    const { command, input, request } = this.#understand(line, event);
    if (!command.changes) throw new Error(`${line} changes nothing`);
    const plan = await command.plan(input, request);
    if ("nothing" in plan) throw new Error(`${line} would change nothing`);
    return plan;
  }

  async #permit(power: RoomPower, line: string, event: EventId): Promise<void> {
    const { command, input, request } = this.#understand(line, event);
    if (!command.changes) throw new Error(`${line} changes nothing`);
    const deed = await deedOf(command, input, request);
    const refusal = deed && permit(deed, power, request.person, this.#where.me);
    if (refusal !== undefined) throw refusal;
  }

  #perform(line: string, event: EventId): Promise<Answer> {
    const { command, input, request } = this.#understand(line, event);
    if (!command.changes) throw new Error(`${line} changes nothing`);
    return command.perform(input, request);
  }

  #understand(
    line: string,
    event: EventId,
  ): { readonly command: Command; readonly input: never; readonly request: Request } {
    const understood = parseLine(line, this.#commands, "!usher");
    if ("error" in understood) throw understood.error;
    const request: Request = {
      room: this.#where.room,
      person: this.#where.person,
      event,
      thread: undefined,
      direct: false,
      operator: false,
      calledAs: "!usher",
    };
    return { command: understood.command, input: understood.input, request };
  }

  async #render(line: string, answer: () => Promise<Answer>): Promise<string> {
    try {
      return renderer.render(await answer(), this.#about).body;
    } catch (error) {
      if (error instanceof UsherError)
        return renderer.renderError(pointed(error, line), this.#about).body;
      throw error;
    }
  }
}
