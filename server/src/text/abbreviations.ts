/** English abbreviations that end in a full stop, by what they say about a sentence end. Lower case, without the stop. */

const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/));

/** Always followed by what they belong to: never the last word of a sentence. */
export const alwaysContinues = words(`
  dr mr mrs ms mx messrs mme mlle prof rev hon gov sen rep gen col maj capt cmdr lt sgt cpl pvt adm supt insp pres
  ste fr e.g i.e eg ie viz cf vs v v.s resp approx ca esp incl excl nb n.b aka
`);

/** Followed by a number or a name when they belong to what comes; the end of the sentence otherwise. */
export const continuesBeforeNumber = words(`
  no nos fig figs figure eq eqs sec sect secs ch chap chaps vol vols p pp pg pt pts art par para tab tbl app ref refs
  ex ver rev bk ser op ed eds jan feb mar apr jun jul aug sep sept oct nov dec nr num col cols ll lines item thm lem prop cor def alg pat apt rm bldg opp exp
`);

/** May end a sentence or not: the word that follows decides. */
export const mayEnd = words(`
  etc al inc ltd co corp llc plc bros jr sr ph.d phd m.d d.phil b.a m.a b.s m.s b.sc m.sc esq u.s u.s.a u.k u.n e.u d.c a.m p.m am pm b.c a.d b.c.e c.e
  ave blvd rd st mt ft sq dept est assn assoc univ intl natl tel ext min max avg temp misc ibid op.cit et.al
`);

/** Words that open a sentence far more often than they continue a name. */
export const sentenceOpeners = words(`
  the a an this that these those it its he she they we you i there here his her their our my your one some many most
  in on at by for from with as if when while after before since because although though however but and or so yet
  then thus therefore hence moreover furthermore also another each every all no not nothing what why how who where
  which whether do does did is are was were can could will would should may might must to let once until unless
  nobody everybody everyone someone somebody both either neither during under over despite instead finally first second next now today yes
`);

/** Verbs that follow a quotation and its speaker: `"Why?" Tom asked.` */
export const speechVerbs = words(`
  said asked replied cried shouted whispered answered exclaimed called muttered murmured inquired enquired demanded
  returned added began continued says asks replies remarked observed repeated wondered laughed sighed screamed
`);
