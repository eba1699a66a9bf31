"""Words that tell a person, an organisation and a place, by language."""

from __future__ import annotations

__all__ = ["CITIES", "HONORIFICS", "NATIONS", "NO_BODIES", "ORGANISATIONS", "ROLES", "SAYINGS", "SOLE"]


def _table(text: str) -> dict[str, tuple[str, ...]]:
    rows = (line.split(": ", 1) for line in " ".join(text.split("\n")).split("; ") if line.strip())
    return {name.strip(): tuple(words.split()) for name, words in rows}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Nations that tables of countries leave out.
NATIONS = {"England", "Scotland", "Wales", "Northern Ireland"}

#: What only people are called by: enough before a single word.
HONORIFICS = _table(
    """
en: mr mrs ms dr prof professor sir dame lord lady president chancellor minister secretary senator judge
justice pope cardinal;
de: herr herrn frau dr prof professor professorin;
fr: monsieur madame mme dr;
es: señor señora sr sra dr doctor doctora;
it: signor signora dott dottor dottoressa;
pt: senhor senhora sr sra dr doutor doutora;
nl: meneer mevrouw dr
"""
)

#: What somebody is called by, or does, right before their name.
ROLES = _table(
    """
en: mr mrs ms dr prof professor sir dame lord lady president chancellor minister secretary premier chairman
chairwoman governor mayor senator congressman congresswoman councillor ambassador judge justice colonel
lieutenant sergeant inspector constable bishop archbishop cardinal pope prince princess spokesman spokeswoman
analyst economist lawyer attorney singer actor actress striker midfielder defender goalkeeper coach manager
author writer novelist director architect researcher scientist historian editor journalist farmer teacher
skipper captain winger guitarist drummer playwright philosopher detective prosecutor barrister solicitor;
de: herr herrn frau dr prof professor professorin präsident präsidentin bundespräsident kanzler kanzlerin
bundeskanzler bundeskanzlerin minister ministerin ministerpräsident ministerpräsidentin außenminister
außenministerin innenminister innenministerin finanzminister finanzministerin verteidigungsminister
verteidigungsministerin bürgermeister bürgermeisterin oberbürgermeister oberbürgermeisterin sprecher
sprecherin direktor direktorin trainer trainerin autor autorin sänger sängerin schauspieler schauspielerin
regisseur regisseurin richter richterin anwalt anwältin kardinal bischof papst forscher forscherin historiker
historikerin stürmer abgeordnete abgeordneter senator senatorin;
fr: monsieur madame m mme dr professeur président présidente ministre maire sénateur sénatrice député députée
directeur directrice porte-parole entraîneur chanteur chanteuse acteur actrice écrivain écrivaine réalisateur
réalisatrice avocat avocate juge cardinal pape évêque économiste historien historienne chercheur chercheuse;
es: señor señora sr sra dr doctor doctora presidente presidenta ministro ministra alcalde alcaldesa senador
senadora diputado diputada director directora portavoz entrenador entrenadora cantante actor actriz escritor
escritora abogado abogada juez jueza cardenal papa obispo economista historiador historiadora;
it: signor signora dott dottor dottoressa professor professoressa presidente ministro ministra premier sindaco
sindaca senatore senatrice deputato deputata direttore direttrice portavoce allenatore cantante attore attrice
scrittore scrittrice regista avvocato giudice cardinale papa vescovo economista;
pt: senhor senhora sr sra dr doutor doutora presidente ministro ministra prefeito prefeita senador senadora
deputado deputada diretor diretora porta-voz treinador treinadora cantor cantora ator atriz escritor escritora
advogado advogada juiz juíza cardeal papa bispo economista;
nl: meneer mevrouw dr professor president premier minister minister-president burgemeester staatssecretaris
senator kamerlid directeur directrice woordvoerder woordvoerster trainer coach zanger zangeres acteur actrice
schrijver schrijfster advocaat rechter kardinaal paus bisschop econoom
"""
)

#: What people do with words, right after or before their last name alone.
SAYINGS = _table(
    """
en: said says told added adds insisted insists argued argues explained explains admitted admits recalled
recalls replied joked;
de: sagte sagt erklärte erklärt betonte betont antwortete meinte erinnerte;
fr: dit déclare ajoute explique affirme souligne estime;
es: dijo dice declaró añadió explicó afirmó señaló;
it: dice ha-detto dichiara aggiunge spiega afferma;
pt: disse diz declarou afirmou explicou acrescentou;
nl: zei zegt verklaarde vertelde benadrukte
"""
)

#: Words that only organisations have in their names; one that begins with * is the end of a word.
ORGANISATIONS = _table(
    """
any: Ltd Limited Inc Corp Corporation LLC PLC Plc GmbH AG KG SpA BV NV Group Holdings FC Airlines Airways
Lufthansa Bank;
en: Company University Institute Ministry Department Party Council Committee Commission Agency Association
Federation Court Parliament Congress Senate Commons Lords Police Army Navy Foundation Authority Bureau
Society College Academy Administration Organisation Organization Office Board Trust Assembly Treasury
Taskforce Alliance Coalition Confederation Chamber Union Universities Fund Service Services Industries
Technologies Systems Pictures Records Studios Motors Entertainment Communications Laboratories Partners
Associates Squad Corps Guards Brigade Reserve Exchange Orchestra;
de: Universität Hochschule Institut Ministerium Partei Verband Verein Bundesbank Bundestag Bundesrat Gericht
Gesellschaft Stiftung Gewerkschaft Polizei Kommission Behörde Rat Landtag Fraktion Konzern *ministerium
*universität *verband *gericht *gesellschaft *stiftung *behörde *gewerkschaft;
fr: Université Institut Ministère Parti Conseil Comité Commission Agence Association Fédération Cour Parlement
Sénat Assemblée Banque Société Fondation Syndicat Académie Office;
es: Universidad Instituto Ministerio Partido Consejo Comité Comisión Agencia Asociación Federación Tribunal
Parlamento Senado Congreso Banco Sociedad Fundación Sindicato Academia Ayuntamiento;
it: Università Istituto Ministero Partito Consiglio Comitato Commissione Agenzia Associazione Federazione
Tribunale Parlamento Senato Banca Società Fondazione Sindacato Lega Accademia;
pt: Universidade Instituto Ministério Partido Conselho Comitê Comité Comissão Agência Associação Federação
Tribunal Parlamento Senado Congresso Banco Sociedade Fundação Sindicato Academia;
nl: Universiteit Instituut Ministerie Partij Raad Comité Commissie Vereniging Bond Rechtbank Stichting
Vakbond Politie Kamer *ministerie
"""
)

#: Words of those that are a name by themselves; others, such as Office, are too often something else.
SOLE = _words(
    """
Parliament Congress Senate Commons Lords Treasury Lufthansa Bundesbank Bundestag Bundesrat Landtag Parlement
Sénat Parlamento Senado Congreso Senato Congresso
"""
)

#: Words of prizes and contests, which are called after organisations.
NO_BODIES = _words("Award Awards Prize Cup Trophy Festival Preis Pokal Prix Coupe Premio Copa Coppa")

#: What stands between a word for a place and its name: 'the town of', with _ for a space.
CITIES = _table(
    """
en: city_of town_of village_of port_of province_of state_of island_of district_of region_of suburb_of
capital_of streets_of mayor_of born_in based_in lives_in living_in lived_in north_of south_of east_of west_of;
de: Stadt Hauptstadt Dorf Provinz Region Insel Bezirk nördlich_von südlich_von östlich_von westlich_von;
fr: ville_de village_de commune_de région_de province_de île_de maire_de habitants_de;
es: ciudad_de pueblo_de municipio_de provincia_de región_de isla_de alcalde_de alcaldesa_de;
it: città_di paese_di comune_di provincia_di regione_di isola_di sindaco_di sindaca_di;
pt: cidade_de município_de província_de região_de ilha_de prefeito_de prefeita_de;
nl: stad dorp gemeente provincie regio eiland burgemeester_van inwoners_van
"""
)
