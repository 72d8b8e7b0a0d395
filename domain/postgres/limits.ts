/** What a cluster may lack and still be well. */
export interface ClusterLimits {
  /** A standby may lack so many bytes of the log, or have so many yet to replay. */
  readonly lagBytes: number;
  /** So many files of the log may wait to be archived: one that is on its way is no drift. */
  readonly waitingFiles: number;
}
