/** Returns whether anything was written. */
export function writeVocabularies(): Promise<boolean>;
