import type { Question } from "./question.ts";

const MOVED = [301, 302, 303, 307, 308];
/** Headers that say who asks: they are for the site that was asked, and for no other. */
const PERSONAL = ["authorization", "cookie", "proxy-authorization"];

/** What is asked next where an answer leads elsewhere (RFC 9110, 15.4). */
export type Redirect = { readonly url: URL; readonly question: Question } | "refused" | undefined;

/**
 * Where an answer leads; undefined where it is one to take as it is. Refused: what is no website, what gives up encryption, and what would
 * give the question's body to another site. Another site is told nothing of who asks, and may not lie in a private network.
 */
export function redirectOf(
  { status, location }: { readonly status: number; readonly location: string | undefined },
  from: URL,
  question: Question,
): Redirect {
  if (!MOVED.includes(status) || location === undefined) return undefined;
  if (!URL.canParse(location, from.href)) return "refused";
  const url = new URL(location, from);
  if (!/^https?:$/.test(url.protocol)) return "refused";
  if (from.protocol === "https:" && url.protocol !== "https:") return "refused";
  url.username = "";
  url.password = "";
  const kept = status < 303 && question.method !== "POST" ? question : asGet(question, status);
  if (url.origin === from.origin) return { url, question: kept };
  if (kept.body !== undefined) return "refused";
  const headers = Object.entries(kept.headers ?? {}).filter(
    ([name]) => !PERSONAL.includes(name.toLowerCase()),
  );
  return { url, question: { ...kept, headers: Object.fromEntries(headers), allowPrivate: false } };
}

/** 303 is looked at with GET, and so are 301 and 302 after a POST; 307 and 308 change nothing. */
function asGet(question: Question, status: number): Question {
  if (status > 303 || question.method === "HEAD") return question;
  const { body: _, ...rest } = question;
  return { ...rest, method: "GET" };
}
