/** What a person reads when setting up does not work: what is missing, and the command that mends it. */
export class SetupError extends Error {
  /**
   * @param {string} missing one sentence
   * @param {readonly string[]} mends commands, each with a few words behind `#`; any one of them is enough
   * @param {string} [output] the last words of the program that failed
   */
  constructor(missing, mends, output = '') {
    const last = output.trim().split('\n').slice(-15).join('\n');
    super(
      [
        ...(last ? [last, ''] : []),
        `Okiagari cannot be set up: ${missing}`,
        mends.length > 1 ? 'To mend it, one of:' : 'To mend it:',
        ...mends.map((mend) => `  ${mend}`),
      ].join('\n'),
    );
  }
}
