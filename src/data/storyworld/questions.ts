/**
 * The questions a story can be asked, in one fixed form a language. `about` are the roles that make two questions the
 * same question; `answer` is the role that answers, and its kind of entity is the kind of the distractors.
 */
import { compileWay, type Language, type Way } from './tell/saying';

export interface Question {
  readonly about: readonly string[];
  readonly answer: string;
  readonly counting: boolean;
  readonly ask: Readonly<Record<Language, Way>>;
  readonly reply: Readonly<Record<Language, Way>>;
}

function question(about: string, answer: string, en: string, zh: string, replyEn: string, replyZh: string): Question {
  return {
    about: about.split(' ').filter((role) => role !== ''),
    answer,
    counting: replyEn.includes('*'),
    ask: { en: compileWay(en), zh: compileWay(zh) },
    reply: { en: compileWay(replyEn, false), zh: compileWay(replyZh, false) },
  };
}

const PLACE = ['{p:in}.', '{p:in}。'] as const;
const PERSON = ['{A:name}.', '{A:name}。'] as const;
const THING = ['{t:full}.', '{t:full}。'] as const;
const NUMBER = ['{n*u}.', '{n*u}。'] as const;

export const QUESTIONS = {
  whereThing: question('t', 'p', 'Where is {t:full}?', '{t:full}在哪里？', ...PLACE),
  wherePerson: question('A', 'p', 'Where is {A:name}?', '{A:name}在哪里？', ...PLACE),
  whoHas: question('t', 'A', 'Who has {t:full}?', '谁有{t:full}？', ...PERSON),
  colour: question('t', 't', 'What colour is {t:the}?', '{t:the}是什么颜色的？', '{t:adj}.', '{t:adj}。'),
  weather: question('', 'w', 'What was the weather like?', '天气怎么样？', '{w}.', '{w}。'),
  day: question('', 'w', 'What day was it?', '那天是星期几？', '{w}.', '{w}。'),
  job: question('A', 'w', "What was {A:name}'s work?", '{A:name}是做什么的？', '{w:a}.', '{w}。'),
  whereLives: question('A', 'p', 'Where does {A:name} live?', '{A:name}住在哪里？', 'near {p}.', '{p}附近。'),
  howOld: question('A', 'n', 'How old is {A:name}?', '{A:name}几岁了？', '{n}.', '{n}岁。'),
  whatLikes: question('A', 't', 'What does {A:name} like to eat?', '{A:name}喜欢吃什么？', '{t:pl}.', '{t:pl}。'),
  whatPet: question('A', 't', 'What is waiting at home for {A:name}?', '谁在家等{A:name}？', '{t:full}.', '{t:full}。'),
  whatGoodAt: question('A', 'w', 'What can {A:name} do well?', '{A:name}擅长什么？', '{w}.', '{w}。'),
  whoFound: question('t', 'A', 'Who found {t:full}?', '谁找到了{t:full}？', ...PERSON),
  whereFound: question('t', 'p', 'Where was {t:full} found?', '{t:full}是在哪里找到的？', ...PLACE),
  whoLost: question('t', 'A', 'Who had lost {t:full}?', '谁弄丢了{t:full}？', ...PERSON),
  whatGave: question('A B', 't', 'What did {A:name} give to {B:name}?', '{A:name}给了{B:name}什么？', ...THING),
  whoGave: question('t B', 'A', 'Who gave {t:full} to {B:name}?', '谁把{t:full}给了{B:name}？', ...PERSON),
  whatWanted: question('A', 't', 'What did {A:name} want?', '{A:name}想要什么？', ...THING),
  whatBought: question('A', 't', 'What did {A:name} buy?', '{A:name}买了什么？', ...THING),
  whereBought: question('t', 'p', 'Where did {A:name} buy {t:full}?', '{A:name}在哪里买了{t:full}？', ...PLACE),
  whoWon: question('', 'A', 'Who won the race?', '谁赢了比赛？', ...PERSON),
  whoFell: question('', 'A', 'Who fell down?', '谁摔倒了？', ...PERSON),
  whoBroke: question('t', 'A', 'Who broke {t:full}?', '谁弄坏了{t:full}？', ...PERSON),
  whoMended: question('t', 'A', 'Who mended {t:full}?', '谁修好了{t:full}？', ...PERSON),
  whoTook: question('t', 'A', 'Who took {t:full}?', '谁拿走了{t:full}？', ...PERSON),
  whoTeaches: question('B', 'A', 'Who taught {B:name}?', '谁教了{B:name}？', ...PERSON),
  whatLearned: question('B', 'w', 'What did {B:name} learn?', '{B:name}学会了什么？', '{w:to}.', '{w}。'),
  whoLent: question('t', 'A', 'Who lent {t:full}?', '谁借出了{t:full}？', ...PERSON),
  whoBorrowed: question('t', 'A', 'Who borrowed {t:full}?', '谁借了{t:full}？', ...PERSON),
  whoRescued: question('t', 'A', 'Who saved {t:full}?', '谁救了{t:full}？', ...PERSON),
  whereStuck: question('t', 'p', 'Where did {A:name} hear {t:full}?', '{A:name}在哪里听到{t:full}的叫声？', ...PLACE),
  whereHid: question('A', 'p', 'Where did {A:name} hide?', '{A:name}藏在哪里？', ...PLACE),
  whoBlamed: question('', 'A', 'Who was blamed first?', '谁先被怪罪了？', ...PERSON),
  whoKnew: question('t', 'A', 'Who knew about {t:full}?', '谁知道{t:full}的事？', ...PERSON),
  whereLooked: question('A', 'p', 'Where did {A:name} look first?', '{A:name}先去哪里找？', ...PLACE),
  whereKept: question('t', 'p', 'Where was {t:full} hidden?', '{t:full}藏在哪里？', ...PLACE),
  whereLeft: question('t', 'p', 'Where was {t:full} left?', '{t:full}留在了哪里？', ...PLACE),
  whoFetched: question('t', 'A', 'Who fetched {t:full}?', '谁拿来了{t:full}？', ...PERSON),
  whereFetched: question('t', 'p', 'Where was {t:full} at first?', '{t:full}一开始在哪里？', ...PLACE),
  whatNeeded: question('A', 't', 'What did {A:name} need?', '{A:name}需要什么？', ...THING),
  whereNote: question('', 'p', 'Where was the note?', '纸条在哪里？', ...PLACE),
  whoCame: question('', 'A', 'Who came late?', '谁迟到了？', ...PERSON),
  whereRace: question('', 'p', 'Where did the race end?', '比赛的终点在哪里？', ...PLACE),
  whoStarted: question('', 'A', 'Who started the race?', '谁让比赛开始？', ...PERSON),
  whereWaited: question('', 'p', 'Where did they wait?', '大家在哪里躲避？', ...PLACE),
  whoFirst: question('', 'A', 'Who was found first?', '谁先被找到？', ...PERSON),
  whoSeeks: question('', 'A', 'Who had to seek?', '谁来找人？', ...PERSON),
  whoWaited: question('', 'A', 'Who waited?', '谁在等？', ...PERSON),
  manyHave: question('A u', 'n', 'How many {u:pl} does {A:name} have?', '{A:name}有多少{u:pl}？', ...NUMBER),
  manyFirst: question(
    'A u',
    'n',
    'How many {u:pl} did {A:name} have at first?',
    '{A:name}一开始有多少{u:pl}？',
    ...NUMBER,
  ),
  manyFound: question('A u', 'n', 'How many {u:pl} did {A:name} pick?', '{A:name}摘了多少{u:pl}？', ...NUMBER),
  manyGave: question('A u', 'n', 'How many {u:pl} did {A:name} give away?', '{A:name}送出了多少{u:pl}？', ...NUMBER),
  manyAll: question('u', 'n', 'How many {u:pl} were there in all?', '一共有多少{u:pl}？', ...NUMBER),
  manyCost: question('t', 'n', 'How much did {t:full} cost?', '{t:full}多少钱？', ...NUMBER),
  manyTries: question(
    'B',
    'n',
    'How many times did {B:name} fail?',
    '{B:name}失败了几次？',
    '{n:times}.',
    '{n:times}。',
  ),
} as const satisfies Record<string, Question>;

export type QuestionName = keyof typeof QUESTIONS;
