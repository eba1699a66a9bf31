"""Countries, what their people and capitals are called: for names that stand for a country."""

from __future__ import annotations

__all__ = ["CAPITALS", "COUNTRIES"]

# Country: capital: adjectives and other names, separated by commas.
_TABLE = """
Afghanistan: Kabul: Afghan
Albania: Tirana: Albanian
Algeria: Algiers: Algerian
Angola: Luanda: Angolan
Argentina: Buenos Aires: Argentine, Argentinian
Armenia: Yerevan: Armenian
Australia: Canberra: Australian
Austria: Vienna: Austrian
Azerbaijan: Baku: Azerbaijani
Bahamas: Nassau: Bahamian
Bahrain: Manama: Bahraini
Bangladesh: Dhaka: Bangladeshi
Barbados: Bridgetown: Barbadian
Belarus: Minsk: Belarusian
Belgium: Brussels: Belgian
Belize: Belmopan: Belizean
Benin: Porto-Novo: Beninese
Bhutan: Thimphu: Bhutanese
Bolivia: La Paz: Bolivian
Bosnia and Herzegovina: Sarajevo: Bosnian, Bosnia
Botswana: Gaborone: Botswanan
Brazil: Brasilia: Brazilian, Brasília
Bulgaria: Sofia: Bulgarian
Burkina Faso: Ouagadougou: Burkinabe
Burundi: Bujumbura: Burundian
Cambodia: Phnom Penh: Cambodian
Cameroon: Yaounde: Cameroonian, Yaoundé
Canada: Ottawa: Canadian
Chad: N'Djamena: Chadian
Chile: Santiago: Chilean
China: Beijing: Chinese
Colombia: Bogota: Colombian, Bogotá
Congo: Kinshasa: Congolese
Costa Rica: San Jose: Costa Rican
Croatia: Zagreb: Croatian
Cuba: Havana: Cuban
Cyprus: Nicosia: Cypriot
Czech Republic: Prague: Czech, Czechia
Denmark: Copenhagen: Danish
Djibouti: : Djiboutian
Dominican Republic: Santo Domingo: Dominican
East Timor: Dili: Timorese, Timor-Leste
Ecuador: Quito: Ecuadorian
Egypt: Cairo: Egyptian
El Salvador: San Salvador: Salvadoran
Eritrea: Asmara: Eritrean
Estonia: Tallinn: Estonian
Eswatini: Mbabane: Swazi
Ethiopia: Addis Ababa: Ethiopian
Fiji: Suva: Fijian
Finland: Helsinki: Finnish
France: Paris: French
Gabon: Libreville: Gabonese
Gambia: Banjul: Gambian
Germany: Berlin: German
Ghana: Accra: Ghanaian
Greece: Athens: Greek
Guatemala: : Guatemalan
Guinea: Conakry: Guinean
Guyana: : Guyanese
Haiti: Port-au-Prince: Haitian
Honduras: Tegucigalpa: Honduran
Hungary: Budapest: Hungarian
Iceland: Reykjavik: Icelandic, Reykjavík
India: New Delhi: Indian, Delhi
Indonesia: Jakarta: Indonesian
Iran: Tehran: Iranian
Iraq: Baghdad: Iraqi
Ireland: Dublin: Irish
Israel: Jerusalem: Israeli
Italy: Rome: Italian
Ivory Coast: Yamoussoukro: Ivorian
Jamaica: : Jamaican
Japan: Tokyo: Japanese
Jordan: Amman: Jordanian
Kazakhstan: Astana: Kazakh
Kenya: Nairobi: Kenyan
Kosovo: Pristina: Kosovar
Kuwait: : Kuwaiti
Kyrgyzstan: Bishkek: Kyrgyz
Laos: Vientiane: Laotian
Latvia: Riga: Latvian
Lebanon: Beirut: Lebanese
Lesotho: Maseru: Basotho
Liberia: Monrovia: Liberian
Libya: Tripoli: Libyan
Liechtenstein: Vaduz:
Lithuania: Vilnius: Lithuanian
Luxembourg: : Luxembourgish
Madagascar: Antananarivo: Malagasy
Malawi: Lilongwe: Malawian
Malaysia: Kuala Lumpur: Malaysian
Maldives: Male: Maldivian
Mali: Bamako: Malian
Malta: Valletta: Maltese
Mauritania: Nouakchott: Mauritanian
Mauritius: Port Louis: Mauritian
Mexico: Mexico City: Mexican
Moldova: Chisinau: Moldovan
Monaco: : Monegasque
Mongolia: Ulaanbaatar: Mongolian
Montenegro: Podgorica: Montenegrin
Morocco: Rabat: Moroccan
Mozambique: Maputo: Mozambican
Myanmar: Naypyidaw: Burmese, Burma
Namibia: Windhoek: Namibian
Nepal: Kathmandu: Nepali, Nepalese
Netherlands: Amsterdam: Dutch
New Zealand: Wellington:
Nicaragua: Managua: Nicaraguan
Niger: Niamey: Nigerien
Nigeria: Abuja: Nigerian
North Korea: Pyongyang: North Korean, DPRK
North Macedonia: Skopje: Macedonian
Norway: Oslo: Norwegian
Oman: Muscat: Omani
Pakistan: Islamabad: Pakistani
Palestine: Ramallah: Palestinian
Panama: Panama City: Panamanian
Papua New Guinea: Port Moresby:
Paraguay: Asuncion: Paraguayan, Asunción
Peru: Lima: Peruvian
Philippines: Manila: Philippine, Filipino
Poland: Warsaw: Polish
Portugal: Lisbon: Portuguese
Qatar: Doha: Qatari
Romania: Bucharest: Romanian
Russia: Moscow: Russian, Kremlin
Rwanda: Kigali: Rwandan
Saudi Arabia: Riyadh: Saudi
Senegal: Dakar: Senegalese
Serbia: Belgrade: Serbian
Sierra Leone: Freetown:
Singapore: : Singaporean
Slovakia: Bratislava: Slovak
Slovenia: Ljubljana: Slovenian, Slovene
Somalia: Mogadishu: Somali
South Africa: Pretoria: South African
South Korea: Seoul: South Korean
South Sudan: Juba: South Sudanese
Spain: Madrid: Spanish
Sri Lanka: Colombo: Sri Lankan
Sudan: Khartoum: Sudanese
Suriname: Paramaribo: Surinamese
Sweden: Stockholm: Swedish
Switzerland: Bern: Swiss
Syria: Damascus: Syrian
Taiwan: Taipei: Taiwanese
Tajikistan: Dushanbe: Tajik
Tanzania: Dodoma: Tanzanian
Thailand: Bangkok: Thai
Togo: Lome: Togolese
Tunisia: Tunis: Tunisian
Turkey: Ankara: Turkish, Türkiye
Turkmenistan: Ashgabat: Turkmen
Uganda: Kampala: Ugandan
Ukraine: Kyiv: Ukrainian, Kiev
United Arab Emirates: Abu Dhabi: Emirati, UAE
United Kingdom: London: British, UK, U.K, Britain, Great Britain
United States: Washington: American, US, U.S, USA, America
Uruguay: Montevideo: Uruguayan
Uzbekistan: Tashkent: Uzbek
Vatican: : Holy See
Venezuela: Caracas: Venezuelan
Vietnam: Hanoi: Vietnamese
Yemen: Sanaa: Yemeni
Zambia: Lusaka: Zambian
Zimbabwe: Harare: Zimbabwean
European Union: : EU
United Nations: : UN, U.N
"""

COUNTRIES: dict[str, str] = {}  #: a country's name, adjective or other name -> the name
CAPITALS: dict[str, str] = {}  #: a capital -> its country

for _row in _TABLE.strip().splitlines():
    _country, _capital, _others = (part.strip() for part in _row.split(":"))
    COUNTRIES[_country] = _country
    COUNTRIES.update({other.strip(): _country for other in _others.split(",") if other.strip()})
    if _capital:
        CAPITALS[_capital] = _country
