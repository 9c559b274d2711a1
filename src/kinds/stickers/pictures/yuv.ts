/** A picture as videos have it: planes of brightness, of two differences of colour in half the size, and perhaps of alpha. */
export interface YuvPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
  /** Where each plane begins, and how far apart its rows are, bytes: Y, U, V and, if there is one, A. */
  readonly layout: readonly { readonly offset: number; readonly stride: number }[];
}

/**
 * The same as RGBA, alpha not multiplied in. Colours are taken as those of videos of this size are (ITU-R BT.601, limited range); alpha has all of its range.
 * Throws a RangeError where planes are missing.
 */
export function rgbaOf({ width, height, data, layout }: YuvPicture): Buffer {
  const [yPlane, uPlane, vPlane, alpha] = layout;
  if (yPlane === undefined || uPlane === undefined || vPlane === undefined)
    throw new RangeError("A picture of a video lacks its colours.");
  const rgba = new Uint8ClampedArray(width * height * 4);
  let at = 0;
  for (let row = 0; row < height; row += 1) {
    const half = row >> 1;
    const yRow = yPlane.offset + row * yPlane.stride;
    const uRow = uPlane.offset + half * uPlane.stride;
    const vRow = vPlane.offset + half * vPlane.stride;
    const aRow = alpha === undefined ? 0 : alpha.offset + row * alpha.stride;
    for (let column = 0; column < width; column += 1) {
      const y = ((data[yRow + column] ?? 0) - 16) * 1.164383;
      const u = (data[uRow + (column >> 1)] ?? 0) - 128;
      const v = (data[vRow + (column >> 1)] ?? 0) - 128;
      rgba[at] = y + 1.596027 * v;
      rgba[at + 1] = y - 0.391762 * u - 0.812968 * v;
      rgba[at + 2] = y + 2.017232 * u;
      rgba[at + 3] = alpha === undefined ? 255 : (data[aRow + column] ?? 0);
      at += 4;
    }
  }
  return Buffer.from(rgba.buffer);
}
