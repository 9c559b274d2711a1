/**
 * How a job goes to the child process and its answer comes back: the length of the head and that of the body (four bytes each, the highest first), the
 * head as JSON, and the body, which is bytes of any kind.
 */
export interface Parcel {
  readonly head: unknown;
  readonly body: Buffer;
}

/** The bytes of a parcel, whose body is these pieces in a row. */
export function packed(head: unknown, ...body: readonly Uint8Array[]): readonly Uint8Array[] {
  const json = Buffer.from(JSON.stringify(head));
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32BE(json.length, 0);
  lengths.writeUInt32BE(
    body.reduce((sum, { length }) => sum + length, 0),
    4,
  );
  return [lengths, json, ...body];
}

/** Puts parcels together of the pieces in which they come. */
export class Unpacking {
  readonly #mostBytes: number;
  #pieces: Buffer[] = [];
  #length = 0;

  /** Parcels are no larger than so many bytes. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** The parcels that are whole with this piece. Throws for one that says it is larger than any, and for a head that is no JSON. */
  add(piece: Buffer): readonly Parcel[] {
    this.#pieces.push(piece);
    this.#length += piece.length;
    const parcels: Parcel[] = [];
    for (;;) {
      const parcel = this.#take();
      if (parcel === undefined) return parcels;
      parcels.push(parcel);
    }
  }

  #take(): Parcel | undefined {
    if (this.#length < 8) return undefined;
    const start = this.#joined(8);
    const headEnd = 8 + start.readUInt32BE(0);
    const end = headEnd + start.readUInt32BE(4);
    if (end > this.#mostBytes) throw new RangeError("A parcel is larger than any may be.");
    if (this.#length < end) return undefined;
    const all = this.#joined(end);
    this.#pieces = all.length > end ? [all.subarray(end)] : [];
    this.#length -= end;
    return {
      head: JSON.parse(all.toString("utf8", 8, headEnd)) as unknown,
      body: all.subarray(headEnd, end),
    };
  }

  /** What came so far as one piece, where the first is too short: large parcels are joined once. */
  #joined(bytes: number): Buffer {
    const [first] = this.#pieces;
    if (first !== undefined && first.length >= bytes) return first;
    const all = Buffer.concat(this.#pieces);
    this.#pieces = [all];
    return all;
  }
}
