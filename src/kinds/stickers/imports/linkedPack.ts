import { UsherError } from "../../../kernel/errors.ts";
import { shortLine, type FoundPack } from "./found.ts";
import { mauniumPack, type MauniumDeps } from "./mauniumPack.ts";
import { isZip, ZIP_LIMITS } from "./zipFile.ts";
import { zipPack } from "./zipPack.ts";

/** How long a whole file may take to come: the largest zip at half a megabyte a second; ms. */
const LONGEST_MS = 100_000;

/**
 * The pack under a link to some website: a zip, or one of maunium's stickerpicker (`said`: which of several). Which of both it is, the first bytes tell: neither the
 * address nor the type that the website says. What never ends, or comes drop by drop, is given up. Rejects with `sticker-link`, and as `zipPack`, `mauniumPack` and
 * `HttpClient.ask`.
 */
export async function linkedPack(
  deps: MauniumDeps,
  { url, said }: { readonly url: URL; readonly said: string | undefined },
): Promise<FoundPack> {
  const answer = await deps.http.ask(url, { maxBytes: ZIP_LIMITS.bytes, timeoutMs: LONGEST_MS });
  if (answer.status !== 200) throw new UsherError("sticker-link", { host: url.host });
  return isZip(answer.bytes)
    ? zipPack(answer.bytes, fileNameOf(url), url)
    : mauniumPack(deps, { url, said, answer });
}

/** The last part of its path, which is all that names a zip there. */
function fileNameOf({ pathname }: URL): string {
  const last = pathname.split("/").at(-1) ?? "";
  try {
    return shortLine(decodeURIComponent(last), 200) ?? "";
  } catch {
    // A percent sign that stands for nothing.
    return last;
  }
}
