"""Words that reading names, topics and languages turns on."""

from __future__ import annotations

__all__ = [
    "AGENCIES",
    "DESKS",
    "GENERAL",
    "HOUSES",
    "LINKS",
    "MODIFIERS",
    "NOBODY",
    "NO_NAMES",
    "STOP_WORDS",
    "TITLES",
]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Words that link the parts of a name.
LINKS = _words(
    """
of de del della di da do dos das van von der den la le al el bin ibn ben du des
"""
)

#: What people are called by before their name.
TITLES = _words(
    """
pm mr mrs ms miss dr prof professor sir dame lord lady king queen prince princess pope president premier
prime minister chancellor chairman chairwoman chair chief executive ceo secretary general foreign defence
defense finance interior justice health vice deputy former acting governor mayor senator sen rep congressman
congresswoman councillor ambassador judge captain colonel major lieutenant sergeant admiral commissioner
director detective inspector constable coach bishop archbishop cardinal rev reverend father supreme leader
spokesman spokeswoman spokesperson attorney mp herr frau präsident präsidentin kanzler bundeskanzler
bundeskanzlerin ministerpräsident bundespräsident ministerin président présidente ministre monsieur madame m
mme presidente presidenta ministro ministra primeiro primer señor señora sr sra signor signora
premierminister koning koningin actor actress singer commissioner envoy speaker
"""
)

#: Titles that are also the first word of other names, and are none by themselves.
MODIFIERS = _words(
    """
general foreign defence defense finance interior justice health prime supreme chief executive major premier
"""
)

#: Words that begin a sentence or a title, and no name; days and months.
NO_NAMES = _words(
    """
i a an the this that these those it he she they we you his her its their our your my and or but if when
while after before as at by for from in into of on to with without over under about against between during
since until because although though however meanwhile still yet also so not no there here what which who
whom whose how why where then than more most many much some any all both each every few other another such
one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty hundred
thousand first second third last next now today yesterday tomorrow tonight monday tuesday wednesday thursday
friday saturday sunday january february march april may june july august september october november december
jan feb mar apr jun jul aug sept sep oct nov dec yes ok speaking according asked said says nor only even
just once again perhaps despite among around through above below near inside outside within let do does did
is are was were be been has have had can could will would shall should might must der die das ein eine einen
einem einer und oder aber wenn als am im von vom zu zum zur mit für auf es er sie wir ihr ich nach bei aus
seit bis doch auch nur wie wer wo heute gestern morgen montag dienstag mittwoch donnerstag freitag samstag
sonntag le la les l un une des et ou mais si il elle ils elles nous vous je ce cette ces en au aux dans pour
par sur avec sans lundi mardi mercredi jeudi vendredi samedi dimanche el los las una unos y o pero cuando
como este esta estos estas su sus al se lo ya lunes martes miércoles jueves viernes sábado domingo gli uno e
ma nel nella del della con per non che chi os um uma mas com não na nos het een maar toen dat dit deze op te
van voor met zijn haar wij jij zij ook nog
"""
)

#: What systems write where nobody is named as the author.
NOBODY = _words(
    """
administrator root webmaster unknown anonymous none null author autor гость guest user username editor
wordpress n/a undefined by von test demo owner moderator noreply редакция verschiedene
"""
)

#: News agencies by their abbreviations, which are written small as logins are.
AGENCIES = _words(
    """
dpa dpa-afx afp apa sda ats epd kna ansa efe lusa anp belga ritzau ntb stt pap mti upi pti ians tass reuters
xinhua interfax
"""
)

#: Words of desks: a byline of nothing else names nobody, while 'Quay Staff' tells whose staff it was.
DESKS = _words(
    """
the our a an die la le el il da de del dalla of staff writer writers reporter reporters correspondent
correspondents editor editors editorial team desk newsdesk news newsroom web online contributor contributors
guest author authors various special user super site agencies board redaktion redaktionsteam autor gastautor
gastautorin rédaction redacción redazione redação redactie colaborador
기자 인턴 전문 선임 수습 정치 문화 국제 연예 지역 북한 여행 방송 우리 현장 여성 유명 한국 본지 담당
온라인 디지털 관리자 운영자 記者 记者 作者 本紙 本社 本报 本報 本刊 本站 本网 本網 实习 實習 特约 特約
編集 編集者 编辑 編輯 新聞 取材 担当 専門 地方 女性 男性 外国人 新人 若手 综合 綜合 网络 網絡 佚名 匿名
未知 不详 不詳 小编 小編 管理员 管理員 管理者
"""
)

#: Words of papers, channels, houses and callings: where a person works or as what, behind a name and a comma.
#: None is a surname: Emily Post and Gretchen Daily write, too.
HOUSES = _words(
    """
news newspaper magazine times journal tribune gazette herald chronicle weekly radio tv television
media network today review online zeitung rundfunk verlag redaktion presse diario giornale krant
university institute college school inc ltd llc llp gmbh ministry department agency association federation
foundation universität institut universidad université economist analyst professor lecturer director
researcher founder ceo chief manager producer photographer strategist consultant historian
"""
)

#: Words of English titles that are no topic.
GENERAL = _words(
    """
about after again against ahead also among amid another around back because before begins being below best
between beyond both calls case cause chief city close comes could country daily days decades deep does down
during early ends even event every everyone face faces fact finds first five following four from full gets
gives goes good group half have head help here high hold home hope hour hours house into issue just keep
know known large last late later latest lead leader leaders least less life like likely line live local long
look made main major make makes making many means might million minute minutes month months more most much
must name national near need needs never news next nine night only open other others over part past people
place plan plans point power public push question rare reach real really report reports return right round
same says second seek seeks sees seven several should show shows side since small some soon sources start
starts state states still such system take takes tells than that their them then there these they thing
things think third this those three through time times today told took toward towards tries turn turns under
until update used very wants week weeks well were what when where which while will with within without woman
women work world would year years yesterday young direct settle billion thousand hundred number despite meet
meets finally keeps puts sets sent asks talks lower upper eleven twelve twenty thirty forty fifty hundreds
thousands monday tuesday wednesday thursday friday saturday sunday january february march april august
september october november december spring summer autumn winter
"""
)

#: The most frequent words of the languages that are told apart by them.
STOP_WORDS = {
    "en": _words(
        """
the of and to in that is was for it with as his on be at by had not are but from have they which an were
this
"""
    ),
    "de": _words(
        """
der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er
hat dass sie nach
"""
    ),
    "fr": _words(
        """
le la les et des en un une du que est pour qui dans a par plus pas au sur ne se ce il sont avec aux cette
ont mais
"""
    ),
    "es": _words(
        """
el la de que y en los las del se un por con una su para es al lo como más pero sus le ha este sí porque fue
está
"""
    ),
    "it": _words(
        """
il di che e la un per è in non una sono con del si della le dei gli alla nel da al più anche ha delle come
lo dal
"""
    ),
    "pt": _words(
        """
o de que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem seu sua à
são
"""
    ),
    "nl": _words(
        """
de het een van en in is dat op te zijn met voor niet aan er om ook als dan maar bij uit door naar wordt hij
was werd tot
"""
    ),
}
