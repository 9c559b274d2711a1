/** A quiet zone around it, as ISO/IEC 18004 wants; modules. */
const BORDER = 4;
/** Pixels of a module. */
const SCALE = 6;

/** A PNG. */
interface Picture {
  readonly bytes: Uint8Array;
  /** Pixels, both ways. */
  readonly side: number;
}

/** The text as a QR code, black on white. */
export async function qrPicture(text: string): Promise<Picture> {
  // Few ever ask for it, and a start is to load little.
  const [{ default: rowsOf }, { encode }] = await Promise.all([import("qr"), import("fast-png")]);
  const rows = rowsOf(text, "raw", { border: BORDER, scale: SCALE });
  const side = rows.length;
  const data = Uint8Array.from(rows.flat(), (dark) => (dark ? 0 : 255));
  return { bytes: encode({ width: side, height: side, data, channels: 1, depth: 8 }), side };
}
