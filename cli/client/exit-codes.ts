/** Exit codes of the client commands; printed by `--help`, so that scripts can rely on them. */
export const exitCodes = {
  done: 0,
  notRecovered: 1,
  usage: 2,
  refused: 3,
  away: 4,
} as const;

export const exitCodeHelp = `
Exit codes:
  0  done; a recovery that was followed ended recovered or planned
  1  a recovery that was followed ended otherwise, a drill missed a criterion, or something broke
  2  wrong usage, wrong settings, or a port that is taken
  3  the API refused: not allowed, not found, held, bad input
  4  the API or Temporal cannot be reached`;
