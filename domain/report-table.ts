/** Tables of our Markdown documents. */

export const reportTable = (headings: readonly string[], rows: readonly (readonly string[])[]): string =>
  [headings, headings.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

/** Text of people and machines must not break the table or become markup of its own. */
export const reportCell = (text: string): string => text.replace(/\s*\n\s*/g, ' ').replace(/[\\|<>*_`[\]]/g, '\\$&');
