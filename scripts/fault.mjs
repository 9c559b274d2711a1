/** Something is missing on this machine: the message is one plain sentence with the way out, shown without a stack. */
export class Fault extends Error {}

/**
 * Throws where this Node cannot even prepare the one that Usher runs on.
 * @param {string} version as in `process.versions.node`
 */
export function nodeIsTooOld(version) {
  if (Number(version.split(".")[0]) < 20) {
    throw new Fault(
      `Node 20 or newer is needed, and this is ${version}: install a newer one from https://nodejs.org and try again.`,
    );
  }
}
