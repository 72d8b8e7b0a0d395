/** Serials of a zone, which begin anew after 2^32 (RFC 1982). */

/** Whether `one` is newer than `other`. */
export const isNewer = (one: number, other: number): boolean => one !== other && (one - other) >>> 0 < 2 ** 31;

/** Never 0, which some servers take for none. */
export const nextSerial = (serial: number): number => (serial + 1) >>> 0 || 1;
