/** What is thrown where a path leaves its folder or passes a link; each caller says in its own words what that means there. */

/** `path` is relative to the root that was to be kept. Nothing was read or written. */
export class UnsafePath extends Error {
  readonly path: string;
  constructor(path: string, why: string) {
    super(`${path}: ${why}`);
    this.name = 'UnsafePath';
    this.path = path;
  }
}
