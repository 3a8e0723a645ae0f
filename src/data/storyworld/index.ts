/** StoryWorld: seeded stories in English and Chinese whose exact probability is known. See document.ts, probes.ts, parse.ts. */
export { type DocumentKind, type Mixture, type StoryDocument, storyDocument, storyPair } from './document';
export { type Parse, parseDocument } from './parse';
export { type Probe, type ProbeKind, probe } from './probes';
export type { Stream } from './random';
export type { Language } from './tell/saying';
