/** What a cluster may lack and still be well. */
export interface ClusterLimits {
  /** A standby may lack so many bytes of the log, or have so many yet to replay. */
  readonly lagBytes: number;
  /** So many files of the log may wait to be archived: one that is on its way is no drift. */
  readonly waitingFiles: number;
  /** So much room its disk has at the least. */
  readonly roomBytes: number;
  /** A certificate is valid for so many days more. */
  readonly certificateDays: number;
}

/** Two files of the log: whoever is promoted begins a new one at once, and stops for good where it cannot. */
export const leastRoomBytes = 32 * 1024 * 1024;
