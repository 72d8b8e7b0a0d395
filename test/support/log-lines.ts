/** Lines of an audit log by their age, so that a test of old lines passes on any day. */

const dayMs = 86_400_000;

/** A line of so many days ago. `n` makes it unlike every other of its age. */
export const lineOf = (daysAgo: number, n: number): string =>
  `${JSON.stringify({ timestamp: new Date(Date.now() - daysAgo * dayMs).toISOString(), action: 'run_dynamic_tool', toolId: 'dt_1', toolName: 'one', success: true, details: { n } })}\n`;
export const linesOf = (daysAgo: number, count: number): string =>
  Array.from({ length: count }, (_, n) => lineOf(daysAgo, n)).join('');
