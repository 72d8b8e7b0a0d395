/** Abbreviations of zones: the few that everybody reads alike, and those that mean several things. */

/** Seconds east of Greenwich. */
const clear: Readonly<Record<string, number>> = { UTC: 0, GMT: 0, JST: 9 * 3_600 };

const several: Readonly<Record<string, readonly string[]>> = {
  ADT: ['Atlantic -03:00', 'Arabia +04:00'],
  AMT: ['Amazon -04:00', 'Armenia +04:00'],
  AST: ['Atlantic -04:00', 'Arabia +03:00'],
  BST: ['British Summer +01:00', 'Bangladesh +06:00', 'Bougainville +11:00'],
  CDT: ['US Central -05:00', 'Cuba -04:00'],
  CST: ['US Central -06:00', 'Cuba -05:00', 'China +08:00'],
  ECT: ['Ecuador -05:00', 'Eastern Caribbean -04:00'],
  EDT: ['US Eastern -04:00', 'Australia +11:00'],
  EST: ['US Eastern -05:00', 'Australia +10:00'],
  GST: ['South Georgia -02:00', 'Gulf +04:00'],
  IST: ['Ireland +01:00', 'Israel +02:00', 'India +05:30'],
  MST: ['US Mountain -07:00', 'Myanmar +06:30', 'Malaysia +08:00'],
  PST: ['US Pacific -08:00', 'Philippines +08:00'],
  SST: ['Samoa -11:00', 'Singapore +08:00'],
  WST: ['West Africa +01:00', 'Western Australia +08:00', 'West Samoa +13:00'],
};

export const clearAbbreviation = (name: string): number | undefined => clear[name.toUpperCase()];

/** What it may mean; undefined where it is none of those. */
export const meanings = (name: string): readonly string[] | undefined => several[name.toUpperCase()];
