/** Whether somebody with this membership is in the room, or may come in by themselves. */
export function isIn(membership: unknown): boolean {
  return membership === "join" || membership === "invite";
}
