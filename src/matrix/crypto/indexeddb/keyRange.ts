import { exception } from "./exception.ts";
import { decodeKey, encodeKey, type Key } from "./keys.ts";

/** A range of keys, by bytes; an absent bound is open to the end. */
export interface Bounds {
  readonly lower?: Uint8Array | undefined;
  readonly upper?: Uint8Array | undefined;
  readonly lowerOpen: boolean;
  readonly upperOpen: boolean;
}

/** `IDBKeyRange` of IndexedDB 3.0, section 4.7. */
export class IDBKeyRange {
  readonly bounds: Bounds;

  constructor(bounds: Bounds) {
    this.bounds = bounds;
  }

  get lower(): Key | undefined {
    return this.bounds.lower && decodeKey(this.bounds.lower);
  }

  get upper(): Key | undefined {
    return this.bounds.upper && decodeKey(this.bounds.upper);
  }

  get lowerOpen(): boolean {
    return this.bounds.lowerOpen;
  }

  get upperOpen(): boolean {
    return this.bounds.upperOpen;
  }

  static only(value: unknown): IDBKeyRange {
    const key = encodeKey(value);
    return new IDBKeyRange({ lower: key, upper: key, lowerOpen: false, upperOpen: false });
  }

  static lowerBound(lower: unknown, open = false): IDBKeyRange {
    return new IDBKeyRange({ lower: encodeKey(lower), lowerOpen: open, upperOpen: true });
  }

  static upperBound(upper: unknown, open = false): IDBKeyRange {
    return new IDBKeyRange({ upper: encodeKey(upper), lowerOpen: true, upperOpen: open });
  }

  /** Throws DataError where the range could hold no key. */
  static bound(lower: unknown, upper: unknown, lowerOpen = false, upperOpen = false): IDBKeyRange {
    const bounds = { lower: encodeKey(lower), upper: encodeKey(upper), lowerOpen, upperOpen };
    const order = Buffer.compare(bounds.lower, bounds.upper);
    if (order > 0 || (order === 0 && (lowerOpen || upperOpen)))
      throw exception("DataError", "the range is empty");
    return new IDBKeyRange(bounds);
  }
}

const everything: Bounds = { lowerOpen: false, upperOpen: false };

/** The bounds that a query names: a range, one key, or (where `optional`) everything. Throws DataError for anything else. */
export function boundsOf(query: unknown, optional: boolean): Bounds {
  if (query instanceof IDBKeyRange) return query.bounds;
  if (optional && (query === undefined || query === null)) return everything;
  return IDBKeyRange.only(query).bounds;
}
