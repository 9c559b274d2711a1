import type { Answer } from "../../../chat/command.ts";
import type { Clock } from "../../../kernel/clock.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { EventId, RoomId, UserId } from "../../../kernel/ids.ts";
import type { MadeLogins } from "./madeLogins.ts";
import { nameOf, type Flow, type LoginWays, type Step } from "./logins.ts";
import { chosen, fieldOf, flowsView, optionOf, withoutTyped } from "./typed.ts";
import { WalkRoom, type WalkRoomDeps } from "./walkRoom.ts";

export interface WalkDeps extends WalkRoomDeps {
  readonly clock: Clock;
  readonly made: Pick<MadeLogins, "note">;
  /** Does what nobody waits for, and notes where it fails. */
  readonly behind: (work: () => Promise<void>) => void;
}

/** Who logs in, where, and at which bridge. */
export interface Walker {
  readonly room: RoomId;
  readonly person: UserId;
  /** The command's event. */
  readonly event: EventId;
  readonly bridge: { readonly id: string; readonly name: string; readonly bot: UserId };
  readonly ways: LoginWays & { readonly byUsher: NonNullable<LoginWays["byUsher"]> };
  /** Told when it is over, however. */
  readonly over: () => void;
}

/** What was typed, and the event that it came in. */
export interface Typed {
  readonly event: EventId;
  readonly line: string;
  /** Why it is passed on to nobody, where it is not: it is no text, or comes from a device of theirs that they have not verified. */
  readonly odd: "as-text" | "unsigned" | undefined;
}

type Input = Extract<Step, { is: "input" }>;
type Filled = Readonly<Record<string, string>>;
type State =
  | { readonly is: "choosing"; readonly flows: readonly Flow[] }
  | { readonly is: "asking"; readonly step: Input; readonly filled: Filled }
  | { readonly is: "waiting" }
  | { readonly is: "over" };

/** Without an answer for so long, a log-in is over; ms. */
const LIMIT_MS = 600_000;
/** A bridge that is silent while it is waited for is asked again after so long, so many times; ms. */
const AGAIN_MS = 5_000;
const AGAIN = 3;
/** So many codes are shown in all. */
const MOST_SHOWN = 30;

/**
 * One log-in at a bridge, step by step. What is typed goes to the bridge and nowhere else: into no document, log or sentence; and the message is taken away where Usher may.
 */
export class Walk {
  readonly #clock: Clock;
  readonly #behind: WalkDeps["behind"];
  readonly #made: WalkDeps["made"];
  readonly #who: Walker;
  readonly #room: WalkRoom;
  #state: State = { is: "waiting" };
  #step: Step | undefined;
  #shown = 0;
  #cancelTimer = (): void => undefined;
  /** What became of the message that was typed last. */
  #taken: Answer | undefined;
  /** All that was typed, which a bridge might quote. */
  readonly #secrets: string[] = [];

  constructor(deps: WalkDeps, who: Walker) {
    this.#clock = deps.clock;
    this.#behind = deps.behind;
    this.#made = deps.made;
    this.#who = who;
    this.#room = new WalkRoom(deps, who);
    this.#rest();
  }

  /** The first thing to say. Rejects as the bridge does; it is over then. */
  async begin(wanted: string | undefined): Promise<Answer> {
    const { ways, person } = this.#who;
    try {
      const { flows } = await ways.byUsher.standing(person);
      if (flows.length === 0) return this.#elsewhere("login-why/no-way");
      const [only] = flows.length === 1 ? flows : [];
      const flow = wanted === undefined ? only : chosen(flows, wanted);
      if (flow === undefined) return this.#choose(flows);
      return (await this.#start(flow)) ?? this.#answer("login/late", {});
    } catch (error) {
      await this.#stop();
      throw error;
    }
  }

  /** Takes what was typed, and says what comes next. */
  async take({ event, line, odd }: Typed): Promise<void> {
    if (this.#state.is === "over") return;
    this.#room.event = event;
    if (/^(?:cancel|stop)[.!]?$/iu.test(line)) return this.end("login/cancelled");
    const isTaken = await this.#room.takeAway(event);
    this.#taken = { template: isTaken ? "login-typed/taken" : "login-typed/stays", view: {} };
    try {
      const answer = await this.#next(line, odd);
      if (answer !== undefined) await this.#room.say(answer);
    } catch (error) {
      await this.#failed(error);
    }
  }

  /** Nothing more is done; `said` is what is told of it. */
  async end(said: "login/cancelled" | "login/late"): Promise<void> {
    if (this.#state.is === "over") return;
    await this.#stop();
    await this.#room.say(this.#answer(said, { id: this.#who.bridge.id }));
  }

  /** It is over; nobody is told. */
  drop(): void {
    this.#state = { is: "over" };
    this.#cancelTimer();
    this.#who.over();
  }

  #next(line: string, odd: Typed["odd"]): Promise<Answer | undefined> | Answer {
    const state = this.#state;
    this.#rest();
    if (odd !== undefined) return this.#answer(`login/${odd}`, {});
    switch (state.is) {
      case "choosing": {
        const flow = chosen(state.flows, line);
        return flow === undefined ? this.#choose(state.flows) : this.#start(flow);
      }
      case "asking":
        return this.#fill(state, line);
      case "waiting":
      case "over":
        return this.#answer("login/busy", { bridge: this.#who.bridge.name });
    }
  }

  #choose(flows: readonly Flow[]): Answer {
    this.#state = { is: "choosing", flows };
    return this.#answer("login/ways", { bridge: this.#who.bridge.name, flows: flowsView(flows) });
  }

  async #start(flow: Flow): Promise<Answer | undefined> {
    const { ways, person } = this.#who;
    this.#state = { is: "waiting" };
    return this.#arrive(await ways.byUsher.start(person, flow.id));
  }

  /** One field was typed: the next is asked for, or all of them go to the bridge. */
  async #fill(
    { step, filled: before }: { readonly step: Input; readonly filled: Filled },
    line: string,
  ): Promise<Answer | undefined> {
    const field = fieldOf(step, before);
    const value = field && optionOf(field, line);
    if (field === undefined || value === undefined) return this.#ask(step, before);
    const filled = { ...before, [field.id]: value };
    this.#secrets.push(value);
    if (fieldOf(step, filled) !== undefined) return this.#ask(step, filled);
    const { ways, person } = this.#who;
    this.#state = { is: "waiting" };
    return this.#arrive(await ways.byUsher.next(person, step, filled));
  }

  /** What is said of a step; nothing where all is over meanwhile. */
  async #arrive(step: Step): Promise<Answer | undefined> {
    if (this.#state.is === "over") return undefined;
    this.#step = step;
    switch (step.is) {
      case "input":
        return this.#ask(step, {});
      case "show":
        return this.#show(step);
      case "elsewhere":
        await this.#stop();
        return this.#elsewhere("login-why/browser");
      case "done":
        return this.#done(step.login);
    }
  }

  #ask(step: Input, filled: Filled): Answer {
    this.#state = { is: "asking", step, filled };
    const { name = "", description = "", options = [] } = fieldOf(step, filled) ?? {};
    const isFirst = Object.keys(filled).length === 0;
    return this.#answer("login/ask", {
      instructions: isFirst ? step.instructions : "",
      ...{ name, description },
      options: options.map((option, at) => ({ number: String(at + 1), option })),
      any: options.length > 0,
    });
  }

  async #show(step: Extract<Step, { is: "show" }>): Promise<Answer> {
    const { name: bridge } = this.#who.bridge;
    const { how, data, instructions } = step;
    this.#state = { is: "waiting" };
    this.#shown += 1;
    if (this.#shown > MOST_SHOWN) throw new UsherError("bridge-silent", { name: bridge });
    if (how === "qr") await this.#room.show(data);
    this.#behind(() => this.#follow(step));
    const code = how === "text" ? data : undefined;
    const bare = how === "nothing";
    return this.#answer("login/show", { instructions, bridge, qr: how === "qr", code, bare });
  }

  /** Waits until the far side has what it waits for. Whatever comes of it is said. */
  async #follow(step: Step): Promise<void> {
    const { ways, person } = this.#who;
    const isOver = (): boolean => this.#step !== step || this.#state.is === "over";
    try {
      const next = await this.#patiently(() => ways.byUsher.next(person, step));
      const answer = isOver() ? undefined : await this.#arrive(next);
      if (answer !== undefined) await this.#room.say(answer);
    } catch (error) {
      if (this.#state.is !== "over") await this.#failed(error);
    }
  }

  /** Asks again where the bridge says nothing: it may be started anew, or something between cuts off what takes long. */
  async #patiently(ask: () => Promise<Step>): Promise<Step> {
    for (let tried = 1; ; tried += 1) {
      try {
        return await ask();
      } catch (error) {
        const isSilent = error instanceof UsherError && error.code === "bridge-silent";
        if (!isSilent || tried > AGAIN || this.#state.is === "over") throw error;
        await new Promise<void>((resolve) => void this.#clock.after(AGAIN_MS, resolve));
      }
    }
  }

  /** The bridge's own list says whether somebody is logged in; its words alone do not. */
  async #done(login: string): Promise<Answer> {
    const { ways, person, bridge } = this.#who;
    const { logins } = await ways.byUsher.standing(person);
    await this.#room.hide();
    this.drop();
    const found = logins.find(({ id }) => id === login);
    const view = { bridge: bridge.name, id: bridge.id };
    if (found === undefined) return this.#answer("login/unlisted", view);
    await this.#made.note(person, { bridge: bridge.id, login });
    return this.#answer("login/done", { ...view, name: nameOf(found) });
  }

  #elsewhere(why: string): Answer {
    const { bridge, ways } = this.#who;
    this.drop();
    return this.#answer("login/by-hand", {
      ...{ bridge: bridge.name, bot: bridge.bot, words: ways.words.login, out: false },
      why: { template: why, view: {} },
    });
  }

  async #failed(error: unknown): Promise<void> {
    await this.#stop();
    if (!(error instanceof UsherError)) throw error;
    const why = { template: `error/${error.code}`, view: withoutTyped(error.view, this.#secrets) };
    await this.#room.say(this.#answer("login/failed", { id: this.#who.bridge.id, why }));
  }

  /** Has the bridge forget it, and nothing of it stay in the room. */
  async #stop(): Promise<void> {
    const { ways, person } = this.#who;
    const step = this.#step;
    this.drop();
    await this.#room.hide();
    if (step === undefined || step.is === "done") return;
    try {
      await ways.byUsher.cancel(person, step);
    } catch (error) {
      // It forgets by itself what nobody goes on with.
      if (!(error instanceof UsherError)) throw error;
    }
  }

  #rest(): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#clock.after(LIMIT_MS, () => {
      this.#behind(() => this.end("login/late"));
    });
  }

  #answer(template: string, view: Answer["view"]): Answer {
    const typed = this.#taken;
    this.#taken = undefined;
    return { template, view: { ...view, typed }, onlyFor: this.#who.person };
  }
}
