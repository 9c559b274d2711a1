import { z } from "zod";
import type { PictureKind } from "./kinds.ts";

/** What the child process is asked for; the body of the parcel is the picture, or what the tiles show, in a row. */
export type Job =
  | { readonly task: "sticker"; readonly kind: PictureKind; readonly format: "webp" | "gif" }
  | { readonly task: "tile" }
  | { readonly task: "sheet"; readonly tiles: readonly JobTile[] };

/** A tile of a sheet, whose picture takes so many bytes of the body; none is an empty tile. */
export interface JobTile {
  readonly number: number;
  readonly shortcode: string;
  readonly bytes: number;
}

/** What the child answers: its memory was in the hands of a stranger's file, so it is believed no more than that file. */
export const ANSWER = z.discriminatedUnion("is", [
  z.strictObject({ is: z.literal("ready") }),
  z.strictObject({
    is: z.literal("sticker"),
    mimetype: z.enum(["image/webp", "image/gif"]),
    width: z.int().min(1).max(512),
    height: z.int().min(1).max(512),
    animated: z.boolean(),
  }),
  z.strictObject({ is: z.literal("tile") }),
  z.strictObject({
    is: z.literal("sheet"),
    width: z.int().min(1).max(4096),
    height: z.int().min(1).max(4096),
  }),
  z.strictObject({
    is: z.literal("refused"),
    code: z.enum([
      "picture-unknown",
      "picture-svg",
      "picture-too-large",
      "picture-broken",
      "picture-slow",
    ]),
    view: z.record(z.string(), z.union([z.number(), z.boolean(), z.null()])),
  }),
]);
export type Answer = z.infer<typeof ANSWER>;
