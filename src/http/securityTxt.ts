import type { Clock } from "../kernel/clock.ts";
import { DAY_MS } from "../kernel/days.ts";
import { asUserId } from "../kernel/ids.ts";
import type { WebRoute } from "./webServer.ts";

const PATH = "/.well-known/security.txt";
/** RFC 9116 wants an end less than a year ahead; it is made anew each time; ms. */
const HOLDS_MS = 90 * DAY_MS;

interface Sources {
  /** Whom the operator names for weaknesses; undefined where nobody. */
  readonly contact: string | undefined;
  readonly publicUrl: string | undefined;
  readonly language: string;
  readonly clock: Clock;
}

/** Where somebody reports a weakness (R77, RFC 9116); no route where the operator names nobody, or nobody who has an address. */
export function securityTxt({ contact, publicUrl, language, clock }: Sources): readonly WebRoute[] {
  const uri = contact === undefined ? undefined : contactUri(contact);
  if (uri === undefined) return [];
  const canonical = publicUrl === undefined ? undefined : new URL(PATH, publicUrl).href;
  return [
    {
      path: PATH,
      answer: (_request, reply) => {
        const expires = new Date(clock.now() + HOLDS_MS).toISOString();
        const lines = [
          `Contact: ${uri}`,
          `Expires: ${expires}`,
          ...(canonical === undefined ? [] : [`Canonical: ${canonical}`]),
          `Preferred-Languages: ${language}`,
        ];
        return reply.type("text/plain; charset=utf-8").send(`${lines.join("\n")}\n`);
      },
    },
  ];
}

/** What somebody named for people, as an address: an e-mail address, a page, a Matrix ID. Undefined where it is none of them. */
export function contactUri(contact: string): string | undefined {
  const said = contact.trim();
  const person = asUserId(said);
  if (person !== undefined) return `https://matrix.to/#/${encodeURIComponent(person)}`;
  if (/^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/.test(said)) return `mailto:${encodeURI(said)}`;
  return URL.canParse(said) && new URL(said).protocol === "https:" ? new URL(said).href : undefined;
}
