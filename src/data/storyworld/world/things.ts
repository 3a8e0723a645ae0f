/**
 * Things. A row: English noun[/plural] | Chinese noun | measure word | classes | adjectives it may carry.
 * Adjective letters: c a colour, s big or small, o old or new, w wooden, g glass, p paper, t tin.
 * Classes say what can be done with it: toy, wear, warm, keep (a small treasure), book, music, home, hold (other things
 * go into it), tool (mends), reach (reaches far), food, fruit, flower (picked), animal, fix (can break and be mended),
 * big (fits no hiding spot).
 */
export interface Adjective {
  readonly en: string;
  readonly zh: string;
  readonly colour: boolean;
}

export interface ThingName {
  readonly en: string;
  readonly plural: string;
  readonly zh: string;
  readonly measure: string;
  readonly classes: readonly string[];
  readonly adjectives: readonly Adjective[];
}

const colour = (en: string, zh: string): Adjective => ({ en, zh: `${zh}色`, colour: true });
const plain = (en: string, zh: string): Adjective => ({ en, zh, colour: false });
const ADJECTIVES: Record<string, readonly Adjective[]> = {
  c: [
    colour('red', '红'),
    colour('blue', '蓝'),
    colour('yellow', '黄'),
    colour('green', '绿'),
    colour('white', '白'),
    colour('black', '黑'),
    colour('purple', '紫'),
    colour('orange', '橙'),
    colour('pink', '粉'),
    colour('brown', '棕'),
  ],
  s: [plain('big', '大'), plain('small', '小')],
  o: [plain('old', '旧'), plain('new', '新')],
  w: [plain('wooden', '木头')],
  g: [plain('glass', '玻璃')],
  p: [plain('paper', '纸')],
  t: [plain('tin', '铁皮')],
};

const ROWS = `
kite|风筝|只|toy fix big|co
ball|皮球|个|toy|cs
doll|布娃娃|个|toy|cso
toy boat|玩具船|条|toy fix|cow
toy train|玩具火车|列|toy fix|cowt
toy car|玩具汽车|辆|toy fix|cowt
toy plane|玩具飞机|架|toy fix|cow
puzzle|拼图|副|toy|so
spinning top|陀螺|个|toy|cw
yo-yo|悠悠球|个|toy|cw
teddy bear|玩具熊|只|toy|cso
balloon|气球|个|toy|c
skipping rope|跳绳|根|toy|co
robot|机器人|个|toy fix|csot
marble|弹珠|颗|toy keep|cg
paper crane|纸鹤|只|toy|c
puppet|木偶|个|toy|cso
hoop|呼啦圈|个|toy big|c
pinwheel|小风车|个|toy fix|c
rocking horse|摇马|匹|fix|cow
sled|雪橇|架|fix|cow
scooter|滑板车|辆|toy fix big|cso
bicycle|自行车|辆|fix|co
tent|帐篷|顶|fix|co
football|足球|个|toy|o
basketball|篮球|个|toy|o
racket|球拍|副|toy|co
water gun|水枪|把|toy|c
bubble wand|泡泡棒|根|toy|c
toy castle|玩具城堡|座|toy fix big|sw
toy rabbit|玩具兔|只|toy|cs
toy tiger|玩具虎|只|toy|s
deck of cards/decks of cards|纸牌|副|toy|co
hat|帽子|顶|wear warm|cso
scarf/scarves|围巾|条|wear warm|co
coat|外套|件|wear warm|co
raincoat|雨衣|件|wear warm|c
sweater|毛衣|件|wear warm|cso
backpack|背包|个|wear keep hold|cso
umbrella|雨伞|把|wear fix|co
belt|腰带|条|wear|co
cap|鸭舌帽|顶|wear warm|co
ribbon|丝带|条|wear keep|c
apron|围裙|条|wear|co
mask|面具|个|wear|cw
necklace|项链|条|wear keep|co
bracelet|手链|条|wear keep|c
handkerchief|手帕|条|wear keep|c
purse|钱包|个|wear keep|cso
key|钥匙|把|keep|so
ring|戒指|枚|keep|o
medal|奖牌|枚|keep|so
letter|信|封|keep|
map|地图|张|keep|o
compass|指南针|个|keep|so
whistle|哨子|个|keep|cow
bell|铃铛|个|keep|so
lantern|灯笼|盏|keep home|cso
torch|手电筒|支|keep|cs
watch|手表|块|keep fix|o
magnet|磁铁|块|keep|s
telescope|望远镜|架|keep fix big|so
magnifying glass|放大镜|个|keep|so
crystal|水晶|块|keep|cs
stamp|邮票|张|keep|o
postcard|明信片|张|keep|o
photograph|照片|张|keep|o
badge|徽章|枚|keep|co
pencil|铅笔|支|keep|c
brush|画笔|支|keep|so
pen|钢笔|支|keep|cso
ruler|尺子|把|keep|w
pencil case|笔袋|个|keep|cs
crayon|蜡笔|支|keep|c
painting|油画|幅|keep|so
picture frame|相框|个|keep home fix|ow
jewel box/jewel boxes|首饰盒|个|keep fix|cow
music box/music boxes|音乐盒|个|keep music fix|cow
snow globe|水晶球|个|keep|s
bookmark|书签|张|keep book|c
storybook|故事书|本|book|so
notebook|笔记本|本|book|cso
diary/diaries|日记本|本|book|co
dictionary/dictionaries|词典|本|book|so
comic book|漫画书|本|book|o
songbook|歌本|本|book music|co
cookbook|食谱|本|book|so
sketchbook|画册|本|book|cso
drum|小鼓|面|music big|cow
flute|笛子|支|music|ow
violin|小提琴|把|music fix big|o
guitar|吉他|把|music fix big|cow
trumpet|小号|把|music|o
harmonica|口琴|支|music|co
lamp|台灯|盏|home fix|cso
clock|闹钟|个|home fix|cso
cup|杯子|个|home|csg
bowl|碗|个|home hold|csw
plate|盘子|个|home|csg
teapot|茶壶|把|home|cso
kettle|水壶|个|home fix|co
basket|篮子|个|home hold|cs
blanket|毯子|条|home warm|cs
pillow|枕头|个|home|cs
vase|花瓶|个|home|csg
mirror|镜子|面|home|so
candle|蜡烛|支|home|cs
spoon|勺子|把|home|sw
fork|叉子|把|home|sow
bottle|瓶子|个|home|csg
jar|罐子|个|home hold|sg
chair|椅子|把|fix|csow
stool|凳子|个|home fix|cow
radio|收音机|台|fix|so
camera|照相机|台|keep fix|o
fan|扇子|把|home keep|cp
broom|扫帚|把|home reach|o
bucket|水桶|个|home reach hold|cst
birdhouse|鸟屋|个|home fix|cw
box/boxes|盒子|个|home hold|cspt
cushion|坐垫|个|home|cs
sewing machine|缝纫机|台|fix|o
wagon|小拖车|辆|fix hold|cow
hammer|锤子|把|tool|so
saw|锯子|把|tool|so
screwdriver|螺丝刀|把|tool|so
ladder|梯子|架|reach|ow
rope|绳子|根|reach|o
net|网兜|个|reach|cso
spade|铲子|把|reach|so
rake|耙子|把|reach|so
drill|电钻|把|tool|so
roll of tape/rolls of tape|胶带|卷|tool|c
bottle of glue/bottles of glue|胶水|瓶|tool|
sewing kit|针线包|个|tool|cs
wrench/wrenches|扳手|把|tool|so
watering can|洒水壶|个|home|cst
paintbrush/paintbrushes|刷子|把|tool|so
measuring tape|卷尺|把|tool|c
pole|竹竿|根|reach|
apple|苹果|个|food fruit|s
pear|梨子|个|food fruit|s
peach/peaches|桃子|个|food fruit|s
plum|李子|个|food fruit|
orange|橘子|个|food fruit|s
lemon|柠檬|个|food fruit|s
banana|香蕉|根|food|s
mango/mangoes|芒果|个|food fruit|s
strawberry/strawberries|草莓|颗|food fruit|s
cherry/cherries|樱桃|颗|food fruit|
melon|甜瓜|个|food|s
pumpkin|南瓜|个|food|s
tomato/tomatoes|番茄|个|food fruit|s
carrot|胡萝卜|根|food|s
potato/potatoes|土豆|个|food|s
walnut|核桃|个|food fruit|
chestnut|栗子|颗|food fruit|
egg|鸡蛋|个|food|s
cookie|饼干|块|food|s
cake|蛋糕|个|food|s
bun|小圆面包|个|food|
pie|馅饼|个|food|s
pancake|煎饼|张|food|s
dumpling|饺子|个|food|
sandwich/sandwiches|三明治|个|food|s
candy/candies|糖果|颗|food|
chocolate bar|巧克力|块|food|s
lollipop|棒棒糖|根|food|c
muffin|松饼|个|food|s
corn cob|玉米|根|food|
kitten|小猫|只|animal|w0
puppy/puppies|小狗|只|animal|w0
duckling|小鸭|只|animal|w1
lamb|小羊|只|animal|w2
chick|小鸡|只|animal|w1
baby rabbit|小白兔|只|animal|
squirrel|松鼠|只|animal|w3
hedgehog|刺猬|只|animal|
turtle|乌龟|只|animal|w3
bird|小鸟|只|animal|w4
baby goat|小山羊|只|animal|w2
baby fox/baby foxes|小狐狸|只|animal|
parrot|鹦鹉|只|animal|w4
mouse/mice|小老鼠|只|animal|w0
hamster|仓鼠|只|animal|w0
owl|猫头鹰|只|animal|
shell|贝壳|个|keep|cs
feather|羽毛|根|keep|c
pebble|鹅卵石|块|keep|cs
leaf/leaves|树叶|片|flower|cs
rose|玫瑰|朵|flower|c
tulip|郁金香|朵|flower|c
sunflower|向日葵|朵|flower|s
daisy/daisies|雏菊|朵|flower|c
lily/lilies|百合花|朵|flower|c
pine cone|松果|个|flower|s
acorn|橡果|颗|flower|s
mushroom|蘑菇|个|flower|cs
snail shell|蜗牛壳|个|keep|cs`;

const ANIMAL_ADJECTIVES: Record<string, string> = {
  w0: 'white black brown',
  w1: 'yellow brown',
  w2: 'white black',
  w3: 'brown',
  w4: 'blue green yellow',
};

function adjectivesOf(letters: string): Adjective[] {
  const animal = ANIMAL_ADJECTIVES[letters];
  if (animal !== undefined) return (ADJECTIVES.c ?? []).filter((adjective) => animal.split(' ').includes(adjective.en));
  return [...letters].flatMap((letter) => ADJECTIVES[letter] ?? []);
}

export const THINGS: readonly ThingName[] = ROWS.trim()
  .split('\n')
  .map((row) => {
    const [names = '', zh = '', measure = '', classes = '', letters = ''] = row.split('|');
    const [en = '', plural = `${en}s`] = names.split('/');
    return { en, plural, zh, measure, classes: classes.split(' '), adjectives: adjectivesOf(letters) };
  });

/** Money is counted in coins: a thing of the tables only for its forms. */
export const COIN: ThingName = { en: 'coin', plural: 'coins', zh: '硬币', measure: '枚', classes: [], adjectives: [] };

const ofClass = (...classes: string[]) =>
  THINGS.filter((thing) => thing.classes.some((name) => classes.includes(name)));
const notBig = (thing: ThingName) => !thing.classes.includes('big');

export const THING_POOLS = {
  /** what a child owns, carries, loses, lends and gives */
  own: ofClass('toy', 'wear', 'keep', 'book', 'music').filter(notBig),
  play: ofClass('toy', 'music'),
  keep: ofClass('keep'),
  fix: ofClass('fix'),
  /** what mends */
  tool: ofClass('tool'),
  /** what helps to get at an animal in need */
  reach: ofClass('reach'),
  /** what other things can be put into */
  hold: ofClass('hold'),
  warm: ofClass('warm'),
  /** what is picked and counted */
  pick: ofClass('fruit', 'flower'),
  food: ofClass('food'),
  animal: ofClass('animal'),
  buy: ofClass('food', 'toy', 'book', 'wear', 'home'),
} satisfies Record<string, readonly ThingName[]>;

export type ThingPool = keyof typeof THING_POOLS;
