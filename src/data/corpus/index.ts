/** Text to learn from: choices, files and their documents, vocabularies, tokens, StoryWorld's floor. */

export { readCorpusManifest } from './manifest';
export { type DataChoice, type DataFiles, type PreparationControl, type PreparedData, prepareData } from './prepare';
export { Stopped } from './slices';
