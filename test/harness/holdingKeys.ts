/** A `fetch` that keeps back what goes to devices, once told so, until it is told to let it go. */
export function holdingKeys() {
  let kept: (() => Promise<unknown>)[] | undefined;
  const fetchFn: typeof fetch = (input, init) => {
    const address = input instanceof Request ? input.url : String(input);
    if (kept === undefined || !address.includes("/sendToDevice/m.room.encrypted/"))
      return fetch(input, init);
    const { signal: _signal, ...rest } = init ?? {};
    kept.push(() => fetch(input, rest));
    return Promise.resolve(new Response("{}", { headers: { "content-type": "application/json" } }));
  };
  return {
    fetchFn,
    hold: (): void => {
      kept = [];
    },
    letGo: async (): Promise<number> => {
      const waiting = kept ?? [];
      kept = undefined;
      for (const send of waiting) await send();
      return waiting.length;
    },
  };
}
