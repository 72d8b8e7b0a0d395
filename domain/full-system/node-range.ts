/** Whether a version of Node is one that a package asks for: the ranges that `engines` really uses, and "no" to any other. */

type Version = readonly [number, number, number];

/** `v24.1.0` or `24.1.0`; undefined for anything else, a prerelease included. */
const versionOf = (text: string): Version | undefined => {
  const match = /^v?(\d+)\.(\d+)\.(\d+)$/.exec(text.trim());
  return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : undefined;
};

const compare = (a: Version, b: Version): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];

/** Ranges as npm writes them: `>=20.6.0`, `^20 || >=22.1`, `18.x`, `20 - 22`. What cannot be read is not satisfied. */
export function satisfies(version: string, range: string): boolean {
  const found = versionOf(version);
  if (found === undefined) return false;
  return range.split('||').some((part) => {
    const text = part
      .trim()
      .replace(/^(\S+)\s+-\s+(\S+)$/, '>=$1 <=$2')
      .replaceAll(/([<>=~^])\s+/g, '$1');
    return text === '' || text.split(/\s+/).every((comparator) => holds(found, comparator));
  });
}

function holds(version: Version, comparator: string): boolean {
  const match = /^(>=|<=|>|<|=|\^|~)?v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?$/.exec(comparator);
  if (match === null) return false;
  const [, sign = '', ...given] = match;
  const numbers = given.map((one) => (one === undefined || /[xX*]/.test(one) ? undefined : Number(one)));
  const [major, minor, patch] = numbers;
  if (major === undefined) return sign !== '<' && sign !== '>';
  const low: Version = [major, minor ?? 0, patch ?? 0];
  /** The first version that is beyond what was written. */
  const beyond: Version =
    minor === undefined ? [major + 1, 0, 0] : patch === undefined ? [major, minor + 1, 0] : [major, minor, patch + 1];
  switch (sign) {
    case '>=':
      return compare(version, low) >= 0;
    case '>':
      return compare(version, beyond) >= 0;
    case '<':
      return compare(version, low) < 0;
    case '<=':
      return compare(version, beyond) < 0;
    case '^':
      return compare(version, low) >= 0 && compare(version, caretEnd(major, minor, patch)) < 0;
    case '~':
      return compare(version, low) >= 0 && compare(version, minor === undefined ? [major + 1, 0, 0] : [major, minor + 1, 0]) < 0;
    default:
      return compare(version, low) >= 0 && compare(version, beyond) < 0;
  }
}

const caretEnd = (major: number, minor: number | undefined, patch: number | undefined): Version =>
  major > 0 || minor === undefined ? [major + 1, 0, 0] : minor > 0 || patch === undefined ? [0, minor + 1, 0] : [0, 0, patch + 1];
