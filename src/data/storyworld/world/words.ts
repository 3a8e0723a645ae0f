/** Small closed lists of bilingual words: weather, times, feelings, characters, numbers. No list repeats a form. */
export interface Word {
  readonly en: string;
  readonly zh: string;
}

function words(rows: string): readonly Word[] {
  return rows.split(',').map((row) => {
    const [en = '', zh = ''] = row.split('|');
    return { en, zh };
  });
}

export const WEATHER = words('sunny|晴朗,windy|刮风,cloudy|多云,warm|温暖,cool|凉爽,foggy|有雾');
export const TIME = words('morning|早上,afternoon|下午,evening|傍晚');
export const DAY = words(
  'Monday|星期一,Tuesday|星期二,Wednesday|星期三,Thursday|星期四,Friday|星期五,Saturday|星期六,Sunday|星期天',
);
export const TRAIT = words(
  'kind|善良,careful|细心,brave|勇敢,clever|聪明,patient|耐心,honest|诚实,cheerful|开朗,quiet|安静,curious|好奇,polite|有礼貌',
);
export const SKILL = words(
  'play chess|下棋,sing|唱歌,dance|跳舞,draw|画画,juggle|抛球,knit|织毛衣,tie knots|打绳结,write poems|写诗,play the flute|吹笛子,play the guitar|弹吉他,tell stories|讲故事,fold paper boats|折纸船,do magic tricks|变魔术,stand on one hand|单手倒立,play cards|打牌,whistle|吹口哨',
);
export const JOB = words(
  'baker|面包师,teacher|老师,farmer|农民,doctor|医生,sailor|水手,gardener|园丁,nurse|护士,carpenter|木匠,cook|厨师,painter|画家',
);

export const NUMBERS_EN =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'.split(
    ' ',
  );
/** Before a measure word two is 两. */
export const NUMBERS_ZH = '零 一 两 三 四 五 六 七 八 九 十 十一 十二 十三 十四 十五 十六 十七 十八 十九 二十'.split(
  ' ',
);
