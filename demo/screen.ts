import {
  clearScreenDown,
  createInterface,
  cursorTo,
  moveCursor,
  type Interface,
} from "node:readline";
import { styleText } from "node:util";
import type { Shown } from "./show.ts";

/** Where the transcript appears and lines come from: a terminal with a prompt, or a pipe. */
export interface Screen {
  /** True where a person sits before it; lines then need not wait for answers. */
  readonly interactive: boolean;
  print(shown: Shown): void;
  /** A note of the demo itself. */
  note(text: string): void;
  /** Says who is speaking where. */
  prompt(text: string): void;
  lines(): AsyncIterable<string>;
  close(): void;
}

export function openScreen(): Screen {
  return process.stdin.isTTY ? terminal() : pipe();
}

/** A line for each line of a message, those after the first set in. */
function layOut({ who, text }: Shown, paint: (who: string) => string): string {
  const [first = "", ...rest] = text.split("\n");
  const lines = rest.map((line) => (line === "" ? "" : `  ${line}`));
  return [who === undefined ? `* ${first}` : `${paint(who)}: ${first}`, ...lines].join("\n");
}

function pipe(): Screen {
  const input = createInterface({ input: process.stdin, crlfDelay: Infinity });
  const lines = listening(input);
  const write = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  return {
    interactive: false,
    print: (shown) => {
      write(layOut(shown, (who) => who));
    },
    note: write,
    prompt: () => undefined,
    lines: () => lines,
    close: () => {
      input.close();
    },
  };
}

function terminal(): Screen {
  const input = createInterface({ input: process.stdin, output: process.stdout, historySize: 200 });
  const lines = listening(input);
  // Ctrl-C ends the demo as Ctrl-D does.
  input.on("SIGINT", () => {
    input.close();
  });
  let prompting = false;
  let ended = false;
  input.on("close", () => {
    ended = true;
  });
  const above = (text: string): void => {
    if (prompting && !ended) leaveLine(input);
    process.stdout.write(`${text}\n`);
    if (prompting && !ended) input.prompt(true);
  };
  return {
    interactive: true,
    print: (shown) => {
      const text = layOut(shown, (who) =>
        styleText(who.startsWith("Usher") ? ["bold", "cyan"] : ["bold", "green"], who),
      );
      above(shown.quiet ? styleText("dim", text) : text);
    },
    note: (text) => {
      above(styleText("dim", text));
    },
    prompt: (text) => {
      prompting = true;
      input.setPrompt(`${text}> `);
      if (!ended) input.prompt(true);
    },
    lines: () => lines,
    close: () => {
      input.close();
    },
  };
}

/** Its lines from this moment on: an iterator asked for later would miss those that have come by then, and the end. */
function listening(input: Interface): AsyncIterable<string> {
  const lines = input[Symbol.asyncIterator]();
  return { [Symbol.asyncIterator]: () => lines };
}

/** Takes the prompt and what is typed so far off the screen, be it several rows long. */
function leaveLine(input: Interface): void {
  moveCursor(process.stdout, 0, -input.getCursorPos().rows);
  cursorTo(process.stdout, 0);
  clearScreenDown(process.stdout);
}
