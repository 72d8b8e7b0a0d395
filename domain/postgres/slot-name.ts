/** Names of replication slots: only small letters, digits and underscores (PostgreSQL, "Replication Slots"). */

/** The slot that a standby uses already, or the one that we make for it. */
export const slotFor = (node: string, own: string | null): string => own ?? `okiagari_${node.replaceAll('-', '_')}`;
