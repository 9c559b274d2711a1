/** Names as the `DOMStringList` of IndexedDB: sorted by code unit, readable by `item`, `contains`, index and iteration. */
export class NameList extends Array<string> {
  // Methods of Array that make a new list make a plain one.
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  static sorted(names: Iterable<string>): NameList {
    const list = new NameList();
    list.push(...names);
    return list.sort();
  }

  item(index: number): string | null {
    return this[index] ?? null;
  }

  contains(name: string): boolean {
    return this.includes(name);
  }
}
