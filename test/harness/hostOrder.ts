/** What the process that runs one Usher after the other is told to do. */
export type HostOrder =
  | {
      readonly do: "start";
      readonly folder: string;
      readonly env: Readonly<Record<string, string>>;
      /** How far its clock is ahead of the system's; ms. */
      readonly aheadMs: number;
    }
  | { readonly do: "stop" };

/** The last that is written of a life, to both streams. */
export const END_OF_LIFE = "\u0004\n";
