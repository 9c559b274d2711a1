/** Something outside the program is missing or refused: its message is one plain sentence with the way out, and is shown without a stack. */
export class SetupFault extends Error {
  override readonly name = "SetupFault";
}
