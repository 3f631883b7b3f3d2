// Countries people send parcels to (ISO 3166-1, short English names), and the regions (ISO 3166-2)
// of those whose sales taxes differ inside. Who reads them: shop.c, tax.c, shipping.c.
#include "core/str.h"
#include "services/order/shop.h"

// clang-format off
const struct country countries[] = {
    {"AF", "Afghanistan"}, {"AX", "Åland Islands"}, {"AL", "Albania"}, {"DZ", "Algeria"},
    {"AS", "American Samoa"}, {"AD", "Andorra"}, {"AO", "Angola"}, {"AI", "Anguilla"},
    {"AG", "Antigua and Barbuda"}, {"AR", "Argentina"}, {"AM", "Armenia"}, {"AW", "Aruba"},
    {"AU", "Australia"}, {"AT", "Austria"}, {"AZ", "Azerbaijan"}, {"BS", "Bahamas"},
    {"BH", "Bahrain"}, {"BD", "Bangladesh"}, {"BB", "Barbados"}, {"BY", "Belarus"},
    {"BE", "Belgium"}, {"BZ", "Belize"}, {"BJ", "Benin"}, {"BM", "Bermuda"}, {"BT", "Bhutan"},
    {"BO", "Bolivia"}, {"BA", "Bosnia and Herzegovina"}, {"BW", "Botswana"}, {"BR", "Brazil"},
    {"VG", "British Virgin Islands"}, {"BN", "Brunei"}, {"BG", "Bulgaria"},
    {"BF", "Burkina Faso"}, {"BI", "Burundi"}, {"KH", "Cambodia"}, {"CM", "Cameroon"},
    {"CA", "Canada"}, {"CV", "Cape Verde"}, {"BQ", "Caribbean Netherlands"},
    {"KY", "Cayman Islands"}, {"CF", "Central African Republic"}, {"TD", "Chad"}, {"CL", "Chile"},
    {"CN", "China"}, {"CX", "Christmas Island"}, {"CC", "Cocos (Keeling) Islands"},
    {"CO", "Colombia"}, {"KM", "Comoros"}, {"CG", "Congo (Brazzaville)"},
    {"CD", "Congo (Kinshasa)"}, {"CK", "Cook Islands"}, {"CR", "Costa Rica"},
    {"CI", "Côte d'Ivoire"}, {"HR", "Croatia"}, {"CU", "Cuba"}, {"CW", "Curaçao"},
    {"CY", "Cyprus"}, {"CZ", "Czechia"}, {"DK", "Denmark"}, {"DJ", "Djibouti"},
    {"DM", "Dominica"}, {"DO", "Dominican Republic"}, {"EC", "Ecuador"}, {"EG", "Egypt"},
    {"SV", "El Salvador"}, {"GQ", "Equatorial Guinea"}, {"ER", "Eritrea"}, {"EE", "Estonia"},
    {"SZ", "Eswatini"}, {"ET", "Ethiopia"}, {"FK", "Falkland Islands"}, {"FO", "Faroe Islands"},
    {"FJ", "Fiji"}, {"FI", "Finland"}, {"FR", "France"}, {"GF", "French Guiana"},
    {"PF", "French Polynesia"}, {"GA", "Gabon"}, {"GM", "Gambia"}, {"GE", "Georgia"},
    {"DE", "Germany"}, {"GH", "Ghana"}, {"GI", "Gibraltar"}, {"GR", "Greece"},
    {"GL", "Greenland"}, {"GD", "Grenada"}, {"GP", "Guadeloupe"}, {"GU", "Guam"},
    {"GT", "Guatemala"}, {"GG", "Guernsey"}, {"GN", "Guinea"}, {"GW", "Guinea-Bissau"},
    {"GY", "Guyana"}, {"HT", "Haiti"}, {"HN", "Honduras"}, {"HK", "Hong Kong"}, {"HU", "Hungary"},
    {"IS", "Iceland"}, {"IN", "India"}, {"ID", "Indonesia"}, {"IR", "Iran"}, {"IQ", "Iraq"},
    {"IE", "Ireland"}, {"IM", "Isle of Man"}, {"IL", "Israel"}, {"IT", "Italy"},
    {"JM", "Jamaica"}, {"JP", "Japan"}, {"JE", "Jersey"}, {"JO", "Jordan"}, {"KZ", "Kazakhstan"},
    {"KE", "Kenya"}, {"KI", "Kiribati"}, {"KW", "Kuwait"}, {"KG", "Kyrgyzstan"}, {"LA", "Laos"},
    {"LV", "Latvia"}, {"LB", "Lebanon"}, {"LS", "Lesotho"}, {"LR", "Liberia"}, {"LY", "Libya"},
    {"LI", "Liechtenstein"}, {"LT", "Lithuania"}, {"LU", "Luxembourg"}, {"MO", "Macau"},
    {"MG", "Madagascar"}, {"MW", "Malawi"}, {"MY", "Malaysia"}, {"MV", "Maldives"},
    {"ML", "Mali"}, {"MT", "Malta"}, {"MH", "Marshall Islands"}, {"MQ", "Martinique"},
    {"MR", "Mauritania"}, {"MU", "Mauritius"}, {"YT", "Mayotte"}, {"MX", "Mexico"},
    {"FM", "Micronesia"}, {"MD", "Moldova"}, {"MC", "Monaco"}, {"MN", "Mongolia"},
    {"ME", "Montenegro"}, {"MS", "Montserrat"}, {"MA", "Morocco"}, {"MZ", "Mozambique"},
    {"MM", "Myanmar"}, {"NA", "Namibia"}, {"NR", "Nauru"}, {"NP", "Nepal"}, {"NL", "Netherlands"},
    {"NC", "New Caledonia"}, {"NZ", "New Zealand"}, {"NI", "Nicaragua"}, {"NE", "Niger"},
    {"NG", "Nigeria"}, {"NU", "Niue"}, {"NF", "Norfolk Island"}, {"KP", "North Korea"},
    {"MK", "North Macedonia"}, {"MP", "Northern Mariana Islands"}, {"NO", "Norway"},
    {"OM", "Oman"}, {"PK", "Pakistan"}, {"PW", "Palau"}, {"PS", "Palestine"}, {"PA", "Panama"},
    {"PG", "Papua New Guinea"}, {"PY", "Paraguay"}, {"PE", "Peru"}, {"PH", "Philippines"},
    {"PN", "Pitcairn"}, {"PL", "Poland"}, {"PT", "Portugal"}, {"PR", "Puerto Rico"},
    {"QA", "Qatar"}, {"RE", "Réunion"}, {"RO", "Romania"}, {"RU", "Russia"}, {"RW", "Rwanda"},
    {"BL", "Saint Barthélemy"}, {"SH", "Saint Helena"}, {"KN", "Saint Kitts and Nevis"},
    {"LC", "Saint Lucia"}, {"MF", "Saint Martin"}, {"PM", "Saint Pierre and Miquelon"},
    {"VC", "Saint Vincent and the Grenadines"}, {"WS", "Samoa"}, {"SM", "San Marino"},
    {"ST", "São Tomé and Príncipe"}, {"SA", "Saudi Arabia"}, {"SN", "Senegal"},
    {"RS", "Serbia"}, {"SC", "Seychelles"}, {"SL", "Sierra Leone"}, {"SG", "Singapore"},
    {"SX", "Sint Maarten"}, {"SK", "Slovakia"}, {"SI", "Slovenia"}, {"SB", "Solomon Islands"},
    {"SO", "Somalia"}, {"ZA", "South Africa"}, {"KR", "South Korea"}, {"SS", "South Sudan"},
    {"ES", "Spain"}, {"LK", "Sri Lanka"}, {"SD", "Sudan"}, {"SR", "Suriname"},
    {"SJ", "Svalbard and Jan Mayen"}, {"SE", "Sweden"}, {"CH", "Switzerland"}, {"SY", "Syria"},
    {"TW", "Taiwan"}, {"TJ", "Tajikistan"}, {"TZ", "Tanzania"}, {"TH", "Thailand"},
    {"TL", "Timor-Leste"}, {"TG", "Togo"}, {"TK", "Tokelau"}, {"TO", "Tonga"},
    {"TT", "Trinidad and Tobago"}, {"TN", "Tunisia"}, {"TR", "Türkiye"}, {"TM", "Turkmenistan"},
    {"TC", "Turks and Caicos Islands"}, {"TV", "Tuvalu"}, {"VI", "U.S. Virgin Islands"},
    {"UG", "Uganda"}, {"UA", "Ukraine"}, {"AE", "United Arab Emirates"}, {"GB", "United Kingdom"},
    {"US", "United States"}, {"UY", "Uruguay"}, {"UZ", "Uzbekistan"}, {"VU", "Vanuatu"},
    {"VA", "Vatican City"}, {"VE", "Venezuela"}, {"VN", "Vietnam"}, {"WF", "Wallis and Futuna"},
    {"EH", "Western Sahara"}, {"YE", "Yemen"}, {"ZM", "Zambia"}, {"ZW", "Zimbabwe"},
};
static const struct country regions_of_australia[] = {
    {"ACT", "Australian Capital Territory"}, {"NSW", "New South Wales"},
    {"NT", "Northern Territory"}, {"QLD", "Queensland"}, {"SA", "South Australia"},
    {"TAS", "Tasmania"}, {"VIC", "Victoria"}, {"WA", "Western Australia"},
};
static const struct country regions_of_canada[] = {
    {"AB", "Alberta"}, {"BC", "British Columbia"}, {"MB", "Manitoba"}, {"NB", "New Brunswick"},
    {"NL", "Newfoundland and Labrador"}, {"NT", "Northwest Territories"}, {"NS", "Nova Scotia"},
    {"NU", "Nunavut"}, {"ON", "Ontario"}, {"PE", "Prince Edward Island"}, {"QC", "Quebec"},
    {"SK", "Saskatchewan"}, {"YT", "Yukon"},
};
static const struct country regions_of_the_states[] = {
    {"AL", "Alabama"}, {"AK", "Alaska"}, {"AZ", "Arizona"}, {"AR", "Arkansas"},
    {"CA", "California"}, {"CO", "Colorado"}, {"CT", "Connecticut"}, {"DE", "Delaware"},
    {"DC", "District of Columbia"}, {"FL", "Florida"}, {"GA", "Georgia"}, {"HI", "Hawaii"},
    {"ID", "Idaho"}, {"IL", "Illinois"}, {"IN", "Indiana"}, {"IA", "Iowa"}, {"KS", "Kansas"},
    {"KY", "Kentucky"}, {"LA", "Louisiana"}, {"ME", "Maine"}, {"MD", "Maryland"},
    {"MA", "Massachusetts"}, {"MI", "Michigan"}, {"MN", "Minnesota"}, {"MS", "Mississippi"},
    {"MO", "Missouri"}, {"MT", "Montana"}, {"NE", "Nebraska"}, {"NV", "Nevada"},
    {"NH", "New Hampshire"}, {"NJ", "New Jersey"}, {"NM", "New Mexico"}, {"NY", "New York"},
    {"NC", "North Carolina"}, {"ND", "North Dakota"}, {"OH", "Ohio"}, {"OK", "Oklahoma"},
    {"OR", "Oregon"}, {"PA", "Pennsylvania"}, {"RI", "Rhode Island"}, {"SC", "South Carolina"},
    {"SD", "South Dakota"}, {"TN", "Tennessee"}, {"TX", "Texas"}, {"UT", "Utah"},
    {"VT", "Vermont"}, {"VA", "Virginia"}, {"WA", "Washington"}, {"WV", "West Virginia"},
    {"WI", "Wisconsin"}, {"WY", "Wyoming"},
};
// clang-format on

const size_t country_count = COUNT_OF(countries);

// 250 rows, looked through once a change of address: not worth an index.
bool country_known(const char *code)
{
    for (size_t i = 0; i < country_count; i++)
        if (str_equal(countries[i].code, code))
            return true;
    return false;
}

const struct country *country_regions(const char *code, size_t *count)
{
    static const struct {
        const char *code;
        const struct country *regions;
        size_t count;
    } divided[] = {
        {"AU", regions_of_australia, COUNT_OF(regions_of_australia)},
        {"CA", regions_of_canada, COUNT_OF(regions_of_canada)},
        {"US", regions_of_the_states, COUNT_OF(regions_of_the_states)},
    };
    *count = 0;
    for (size_t i = 0; i < COUNT_OF(divided); i++)
        if (str_equal(divided[i].code, code)) {
            *count = divided[i].count;
            return divided[i].regions;
        }
    return NULL;
}
