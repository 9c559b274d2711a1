/** What a picture becomes: re-encoded always, metadata gone, transparency and aspect kept. */
export interface StickerPicture {
  readonly bytes: Uint8Array;
  /** A still picture is WebP whatever was asked for. */
  readonly mimetype: "image/webp" | "image/gif";
  /** Of the file, pixels; at most 512 each. */
  readonly width: number;
  readonly height: number;
  readonly animated: boolean;
}

/** One picture of a contact sheet. */
export interface SheetTile {
  /** As it is stored, whatever it may be. */
  readonly picture: Uint8Array;
  readonly number: number;
  readonly shortcode: string;
}

/** A contact sheet. */
export interface Sheet {
  readonly bytes: Uint8Array;
  readonly mimetype: "image/webp" | "image/jpeg" | "image/png";
  readonly width: number;
  readonly height: number;
}
