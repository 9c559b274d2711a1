/** One field of a message of Protocol Buffers: a number, or bytes (a text or a message). */
export interface Field {
  readonly field: number;
  readonly number: number | undefined;
  readonly bytes: Uint8Array | undefined;
}

/** The fields of a message, as far as they are numbers or bytes; undefined where it is none. */
export function fieldsOf(message: Uint8Array): readonly Field[] | undefined {
  const fields: Field[] = [];
  let at = 0;
  /** Undefined where it does not end, or is larger than a number is exact. */
  const varint = (): number | undefined => {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 42; factor *= 128) {
      const byte = message[at];
      if (byte === undefined) return undefined;
      at += 1;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    return undefined;
  };
  while (at < message.length) {
    const tag = varint();
    if (tag === undefined) return undefined;
    const [field, wire] = [Math.floor(tag / 8), tag % 8];
    if (wire !== 0 && wire !== 2) return undefined;
    const number = varint();
    if (number === undefined) return undefined;
    if (wire === 0) fields.push({ field, number, bytes: undefined });
    else {
      if (at + number > message.length) return undefined;
      fields.push({ field, number: undefined, bytes: message.subarray(at, at + number) });
      at += number;
    }
  }
  return fields;
}

/** 0 where it is not there, as the format has it. */
export function numberIn(fields: readonly Field[], wanted: number): number {
  return fields.find(({ field, number }) => field === wanted && number !== undefined)?.number ?? 0;
}

export function textIn(fields: readonly Field[], wanted: number): string | undefined {
  const found = fields.find(({ field, bytes }) => field === wanted && bytes !== undefined);
  return found?.bytes && new TextDecoder().decode(found.bytes);
}
