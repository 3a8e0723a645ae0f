/**
 * The English words of the training presets: name, what it shows, and the reason for each value that matters. Part of
 * the catalogue. Figures of papers carry their source.
 */

export interface PresetWords {
  readonly name: string;
  readonly summary: string;
  /** By field of the form. */
  readonly reasons: Readonly<Record<string, string>>;
}

export const presetWords = {
  story: {
    name: 'Story, 0.2 M parameters',
    summary: 'The smallest model that ends sentences about people and things: a first look at a whole training run.',
    reasons: {
      'model.hidden_size': '64 numbers a token are enough for a vocabulary of 1,024 pieces.',
      'model.num_hidden_layers': 'Three layers: one to gather, one to look things up, one to decide.',
      'model.tie_word_embeddings':
        'A tied head spends no parameters twice; at this size the table is a third of the model.',
      'vocabulary.size':
        'Bytes and characters take half of 1,024 pieces; the rest are words and parts of words, and the table stays small.',
      context: '64 tokens hold about three sentences of a story.',
      optimizer:
        'Muon moves every matrix evenly in all directions: with so few steps it gets much further than AdamW; try both.',
      learningRate:
        'As the shipped story models were trained: Muon’s steps are scaled so that AdamW’s rates carry over.',
      'model.initializer_range': '0.04: a narrow model needs larger fresh weights than the usual 0.02.',
      warmup: '20 steps let the optimiser measure its gradients before it takes whole steps.',
      steps: '300 updates see 307,200 tokens: a few minutes on a processor, seconds on a GPU.',
    },
  },
  characters: {
    name: 'Characters (nanoGPT’s macbook recipe)',
    summary: 'The recipe that nanoGPT gives for a laptop, on Moby-Dick instead of Shakespeare.',
    reasons: {
      vocabulary: 'Characters: no tokenizer stands between the text and the model.',
      context: '64 characters, as in the recipe: a line and a half.',
      batch: '12 rows, as in the recipe.',
      steps: '2,000 updates, as in the recipe.',
      beta2: '0.99: few tokens a step make noisy squares, so they are remembered longer.',
      'model.norm': 'LayerNorm, GELU and learned positions: the GPT-2 block.',
      optimizer: 'AdamW at 0.001, as in the recipe.',
      split: 'The last tenth of the text is held out, as nanoGPT does.',
    },
  },
  'pangu-pi': {
    name: 'PanGu-π blocks',
    summary:
      'The story preset with exactly two things added: series activation, and the augmented shortcut beside attention.',
    reasons: {
      'model.series_branches': 'n = 2, as the paper uses: C-Eval 36.9 against 35.0 at n = 1 (PanGu-π, Table 2).',
      'model.shortcut_size':
        'A narrow bottleneck, as the paper chose (1/32 of the width; PanGu-π, Table 3); 4 is the least that keeps four directions.',
    },
  },
  experts: {
    name: 'Experts (CPM-2)',
    summary:
      'Two languages and eight feed-forward networks in each layer, of which a token takes one. From nothing, CPM-2’s frozen gate ended behind no experts at all, a learned gate ahead (one run of each): CPM-2 copies its experts from a trained model.',
    reasons: {
      'model.num_experts':
        'Eight: almost eight times the weights of the feed-forward networks for the work of one. A batch of 1,024 tokens gives each of them 128.',
      'corpus.zhShare': 'Two languages are something to share out: the experts never see which is which.',
      'vocabulary.size': 'Chinese needs its characters as pieces; 1,536 leave room for English words too.',
      steps: 'Each expert sees an eighth of the tokens, so it learns later.',
    },
  },
  bilingual: {
    name: 'Bilingual',
    summary: 'Half of the stories in Chinese, with one vocabulary for both languages.',
    reasons: {
      'corpus.zhShare': 'Equal shares, as PanGu-π trains: Chinese to English 1 : 1.',
      'vocabulary.size': 'Chinese needs its characters as pieces; 1,536 leave room for English words too.',
      context: 'Longer rows: a Chinese sentence takes fewer characters but as many pieces.',
      steps: 'Two languages take longer than one.',
    },
  },
  'too-high': {
    name: 'Learning rate too high',
    summary: 'The story preset with steps so large that the loss jumps up instead of falling.',
    reasons: {
      learningRate: 'A hundred times what AdamW bears here: watch the update-to-weight ratio.',
      clip: 'Clipping is off, so nothing holds long gradients back.',
      warmup: 'Five steps of warm-up do not save it.',
    },
  },
  'too-low': {
    name: 'Learning rate too low',
    summary: 'The loss falls so slowly that it looks as if nothing could be learned.',
    reasons: { learningRate: 'A hundredth of the story preset’s: most of the run is wasted.' },
  },
  'no-warm-up': {
    name: 'No warm-up',
    summary: 'The first steps are whole ones, before AdamW knows how large gradients are.',
    reasons: {
      warmup: 'None: the first update moves every weight by the whole learning rate.',
      learningRate: 'High, so that the first steps do harm.',
      'model.norm_placement': 'Norms after the sum make the first steps matter more: compare with “pre”.',
      clip: 'Off, so that nothing hides the effect.',
    },
  },
  'learned-by-heart': {
    name: 'Held out too little, trained too long',
    summary: 'A small text read many times over: training loss goes on falling while held-out loss rises.',
    reasons: {
      steps: 'Far more updates than the text has to say.',
      weightDecay: 'Nothing pulls the weights back.',
      'model.hidden_size': 'Large enough to learn the text by heart.',
      finalShare: 'The learning rate never falls.',
    },
  },
} as const satisfies Readonly<Record<string, PresetWords>>;
