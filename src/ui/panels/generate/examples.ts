/** Prompts to start from, in the words of the text that the story models were trained on. */
interface Example {
  readonly language: 'en' | 'zh';
  readonly title: string;
  readonly prompt: string;
}

export const examples: readonly Example[] = [
  { language: 'en', title: 'Lost toy', prompt: 'On Tuesday, Paul could not find his red water gun.' },
  {
    language: 'en',
    title: 'Question',
    prompt:
      'It was a warm evening. Paul gave a red ball to Nora. In the end, Nora had the red ball.\nQuestion: What did Paul give to Nora? Answer:',
  },
  { language: 'en', title: 'Translate', prompt: 'Lily gave a green blanket to Felix.\nIn Chinese: ' },
  { language: 'zh', title: '捉迷藏', prompt: '在一个有雾的傍晚，露西和米娅在河边碰面，一起玩捉迷藏。' },
  {
    language: 'zh',
    title: '提问',
    prompt: '有一天，马克给了露西一条橙色毯子。最后，露西有了橙色毯子。\n问：马克给了露西什么？答：',
  },
  { language: 'en', title: 'Nothing', prompt: '' },
];
