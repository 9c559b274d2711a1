import { createHash } from "node:crypto";
import { retryTransient } from "../../../chat/retryTransient.ts";
import type { Clock } from "../../../kernel/clock.ts";
import { UsherError } from "../../../kernel/errors.ts";
import { isAborted } from "../../../matrix/errors.ts";
import type { Media } from "../../../matrix/port.ts";
import type { PackFormat } from "../format.ts";
import { imageOf } from "../image.ts";
import { shortHash, type PackImage } from "../pack.ts";
import type { Pictures } from "../pictures/pictures.ts";
import { placePicture } from "../placing.ts";
import { whyLeftOut, type FoundPicture, type Why } from "./found.ts";
import type { ImportedPack, Placed } from "./records.ts";

export interface PlacingDeps {
  readonly pictures: Pick<Pictures, "sticker">;
  readonly matrix: Pick<Media, "upload">;
  readonly clock: Clock;
  /** Ends when Usher stops. */
  readonly signal: AbortSignal;
}

/** What is known of a picture before it is read. */
export interface KnownOf {
  /** What became of it in this import, before a crash. */
  readonly placed: Placed | undefined;
  /** What it was when it came before. */
  readonly before: ImportedPack["pictures"][string] | undefined;
  /** The picture that stands there for it now. */
  readonly there: PackImage | undefined;
  /** What the pack's moving pictures are. */
  readonly format: PackFormat;
  /** The versions of those that are in already. */
  readonly versions: ReadonlySet<string>;
}

/**
 * Has a picture lie in the media repository as a pack has it, unless it does already, or says why not. Rejects where nothing can be uploaded, and where Usher is being
 * stopped.
 */
export async function placedPicture(
  deps: PlacingDeps,
  picture: FoundPicture,
  known: KnownOf,
): Promise<Placed> {
  const { from } = picture;
  if ("lies" in from) return { version: shortHash(from.lies), image: from.lies };
  const early = from.version === undefined ? undefined : asBefore(from.version, known);
  if (early !== undefined) return early;
  const read = await tried(deps.signal, () => from.read());
  if ("why" in read) return { version: from.version ?? "unread", why: read.why };
  const version =
    from.version ?? createHash("sha256").update(read.value).digest("hex").slice(0, 16);
  const same = asBefore(version, known);
  if (same !== undefined) return same;
  if (known.versions.has(version)) return { version, why: "twice" };
  const made = await tried(deps.signal, () => deps.pictures.sticker(read.value, known.format));
  if ("why" in made) return { version, why: made.why };
  const { clock, signal, matrix } = deps;
  try {
    const url = await retryTransient({ clock, signal }, () =>
      placePicture(matrix, "sticker", made.value),
    );
    return { version, image: imageOf(url, made.value, picture.body) };
  } catch (error) {
    if (error instanceof UsherError && error.code === "file-too-large")
      return { version, why: "large" };
    throw error;
  }
}

/** The picture as it was placed before, where it is the same and still there. */
function asBefore(version: string, { placed, before, there }: KnownOf): Placed | undefined {
  if (placed?.version === version) return placed;
  const isThere = there !== undefined && before?.version === version && there.url === before.url;
  return isThere ? { version, image: there } : undefined;
}

async function tried<T>(
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly why: Why }> {
  try {
    return { value: await work() };
  } catch (error) {
    // What is cut off by a stop says nothing of the picture.
    signal.throwIfAborted();
    if (error instanceof UsherError && isAborted(error)) throw error;
    return { why: whyLeftOut(error) };
  }
}
