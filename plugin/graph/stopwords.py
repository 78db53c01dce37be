"""Words that say nothing about a subject, in the languages that communities most often write.

English, German, French, Spanish, Portuguese, Italian, Dutch, Polish, Russian.
Folded as :func:`plugin.graph.text.terms` folds words. Short on purpose: what a community says too often to mean anything, its own statistics tell.
"""

_ENGLISH = """a about above after again all also am an and another any are aren as at be because been before being below between both but by can cannot could
couldn did didn do does doesn doing don down during each either else even ever every few for from further get gets getting go goes going gone got had hadn
has hasn have haven having he her here hers him his how however if in into is isn it its itself just least let like ll made make makes many may maybe me
might mine more most much must my myself need neither never no nor not nothing now of off oh ok okay on once one only or other our out over own per perhaps
please quite rather re really same say says see seem seems shall she should shouldn since so some something still such than thank thanks that the their them
then there these they thing things think this those though through thus to too try trying under until up upon us use used using ve very want wants was wasn
way we well were weren what when where whether which while who whole whom whose why will with within without won would wouldn yeah yes yet you your yours hi
hello hey sorry sure good great nice know lot bit look looks"""
_GERMAN = """aber alle als also am an auch auf aus bei bin bis bitte da damit danke dann das dass dein dem den der des die dies diese dieser dir doch du ein
eine einem einen einer eines er es etwas euch fur habe haben hallo hat hatte hier ich ihm ihn ihr im immer ist ja jetzt kann kein keine konnte man mehr mein
mich mir mit muss nach nicht noch nun nur ob oder schon sehr sein sich sie sind so uber um und uns unter vom von vor war was wenn wer werden wie wird wir wo
zu zum zur"""
_FRENCH = """au aux avec avez avoir bien bonjour car ce ceci cela ces cet cette comme dans de des donc du elle elles en encore est et etait ete etre eux fait
il ils je la le les leur leurs lui ma mais me meme merci mes moi mon ne nos notre nous on ont ou par pas peu peut plus pour quand que qui quoi sa sans se
sera ses si son sont sur ta te tes tout toute toutes tous tres tu un une vos votre vous"""
_SPANISH = """al algo ahora aqui asi como con cual cuando del desde donde el ella ellos en entre era eres es esa ese eso esta estaba este esto estos gracias
hace hasta hay hola la las lo los mas mi mis mucho muy nada ni no nos nosotros otra otro para pero poco por porque puede que quien se ser si sin sobre solo
son soy su sus tambien tan te tengo tiene todo todos tu un una uno unos ya yo"""
_PORTUGUESE = """ao aos as ate com da das dele do dos ela ele eles em essa esse esta estou eu foi isso isto ja mais mas me meu minha muito na nao nas nem no
nos obrigado ola os ou para pela pelo por quando que sao se seu sua tem tenho um uma voce"""
_ITALIAN = """agli al alla alle anche che chi ci ciao come con cosa cui da dal dalla degli dei del della delle di dove e ed era gli grazie ha hai hanno ho il
in io la le lei lo loro ma mi mio molto nei nel nella non o per perche piu quando quello questa questo qui se sei si solo sono su sua suo ti tra tu un una
uno"""
_DUTCH = """aan al alles als ben bij dan dat de deze die dit doen door een en er ga geen goed had heb hebben heeft het hier hij hoe hun iets ik in is ja je
kan maar me meer met mij mijn moet na naar niet nog nu of om ook op over te tot uit van veel voor was wat we wel wij wil worden wordt zal ze zich zij zijn zo
zou"""
_POLISH = """aby albo ale bardzo bez bo by byc byl byla bylo ci cie co czy dla do gdy gdzie go i ich ja jak jako jest jesli jestem juz kiedy kto ktora ktore
ktory lub ma mam mi mnie moge mozna na nad nie niz o od po pod prosze przez przy sa sie tak tam te tego tej ten to tu tylko ty w we wiec z za ze"""
_RUSSIAN = """а без бы был была были было быть в вам вас ведь во вот все всё вы где да даже для до его ее её если есть еще ещё же за и из или им их к как
когда кто ли меня мне может мы на надо нас не него нет ни но ну о об он она они от по под при с сам со спасибо так также там то того тоже только тут ты у уже
чем что чтобы эта это этот я привет"""

STOPWORDS: frozenset[str] = frozenset(
    word for language in (_ENGLISH, _GERMAN, _FRENCH, _SPANISH, _PORTUGUESE, _ITALIAN, _DUTCH, _POLISH, _RUSSIAN) for word in language.split()
)
"""All of them together; a word of one language that another needs is kept out of the lists."""
