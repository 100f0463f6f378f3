/** Why a word may not join tokens: it would say something that only a token may say. */
export type Denied =
  | 'direction'
  | 'comparison'
  | 'quantity'
  | 'judgement'
  | 'cause'
  | 'negation'
  | 'modality'
  | 'decision'
  | 'time'

/** Stems and whole words (`=`) by what they would say. */
// cspell:disable
const DENIED: Readonly<Record<Denied, string>> = {
  direction:
    '=rise =rises =risen =rising =rose fall =fell =grew grow increas decreas declin drop climb soar surg plung plummet tumbl slump =sank sink =slid slide sliding slip jump leap spik gain =lost =lose =loses losing =loss =losses shrank shrunk shrink expand contract improv worsen deteriorat recover rebound =up =down upward downward upturn downturn crater collaps crash boost doubl tripl trebl quadrupl quintupl sextupl septupl octupl nonupl decupl halv skyrocket rocket balloon mushroom snowball inflat deflat erod dwindl evaporat vanish accelerat slow stall stagnat =flat =steady =stable =unchanged =constant swing swung dip =trend =trends trending chang reach =out =off =back =away =forward',
  comparison:
    '=more =less =fewer =higher =lower =above =below =better =worse =best =worst =most =least =highest =lowest =top =bottom =larger =smaller =largest =smallest =bigger =biggest leading =led =leads lag outperform underperform exceed beat surpass =ahead =behind trail =than =versus =vs =against compar contrast similar =same equal differ =first =second =third =main mainly primar =like unlike outpac',
  quantity:
    '=all =none =every =everything =each =both =half quarter =twice thrice majority minority =many =much =few =several =some =any =only =just almost =nearly =about roughly approximat =around =over =under =zero =one =two =three =four =five =six =seven =eight =nine =ten =eleven =twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twent thirt =forty fift sixt sevent eight ninet =threefold =twofold fourfold fivefold sixfold tenfold manifold dozen hundred thousand million billion percent dollar euro =pounds =total totall =per =times multipl entire whole =remaining =rest =another =other =others =additional further averag =minus',
  judgement:
    'good =bad badly great strong weak poor excellen impress disappoint success fail health alarm worr concern signific dramatic =sharp sharply notabl remarkabl slight modest robust solid critical serious sever risk danger =problem problems =issue =issues profitab unprofitab efficien inefficien winning winner loser win wins effectiv ineffectiv valuab wasteful =waste wasted unfortunat fortunat happil sad surpris important key crucial vital promis stellar splendid superb brilliant fantastic wonderful terrific magnificent stunning =gold golden dismal disaster outstanding mediocre satisf accept unaccept suffic insuffic adequate =fine =well reliab trust accurat wrong right correct true false fake mileston =save =saves =saved =saving =savings',
  cause:
    'because =since =due owing thanks therefore =thus hence caus driv drove resulted resulting owed attribut explain reason consequen =so',
  negation:
    '=not =no never =nor neither without cannot hardly barely scarcely lack absent missing except =miss =misses =missed avoid pretend refund',
  modality:
    '=may =might =could =would =should =must =will =shall =can need expect forecast predict likely unlikely probab possib perhaps maybe seem appear suggest impl indicat assum estimat project hope guarantee certain clear obvious sure potential =if unless =aim =aims =aimed =aiming =try =tries =tried =trying =want =wants =wanted =wish =wished intend suppos alleg target =goal =goals',
  decision:
    'approv reject pend await decid decision =scale scaled scaling scales stop =hold =holds =held holding paus =cut =cuts cutting reduc refresh promot retir revis recommend propos authori launch kill cancel terminat fund allocat reallocat shift =move =moved =moves moving invest divest =keep =keeps kept continu resum start end ended ending investigat escalat ignor waiv override overrid instruct order request ask urg advis',
  time: '=now =today =yesterday =tomorrow =last =next previous prior earlier later soon already =yet again still recent =until =before =after =month =months =year =years =week =weeks =day =days ago current future former annual daily weekly monthly =past',
}
// cspell:enable

interface Stem {
  readonly text: string
  readonly whole: boolean
  readonly denied: Denied
}

const KINDS: readonly Denied[] = [
  'direction',
  'comparison',
  'quantity',
  'judgement',
  'cause',
  'negation',
  'modality',
  'decision',
  'time',
]

const STEMS: readonly Stem[] = KINDS.flatMap((denied) =>
  DENIED[denied]
    .split(' ')
    .map((stem) => ({ text: stem.replace('=', ''), whole: stem.startsWith('='), denied })),
)

/**
 * What a word would say that only a token may say; undefined for a word that merely joins.
 *
 * A word is denied when it is on the list, or begins with a stem of it. The list cannot be complete, so a second reader reads the finished
 * text back and a person approves it.
 *
 * Source: the classes of words a strict sentence may not hold, see `vocabulary.ts`.
 */
export function deniedAs(word: string): Denied | undefined {
  const lower = word.toLowerCase()
  return STEMS.find(({ text, whole }) => (whole ? lower === text : lower.startsWith(text)))?.denied
}
