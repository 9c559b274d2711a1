import { encryptedTalk } from "./encrypted.ts";
import { compared, median, ms, type Row } from "./figures.ts";
import { handling, openings } from "./keys.ts";

type Say = (sentence: string) => void;

/** Usher in encrypted rooms beside the same Usher in others, and what that does to its memory. */
export async function talkRows(
  size: { readonly rounds: number; readonly messages: number },
  say: Say,
): Promise<Row[]> {
  const { encrypted, plain, idle, after } = await encryptedTalk(size, say);
  const mb = (value: number): string => `${value.toFixed(0)} MB`;
  return [
    compared("encrypted round trip beside a plain one, median", encrypted, plain, 0.5, 1.3),
    compared("encrypted round trip beside a plain one, p95", encrypted, plain, 0.95, undefined),
    {
      what: "resident memory with encryption, idle",
      usher: mb(idle),
      beside: "",
      ratio: "",
      target: "≤ 150 MB",
    },
    {
      what: `resident memory after ${size.messages.toLocaleString("en")} encrypted messages beside idle`,
      usher: mb(after),
      beside: mb(idle),
      ratio: (after / idle).toFixed(2),
      target: "≤ 1.30",
    },
  ];
}

/** What the keys' store costs by itself. */
export async function keyRows(
  size: { readonly handled: number; readonly sessions: number; readonly opened: number },
  say: Say,
): Promise<Row[]> {
  say("Messages through the keys' store …");
  const { whole, writing } = await handling(size.handled);
  say(`Opening a store of ${String(size.sessions)} sessions …`);
  const { full, empty } = await openings(size.sessions, size.opened);
  return [
    {
      what: "writing to the keys' store beside all the keys' work, per message, median",
      usher: ms(median(writing)),
      beside: ms(median(whole)),
      ratio: (median(writing) / median(whole)).toFixed(2),
      target: "≤ 5 ms",
    },
    compared(
      `opening the keys, ${size.sessions.toLocaleString("en")} sessions beside none, median`,
      full,
      empty,
      0.5,
      1.5,
    ),
  ];
}
