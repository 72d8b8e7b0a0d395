/** Bytes as people read them. */

const units = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** `1.2 GB`; powers of a thousand, as disks are sold. */
export function size(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (Math.abs(value) >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
