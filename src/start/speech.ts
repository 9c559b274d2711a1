import type { Answer } from "../chat/command.ts";
import { LastRefusals } from "../chat/lastRefusals.ts";
import { Letters } from "../chat/letters.ts";
import { OwedWords } from "../chat/owed.ts";
import { createRenderer, type Rendered, type Renderer } from "../chat/render.ts";
import { Signs } from "../chat/signs.ts";
import { Speaker } from "../chat/speaker.ts";
import { loadTemplates } from "../chat/templates.ts";
import { whoRunsUsher } from "../config/whoRunsUsher.ts";
import { privateTeller, type TellPrivately } from "../membership/tellPrivately.ts";
import type { Ground } from "./ground.ts";

/** How Usher says things. */
export interface Speech {
  readonly renderer: Renderer;
  /** What the first of Usher's names is, for sentences that nobody's own word for it can fill. */
  readonly calledAs: string;
  readonly render: (answer: Answer) => Rendered;
  readonly speaker: Speaker;
  readonly refusals: LastRefusals;
  readonly signs: Signs;
  readonly owed: OwedWords;
  readonly letters: Letters;
  readonly tell: TellPrivately;
}

/** `templates`: folders of sentences beside those that are always there. */
export function openSpeech(
  { config, matrix, documents, clock, queue, log, cipher, retention }: Ground,
  templates: readonly string[] = [],
): Speech {
  const about = whoRunsUsher(config);
  const calledAs = config.prefixes[0] ?? matrix.me;
  const renderer = createRenderer(loadTemplates(config.language, templates), config.language);
  const render = (answer: Answer): Rendered => renderer.render(answer, { ...about, calledAs });
  const refusals = new LastRefusals(clock);
  const { pageBytes } = config.limits;
  const speaker = new Speaker({ matrix, renderer, clock, pageBytes, about, refusals });
  const canEncrypt = cipher.available;
  return {
    renderer,
    calledAs,
    render,
    refusals,
    speaker,
    signs: new Signs({ matrix, documents, clock, queue, offered: config.confirmation.reactions }),
    owed: new OwedWords({ matrix, documents, clock, queue, log, render, retention }),
    letters: new Letters({ matrix, speaker, canEncrypt, calledAs }),
    tell: privateTeller({ matrix, log, render, canEncrypt }),
  };
}
