/** Text to learn from: choices, files and their documents, vocabularies, tokens, StoryWorld's floor. */

export type { CorpusChoice, Split, VocabularyChoice } from './choice';
export type { Estimate, Floor } from './floor';
export { type CorpusEntry, type CorpusManifest, readCorpusManifest } from './manifest';
export { largestFile, readPlainText } from './plain-text';
export {
  type DataChoice,
  type DataFiles,
  type PreparationControl,
  type PreparationStage,
  type PreparedData,
  prepareData,
} from './prepare';
export { Stopped } from './slices';
