import { z } from "zod";
import { UsherError } from "../../../kernel/errors.ts";
import type { HttpClient } from "../../../net/websites.ts";

/** Where mautrix-manager looks for the bridges of a homeserver. */
const PATH = "/.well-known/matrix/mautrix";
const MOST_BYTES = 65_536;
const MOST_BRIDGES = 50;
const MOST_LENGTH = 200;
const TIMEOUT_MS = 5_000;

const wellKnown = z.object({ "fi.mau.bridges": z.array(z.unknown()) });

/**
 * The addresses of the bridges that a homeserver says it has: asked at its name, and where nothing is there at the address that Usher has. Whatever is said otherwise is
 * passed over. Never rejects.
 */
export async function announcedBridges(
  { server, url }: { readonly server: string; readonly url: string },
  http: HttpClient,
): Promise<readonly URL[]> {
  for (const base of [`https://${server}`, url]) {
    const found = await announcedAt(base, http);
    if (found !== undefined) return found;
  }
  return [];
}

async function announcedAt(base: string, http: HttpClient): Promise<readonly URL[] | undefined> {
  if (!URL.canParse(PATH, base)) return undefined;
  try {
    // Both addresses are the operator's own.
    const answer = await http.ask(new URL(PATH, base), {
      maxBytes: MOST_BYTES,
      timeoutMs: TIMEOUT_MS,
      allowPrivate: true,
    });
    if (answer.status !== 200) return undefined;
    const told = answer.json(wellKnown)["fi.mau.bridges"];
    return told.slice(0, MOST_BRIDGES).flatMap(addressIn);
  } catch (error) {
    if (error instanceof UsherError) return undefined;
    throw error;
  }
}

/** As it can be shown: without a name, a password, a question or a fragment in it, of ordinary characters and length. */
function addressIn(said: unknown): readonly URL[] {
  if (typeof said !== "string" || said.length > MOST_LENGTH || !URL.canParse(said)) return [];
  const url = new URL(said);
  const plain =
    ["https:", "http:"].includes(url.protocol) &&
    `${url.username}${url.password}${url.search}${url.hash}` === "" &&
    /^[\x21-\x7e]*$/.test(url.href) &&
    url.href.length <= MOST_LENGTH;
  return plain ? [url] : [];
}
