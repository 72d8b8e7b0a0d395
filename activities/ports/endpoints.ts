/** Files that clients are led by, such as a part of a proxy's configuration. */

export interface Endpoints {
  /** Undefined where there is no file. Reads only. Fails: endpoint-refused where it is a link, no file, or not ours to read. */
  read(path: string): Promise<string | undefined>;
  /**
   * In one step: whoever reads the file sees all of the old text or all of the new one. Owner and mode stay; a new file
   * belongs to the owner of its folder and may be read by all. May run twice. Fails: endpoint-refused.
   */
  write(path: string, text: string): Promise<void>;
}
