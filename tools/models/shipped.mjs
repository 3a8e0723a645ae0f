/** What the shipped models are, in words; their numbers are read from their folders. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
export const modelsFolder = path.join(root, 'public', 'models');

const storyPrompts = [1, 2, 3].flatMap((seed) => [
  { language: 'English', prompt: 'One day,', seed },
  { language: 'Chinese', prompt: '有一天，', seed },
]);

const storyLimits = [
  'It knows StoryWorld and nothing else: its people, places and things, and the few plots they go through.',
  'A context of 256 tokens holds one story with its questions, not two.',
  'Prompts outside StoryWorld get StoryWorld’s words back.',
];

function storyCommands(id, tokens, more = []) {
  return [
    `node tools/corpus/train-tokenizer.mjs ${id}`,
    `node tools/corpus/encode.mjs ${id} --tokens ${tokens}`,
    `python3 python/pretrain.py --model ${id} --data .cache/corpora/${id} --out public/models/${id}`,
    ...more,
    `node tools/models/card.mjs ${id} && node tools/models/manifest.mjs && node tools/models/fixture.mjs ${id}`,
  ];
}

export const about = {
  'story-nano': {
    name: 'Story nano',
    story: true,
    summary: 'The smallest: writes and answers StoryWorld stories in English and Chinese, and loads at once.',
    trainedOn: { en: 'StoryWorld, English and Chinese stories from the project’s own generator' },
    prompts: storyPrompts,
    history:
      'Run in two parts within a wall-time budget: 4,403 steps with a decay of 0.2, then on from the state before that decay (step 3,792) with the decay above.',
    limits: storyLimits,
    commands: storyCommands('story-nano', 24_000_000),
  },
  'story-micro': {
    name: 'Story micro',
    story: true,
    summary: 'Keeps names, things and places straight through a StoryWorld story and answers questions about it.',
    trainedOn: { en: 'StoryWorld, English and Chinese stories from the project’s own generator' },
    prompts: storyPrompts,
    history:
      'Run in two parts within a wall-time budget: the decay was raised from 0.2 to the one above at step 2,805, before either had begun.',
    limits: storyLimits,
    commands: storyCommands('story-micro', 60_000_000),
  },
  'story-moe': {
    name: 'Story MoE',
    story: true,
    summary:
      'Story nano with sixteen experts in the place of each feed-forward network, as CPM-2 made its mixture; a token meets one of them in each layer.',
    trainedOn: { en: 'StoryWorld, English and Chinese stories from the project’s own generator' },
    prompts: storyPrompts,
    history:
      'Story nano’s feed-forward networks were copied to the experts unchanged. The gate is random, is never trained, and in training an auction gave every expert the same number of tokens; here a token goes to the expert with the highest score. Both runs were stopped and gone on with while the rate was level, until the number of steps was settled; of three rates for the experts, tried for 160 to 300 steps, the smallest was taken.',
    limits: [
      ...storyLimits,
      'Its held-out loss is not below that of its parent trained on: seven times the parameters, each learnt from a sixteenth of the tokens, do not pay at this budget.',
      'The auction of its training and the highest score of its use do not send every token to the same expert; CPM-2’s gate has that gap.',
    ],
    comparison: { parent: 'story-nano', dense: '.cache/models/story-moe-dense' },
    commands: storyCommands('story-moe', 24_000_000, [
      'python3 python/pretrain.py --model story-moe --dense --name story-moe-dense --data .cache/corpora/story-moe --out .cache/models/story-moe-dense',
    ]),
  },
  'text-mini': {
    name: 'Text mini',
    story: false,
    summary:
      'Trained on real text: English novels, speeches and dictionary examples, and Chinese verse of the Song and Yuan.',
    trainedOn: { en: 'Public-domain English prose and Chinese classical verse' },
    prompts: [1, 2, 3].flatMap((seed) => [
      { language: 'English', prompt: 'It was', seed },
      { language: 'Chinese', prompt: '春风', seed },
    ]),
    history:
      'Run in two parts within a wall-time budget that ended while the loss was still falling: the decay was raised from 0.2 to the one above at step 513.',
    limits: [
      'Seven million parameters and eight million tokens make grammar and tone, not facts: nothing it says is to be believed.',
      'Its English is of the eighteenth to twentieth century, much of it presidential; its Chinese is classical verse only.',
      'The classroom filter of its text is a list of words, so it finds words, not meanings.',
    ],
    commands: [
      'node tools/corpus/fetch.mjs',
      'node tools/corpus/train-tokenizer.mjs text-mini',
      'node tools/corpus/encode.mjs text-mini',
      'python3 python/pretrain.py --model text-mini --data .cache/corpora/text-mini --out public/models/text-mini',
      'node tools/models/card.mjs text-mini && node tools/models/manifest.mjs && node tools/models/fixture.mjs text-mini',
    ],
  },
};

/** Config, training and evaluation of a shipped model, its parameters and the bytes of its weights. */
export function readModel(id) {
  const folder = path.join(modelsFolder, id);
  const json = (name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
  const weights = path.join(folder, 'model.safetensors');
  return {
    config: json('config.json'),
    training: json('training.json'),
    evaluation: json('evaluation.json'),
    parameters: parameterCount(weights),
    bytes: statSync(weights).size,
  };
}

/** Elements of all tensors, from the header of a safetensors file. */
function parameterCount(file) {
  const bytes = readFileSync(file);
  const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString());
  const shapes = Object.entries(header).filter(([name]) => name !== '__metadata__');
  return shapes.reduce((sum, [, { shape }]) => sum + shape.reduce((a, b) => a * b, 1), 0);
}
