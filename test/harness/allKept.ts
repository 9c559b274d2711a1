/** Where every sweep goes well. */
export const ALL_KEPT = { stops: () => false };
