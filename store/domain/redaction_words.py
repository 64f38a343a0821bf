"""Words by which names and places are told from medicine; a site adds places of its own."""


def listed(line: str) -> frozenset[str]:
    """The words of *line*."""
    return frozenset(line.split())


TITLES = listed(
    "Dr Drs Doctor Mr Mrs Ms Miss Mx Master Prof Professor Sr Sister Sir Dame Lady Lord Rev "
    "Reverend Fr Father Canon Capt Captain Major Sgt Mister Meddyg Athro"
)

ROLES = listed(
    "consultant radiologist radiographer registrar sho fy1 fy2 f1 f2 st1 st2 st3 st4 st5 st6 "
    "st7 st8 spr ct1 ct2 nurse matron sister gp surgeon physician oncologist orthopaedic "
    "orthopaedics medical surgical on-call oncall on call team clinical referring referrer "
    "requesting doctor duty the a an our their his her my senior specialist advanced "
    "practitioner anp cns fls coordinator secretary neurosurgical spinal respiratory oncology "
    "haematology ed a&e anp resident locum trainee dr by with to phone telephone via "
    "colleague outsourced reporting ward staff charge mdt general practice practitioner acute "
    "admitting treating parent"
)
"""Said before or instead of a name; they stay."""

STOP = listed(
    "at on in of for from and or is was were are be been has have had he she it they this "
    "that these those who which when where as if but not no nil none regarding about re due "
    "because today yesterday tomorrow tonight urgently immediately directly verbally "
    "electronically email then after before since until during patient patients clinician "
    "clinicians report reported image images scan ct mri xr pet findings finding result "
    "results impression conclusion comment opinion addendum history indication technique "
    "comparison thank thanks please advise advised recommend recommended suggest suggested "
    "referral suspected possible probable likely review reviewed discussed phoned informed "
    "telephoned confirmed agreed did does do done there here pm am hours hrs same day morning "
    "afternoon evening night week care plan will would should could can may might there's "
    "cauda cord fracture meeting automated ai remotely independently consensus both two three "
    "standard hospital protocol bone bones spine vertebral left right bilateral normal new "
    "old acute chronic stable mild moderate severe multidisciplinary voice recognition "
    "dictation software them him me us you i we patient's chest abdomen pelvis thorax head "
    "neck lung lungs liver spleen kidney kidneys heart aorta contrast intravenous portal "
    "venous phase arterial limited further follow followup previous prior compared within "
    "without also only all any each family relatives next kin wife husband daughter son "
    "mother father carer appropriate usual own relevant local out"
)
"""Words a name does not go on past."""

EPONYMS = listed(
    "schmorl schmorls genant cobb hounsfield paget pagets pagetoid scheuermann scheuermanns "
    "kummell modic chance jefferson colles bankart hill sachs baker crohn crohns hodgkin "
    "hodgkins castleman wilson graves cushing addison wegener bosniak fleischner gleason ghon "
    "kerley meckel morgagni bochdalek pancoast kaposi ewing romanus andersson baastrup tarlov "
    "batson chiari klippel feil marfan ehlers danlos gaucher sjogren takayasu kawasaki riedel "
    "zenker hartmann whipple ivor lewis billroth nissen foley hickman swan ganz denis magerl "
    "meyerding luschka kellgren lawrence harrington couinaud bismuth todani stanford debakey "
    "crawford child pugh virchow waldeyer sudeck still lisfranc maisonneuve perthes osgood "
    "brodie pott potts charcot schwann hirschsprung ludwig lemierre budd mirizzi bouveret "
    "rigler chilaiditi spigelian richter monteggia galeazzi bechterew forestier langerhans "
    "barrett barretts parkinson parkinsons alzheimer hashimoto raynaud horner mayo roy "
    "camille gorham kienbock freiberg sever kohler legg calve vitamin bergmann douglas gerota "
    "winslow treitz bertini oddi glisson retzius monro galen willis sylvius luschka magendie"
)
"""Names of diseases, signs, grades and parts of the body; they are medicine, not people."""

EPONYM_NOUNS = listed(
    "fracture fractures disease cyst sign syndrome grade grading angle node nodes "
    "classification unit units tumour lesion procedure score criteria index deformity nodule "
    "line lines method ring space body bodies sarcoma lymphoma oesophagus hernia diverticulum "
    "changes stage type hip catheter repair operation pouch tubercle ligament fascia triangle "
    "canal duct"
)

FORENAMES = listed(
    "aaron abdul abigail ada adam adrian agnes ahmed aisha alan albert alexander alfred ali "
    "alice alison alun amanda amelia amina amir amy andrea andrew aneurin angela angharad "
    "anita ann anna anne annie anthony anwen arthur arwel audrey barbara barry beatrice ben "
    "benjamin bernard beryl bethan betty beverley brenda brian bridget bronwen bryn carol "
    "caroline carys catherine catrin ceri charles charlotte chloe christine christopher "
    "claire clare clive colin craig dafydd daniel david deborah deepak delyth denise derek "
    "diana diane dilys dorothy douglas duncan dylan edith edna edward edwin eileen eira "
    "elaine eleanor eleri elin elizabeth ellen elsie emily emma emrys enid eric ernest esther "
    "ethel eunice evan evelyn fatima fiona frances francis frank fred frederick gareth gary "
    "gavin geoffrey george gerald gillian gladys glenys glyn gordon grace graham gwen "
    "gwenllian gwilym gwyneth hannah harold harriet harry hassan hazel heather hefin helen "
    "henry hilary huw hywel ian ieuan ifan imran ioan irene iris isaac isabel ivy jack "
    "jacqueline jacob jamal james jane janet janice jason jean jeffrey jennifer jeremy "
    "jessica joan joanna joanne john jonathan joseph joshua joyce judith julia julie june "
    "karen katherine kathleen keith kenneth kerry kevin kumar laura leonard lesley leslie "
    "lilian lily linda lisa llinos llyr louise lowri lucy lynne mabel mair malcolm margaret "
    "maria marian marie marjorie mark martin mary matthew maureen megan meinir meirion "
    "mererid michael michelle mohamed mohammad mohammed mohan monica muhammad muriel myfanwy "
    "nadia nancy naomi natalie neil nerys nia nicholas nicola nigel noor nora norman olive "
    "oliver olwen omar osian owain owen pamela patricia patrick paul pauline peter philip "
    "phyllis priya rachel raj rajesh ralph raymond rebecca rhian rhiannon rhodri rhys richard "
    "rita robert robin roger ronald rosemary ruth ryan sally samantha samuel sandra sanjay "
    "sara sarah sean sharon sheila shirley sian simon sioned siriol sophie stanley stella "
    "stephanie stephen steven stuart sunita susan suzanne sybil sylvia tegwen teresa terence "
    "thelma theresa thomas timothy tomos tracey trefor trevor tudor usha valerie vera "
    "veronica victor victoria vijay vincent violet walter wendy wilfred william winifred wyn "
    "yasmin yusuf yvonne zainab"
)

SURNAMES = listed(
    "adams ahmed akhtar allen anderson armstrong bailey begum bell bennett bevan bowen "
    "bradley brooks bryant butler campbell carter chapman choudhury clarke collins cooper cox "
    "cunningham davidson davies davis dixon edwards ellis evans fletcher foster gibson graham "
    "griffiths gupta hamilton harris harrison harvey henderson holmes howells hughes hussain "
    "iqbal jackson jenkins johnson johnston jones kaur kelly kennedy khan knight kowalski "
    "kumar lloyd llewellyn macdonald malik marshall mason matthews mccarthy mcdonald mehta "
    "miah mitchell moore morgan morris murphy murray nguyen nowak obrien okafor okonkwo "
    "osullivan owens parker parry patel pearson phillips powell price pritchard probert "
    "prosser pugh rahman rao rees reynolds richards roberts robertson robinson rogers russell "
    "ryan saunders scott shah sharma simpson singh smith spencer stevens stewart sullivan "
    "taylor thomas thompson turner walker walters watkins watson webb wilkinson williams "
    "wojcik wright yusuf"
)

TOWNS = listed(
    "aberaeron aberdare aberdeen abergavenny abergele abertillery aberystwyth ammanford "
    "bangor bargoed barnsley barnstaple basingstoke bedford belfast birkenhead birmingham "
    "blackburn blackpool blaenau bolton bournemouth bradford brecon bridgend brighton bristol "
    "builth burnley caerleon caernarfon caerphilly cambridge canterbury cardiff cardigan "
    "carlisle carmarthen chelmsford cheltenham chepstow chester chesterfield colchester "
    "colwyn conwy coventry crewe croydon cwmbran darlington deeside denbigh derby derry "
    "dolgellau doncaster dorchester dudley dundee durham edinburgh exeter fishguard gateshead "
    "glasgow gloucester grimsby guildford halifax harlow harrogate hartlepool hastings "
    "haverfordwest hereford holyhead holywell huddersfield inverness ipswich kettering "
    "lampeter lancaster leeds leicester lichfield liverpool llandrindod llandudno llanelli "
    "llangefni llangollen llanrwst llantrisant london londonderry luton machynlleth maesteg "
    "maidstone manchester merthyr middlesbrough monmouth mountain-ash neath newcastle newport "
    "newry newtown northampton norwich nottingham nuneaton oldham oswestry oxford pembroke "
    "penarth peterborough plymouth pontypool pontypridd porthmadog portsmouth preston "
    "prestatyn pwllheli reigate rhondda rhyl rochdale rotherham ruthin salford salisbury "
    "scarborough scunthorpe sheffield shrewsbury slough southampton southend southport "
    "stevenage stockport sunderland swansea swindon taunton telford tenby torquay tredegar "
    "truro wakefield walsall warrington warwick watford welshpool wolverhampton worcester "
    "worthing wrexham yeovil ystradgynlais abertawe caerdydd casnewydd wrecsam caerfyrddin "
    "gwynedd powys withybush bronglais glangwili morriston singleton velindre llandough "
    "maelor cefn gobowen ceredigion dyfed gwent morgannwg clwyd anglesey glamorgan "
    "pembrokeshire carmarthenshire"
)

HOUSES = listed(
    "hospital hospitals infirmary hospice surgery clinic practice trust meddygfa infirmaries "
    "sanatorium"
)
"""A name of a place ends with one of these."""

NOT_A_PLACE = STOP | listed(
    "a an the to another other outside local community private another's district general "
    "referring nearby same day this that their our your any every outpatient out-patient "
    "in-patient inpatient emergency fracture osteoporosis fls breast pain spinal oncology "
    "respiratory cancer memory falls follow-up followup clinical best good common current "
    "abdominal cardiac vascular orthopaedic bypass bariatric laser previous recent prior "
    "elective surgery major minor keyhole laparoscopic robotic thoracic bowel hip knee neck "
    "gastric colorectal gp chest lung hepatic into via by with under per post pre s/p had "
    "having undergone requires admitted discharged metabolic rapid access pre-assessment "
    "nurse-led one-stop routine medical primary secondary tertiary teaching acute day-case "
    "day rehabilitation decompressive valve aortic renal"
)
"""Before one of `HOUSES` these make no name."""


PARTICLES = listed("van der den de la le du von ap ab ferch mac al el bin ibn bint st y yr")
"""Small words within a name."""
