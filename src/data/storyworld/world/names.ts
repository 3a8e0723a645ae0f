/** People: sixty names, each in both languages. No Chinese name is a prefix of another, and no English name ends in s. */
export type Gender = 'f' | 'm';

export interface PersonName {
  readonly en: string;
  readonly zh: string;
  readonly gender: Gender;
}

const girls =
  'Mia 米娅,Lily 莉莉,Anna 安娜,Emma 艾玛,Lucy 露西,Sophie 苏菲,Nina 妮娜,Ella 埃拉,Rosa 罗莎,Clara 克拉拉,Alice 爱丽丝,Nora 诺拉,Maya 玛雅,Grace 格蕾丝,Zoe 佐伊,Julia 朱莉娅,Amy 艾米,Kate 凯特,Betty 贝蒂,Hannah 汉娜,Ruby 鲁比,Daisy 黛西,Mary 玛丽,Linda 琳达,Olivia 奥莉薇,Tina 蒂娜,Molly 茉莉,Wendy 温迪,Ivy 艾薇,Holly 霍莉';
const boys =
  'Tom 汤姆,Ben 本杰,Jack 杰克,Leo 里奥,Max 马克,Sam 山姆,Oscar 奥斯卡,Peter 彼得,Paul 保罗,David 大卫,Eric 埃里克,Henry 亨利,Adam 亚当,Noah 诺亚,Felix 菲力,Hugo 雨果,Luke 卢克,Simon 西蒙,Victor 维克多,Daniel 丹尼尔,Frank 弗兰克,George 乔治,Kevin 凯文,Martin 马丁,Robin 罗宾,Toby 托比,Ryan 瑞安,Jacob 雅各布,Bruno 布鲁诺,Anton 安东';

function read(rows: string, gender: Gender): PersonName[] {
  return rows.split(',').map((row) => {
    const [en = '', zh = ''] = row.split(' ');
    return { en, zh, gender };
  });
}

export const NAMES: readonly PersonName[] = [...read(girls, 'f'), ...read(boys, 'm')];
