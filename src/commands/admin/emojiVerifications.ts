import type { Answer } from "../../chat/command.ts";
import type { OperatorsRoom } from "../../chat/place.ts";
import type { Renderer } from "../../chat/render.ts";
import type { UserId } from "../../kernel/ids.ts";
import { errorFields, type Log } from "../../kernel/log.ts";
import type { OpenCipher } from "../../matrix/crypto/openCipher.ts";
import type { TellPrivately } from "../../membership/tellPrivately.ts";
import type { Sending } from "../../matrix/port.ts";

interface EmojiVerificationsDeps {
  readonly encryption: OpenCipher | undefined;
  /** Where emoji are shown; without such a room comparisons time out by themselves, and people see that. */
  readonly operators: OperatorsRoom;
  readonly matrix: Sending;
  readonly renderer: Renderer;
  readonly calledAs: string;
  readonly tell: TellPrivately;
  readonly log: Log;
}

/** Comparisons of emoji between people and Usher: shown to the operators, who alone can tell whether they match. */
export class EmojiVerifications {
  readonly #deps: EmojiVerificationsDeps;
  readonly #open = new Map<UserId, string>();

  constructor(deps: EmojiVerificationsDeps) {
    this.#deps = deps;
    deps.encryption?.onVerification(({ user, flow, phase, emoji = [] }) => {
      if (phase === "emoji") {
        const elsewhere = {
          template: "verification/elsewhere",
          view: { office: this.#deps.operators.room !== undefined },
        };
        void deps.tell(user, elsewhere, { cause: flow, step: "verification" });
        this.#open.set(user, flow);
        this.#tell(
          {
            template: "verification/emoji",
            view: { user, emoji: emoji.map((one) => ({ ...one })) },
          },
          `${flow} emoji`,
        );
      } else {
        if (this.#open.get(user) === flow) this.#open.delete(user);
        this.#tell(
          { template: "verification/ended", view: { user, done: phase === "done" } },
          `${flow} ${phase}`,
        );
      }
    });
  }

  /** An operator's word on the newest comparison with this person; false where there is none. */
  async answer(person: UserId, same: boolean): Promise<boolean> {
    const flow = this.#open.get(person);
    if (flow === undefined) return false;
    await this.#deps.encryption?.answerVerification(person, flow, same);
    return true;
  }

  #tell(answer: Answer, cause: string): void {
    const { operators, matrix, renderer, calledAs, log } = this.#deps;
    const { room } = operators;
    if (room === undefined) return;
    matrix
      .send(room, renderer.render(answer, { calledAs }), { cause, step: "verification" })
      .catch((error: unknown) => {
        log.error({ class: "ops", what: "verification.untold", ...errorFields(error) });
      });
  }
}
