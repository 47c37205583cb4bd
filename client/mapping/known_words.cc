#include "client/mapping/known_words.h"

#include <map>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "client/mapping/made_cell.h"
#include "registry/model/visits.h"

namespace enthesis::client {
namespace {

struct Words {
  const char* meaning;
  const char* words;  // separated by spaces
};

// Headers as a whole.
constexpr Words kHeaders[] = {
    {"record_id",
     "record record_id study_id studyid studien_id subject_id subject "
     "participant_id case_id fall_nr fallnummer id lfd_nr nr patnr pat_nr "
     "patient_id patientid patienten_id patientennummer nip num_dossier "
     "numero_dossier id_paciente id_patient id_paziente expediente "
     "patientnummer patient_nr"},
    {"patient_key", "patient_key person person_id mrn hospital_number fallnr"},
    {"event",
     "event event_name redcap_event_name visit visite visit_name zeitpunkt "
     "timepoint time_point besuch kontrolle controle control controllo visita "
     "bezoek suivi tijdstip"},
    {"redcap_repeat_instance", "repeat_instance instance"},
    {"surgery_date",
     "surgery_date date_of_surgery op_date opdate op_datum opdatum "
     "operation_date operationsdatum date_op dos date_operation "
     "fecha_cirugia date_chirurgie date_de_chirurgie date_intervention "
     "date_operatoire fecha_de_cirugia fecha_operacion fecha_intervencion "
     "data_intervento data_operazione data_chirurgia operatiedatum "
     "datum_operatie ok_datum datum_op op_tag operationstag eingriffsdatum"},
    {"surgery_year",
     "year_of_surgery op_jahr op_year surgery_year annee_op "
     "annee_chirurgie ano_cirugia anno_intervento operatiejaar"},
    {"day",
     "visit_date visitdate date_of_visit besuch_datum besuchsdatum "
     "untersuchungsdatum follow_up_date fu_date assessment_date day days "
     "days_since_surgery day_after_surgery pod tag tage_nach_op "
     "fecha_visita date_visite date_controle date_consultation fecha_control "
     "data_visita data_controllo controledatum bezoekdatum datum_bezoek "
     "kontrolldatum datum_kontrolle"},
    {"age_years",
     "age age_years age_at_surgery alter alter_jahre alter_op alter_bei_op "
     "edad "
     "edad_anos age_ans eta eta_anni leeftijd dob date_of_birth "
     "birthdate birth_date geburtsdatum geb_datum fecha_nacimiento "
     "date_naissance"},
    {"sex", "sex gender geschlecht sexe sexo genero sesso genere geslacht"},
    {"bmi", "bmi body_mass_index bmi_wert imc"},
    {"laterality",
     "side laterality seite op_seite betroffene_seite lateralitaet cote "
     "cote_opere lateralite lado lado_operado lateralidad lato lato_operato "
     "lateralita kant zijde affected_side"},
    {"pathology",
     "pathology location lokalisation ort site_of_pathology tendon_site"},
    {"diagnosis", "diagnosis diagnose diagnostic diagnostico diagnosi"},
    {"diabetes", "diabetes dm"},
    {"smoking",
     "smoking smoker tobacco rauchen raucher tabac tabaco nikotin "
     "fumeur tabagisme fumador tabaquismo fumo fumatore roken roker"},
    {"symptom_duration_months",
     "symptom_duration duration_of_symptoms symptoms_months duration_months "
     "beschwerdedauer beschwerden_monate symptomdauer"},
    {"sport", "main_sport sportart"},
    {"sport_level", "sport_level level_of_sport sportniveau activity_level"},
    {"tegner_score", "tegner tegner_score"},
    {"previous_surgery",
     "prior_surgery previous_operation vor_op voroperation"},
    {"care_months",
     "conservative_months conservative_care_months months_of_care "
     "konservativ_monate konservative_therapie_monate kons kons_monate "
     "konservativ monate_konservativ mois_conservateur "
     "traitement_conservateur_mois meses_conservador "
     "tratamiento_conservador_meses mesi_conservativo "
     "trattamento_conservativo_mesi conservatief_maanden"},
    {"care_shockwave", "shockwave eswt stosswelle ondes_de_choc"},
    {"primary_procedure",
     "procedure primary_procedure operation surgery_type op_art eingriff "
     "type_of_surgery procedimiento intervention type_intervention "
     "procedure_principale cirugia tipo_cirugia intervencion "
     "tipo_intervento intervento procedura operatie type_operatie ingreep "
     "operationsart op_verfahren op_technik verfahren prozedur"},
    {"approach", "approach zugang acces abordaje surgical_approach"},
    {"graft_class", "graft graft_type transplantat"},
    {"fixation", "fixation fixierung osteosynthese"},
    {"wedge_mm", "wedge wedge_mm keil keil_mm wedge_size"},
    {"operating_minutes",
     "operating_time op_time op_dauer op_zeit duration_of_surgery "
     "surgery_minutes schnitt_naht_zeit"},
    {"concomitant_procedures",
     "concomitant concomitant_procedure additional_procedures zusatz "
     "zusatzeingriffe"},
    {"implants", "implants implant implantat implantate implante"},
    {"status", "case_status follow_up_status"},
    {"pain_activity",
     "pain vas_pain pain_activity nrs_activity vas_activity vas_belastung "
     "schmerz schmerz_belastung douleur dolor dolore pijn"},
    {"pain_rest", "pain_rest vas_rest nrs_rest schmerz_ruhe vas_ruhe"},
    {"heel_rise_count", "heel_rises heel_rise heel_raise_count fersenheben"},
    {"satisfaction", "satisfaction zufriedenheit satisfaccion"},
    {"visa_a_total", "visa visa_a visaa visa_score visa_a_score visa_total"},
    {"identifying",
     "name first_name firstname last_name lastname surname full_name initials "
     "email e_mail phone telephone mobile address street city zip postcode "
     "vorname nachname familienname initialen telefon adresse strasse plz "
     "nom prenom nombre apellido cognome voornaam achternaam naam ssn "
     "insurance_number versichertennummer"}};

// Values as a whole, by the column that they are of.
struct ValueWords {
  const char* column;
  Words words;
};
constexpr ValueWords kValues[] = {
    {"sex",
     {"female",
      "f w v fem woman weiblich frau feminin femme femenino femenina "
      "mujer femminile femmina donna vrouw vrouwelijk"}},
    {"sex",
     {"male",
      "m man maennlich mann homme masculin masculino hombre h masc "
      "varon maschile maschio uomo mannelijk"}},
    {"sex", {"other", "d x divers diverse"}},
    {"laterality",
     {"left",
      "l li links left_side gauche izquierda izquierdo izq i g "
      "sinistra sinistro sin sx s linker"}},
    {"laterality",
     {"right",
      "r re rechts right_side droite droit derecha derecho der dcha "
      "d destra destro dx rechter"}},
    {"smoking", {"never", "no nein non nie never_smoker nichtraucher jamais"}},
    {"smoking", {"former", "ex exsmoker ex_smoker ehemals exraucher ancien"}},
    {"smoking", {"current", "yes ja oui smoker raucher aktuell si"}},
    {"diabetes", {"none", "no nein non keiner kein"}},
    {"diabetes", {"type_1", "1 t1 type1 typ_1 dm1"}},
    {"diabetes", {"type_2", "2 t2 type2 typ_2 dm2"}},
    {"pathology", {"midportion", "mid mid_portion non_insertional"}},
    {"pathology", {"insertional", "insertion ansatz insertionnel"}},
    {"pathology", {"combined", "both beide mixed"}},
    {"approach", {"open", "offen ouvert ouverte abierto abierta aperto"}},
    {"approach",
     {"minimally_invasive",
      "mis minimal minimalinvasiv percutaneous mini_invasif mini_invasive "
      "mininvasivo minimamente_invasivo minimaal_invasief"}},
    {"approach", {"endoscopic", "endoskopisch arthroscopic endoscopique"}},
    {"sport_level", {"none", "no kein keiner inactive"}},
    {"sport_level", {"recreational", "hobby freizeit leisure loisir"}},
    {"sport_level", {"competitive", "wettkampf amateur competition"}},
    {"sport_level", {"professional", "pro profi elite"}},
    {"primary_procedure",
     {"zadek_osteotomy",
      "zadek zadek_osteotomie osteotomie_zadek osteotomie_de_zadek "
      "osteotomia_zadek osteotomia_de_zadek"}},
    {"primary_procedure",
     {"fhl_transfer", "fhl fhl_transposition transfert_fhl transferencia_fhl"}},
    {"primary_procedure",
     {"calcaneoplasty",
      "haglund haglund_resektion kalkaneoplastik calcaneoplastie "
      "calcaneoplastia calcaneoplastiek"}},
    {"primary_procedure",
     {"retrocalcaneal_bursectomy",
      "bursektomie bursectomie bursectomia bursectomy"}},
    {"primary_procedure",
     {"gastrocnemius_recession", "strayer gastrocnemius gastroc"}},
    {"primary_procedure",
     {"debridement",
      "debridement_open debrid desbridamiento sbrigliamento nettoyage"}},
    {"diagnosis", {"tendinopathy", "achilles_tendinopathy tendinopathie"}}};

using Meanings = std::map<std::string, std::string, std::less<>>;

const Meanings& HeaderMeanings() {
  static const Meanings& meanings = *[] {
    auto* all = new Meanings;
    for (const Words& known : kHeaders) {
      for (const absl::string_view word : absl::StrSplit(known.words, ' ')) {
        all->emplace(word, known.meaning);
      }
    }
    return all;
  }();
  return meanings;
}

// A word as its letters and digits apart: "kontrolle_3m" is kontrolle, 3, m.
std::vector<std::string> PartsOf(absl::string_view word) {
  std::vector<std::string> parts;
  bool digits = false, fresh = true;
  for (const char c : word) {
    if (c == '_') {
      fresh = true;
      continue;
    }
    const bool digit = absl::ascii_isdigit(static_cast<unsigned char>(c));
    if (fresh || digit != digits) parts.emplace_back();
    parts.back() += c;
    digits = digit;
    fresh = false;
  }
  return parts;
}

bool IsAmong(absl::string_view word, absl::string_view words) {
  for (const absl::string_view one : absl::StrSplit(words, ' ')) {
    if (word == one) return true;
  }
  return false;
}

constexpr char kVisitWords[] =
    "visit visite visita besuch bezoek kontrolle kontroll kons konsultation "
    "nachkontrolle nachuntersuchung nk nu verlauf follow up fu followup "
    "control controle controllo consultation consulta consult suivi revision "
    "seguimiento review assessment untersuchung post op postop postoperativ "
    "postoperative nach after apres despues dopo na t a";
constexpr char kWeekWords[] =
    "w wk wks wo woche wochen week weeks weken semaine semaines sem semana "
    "semanas settimana settimane";
constexpr char kMonthWords[] =
    "m mo mon mt month months monat monate mois mes meses mese mesi maand "
    "maanden mnd";
constexpr char kYearWords[] =
    "y yr yrs year years j jahr jahre an ans ano anos anno anni jaar";

// A word of yes or no in the languages of the table.
std::optional<std::string> FlagNamed(absl::string_view word) {
  for (const char* yes : {"1", "yes", "true", "y", "ja", "j", "oui", "si"}) {
    if (word == yes) return "1";
  }
  for (const char* no : {"0", "no", "false", "n", "nein", "non"}) {
    if (word == no) return "0";
  }
  return std::nullopt;
}

}  // namespace

std::string Normalized(absl::string_view text) {
  // Capitals of Latin-1 are 0x20 before their small letters.
  std::string small(text);
  for (size_t i = 0; i + 1 < small.size(); ++i) {
    const auto next = static_cast<unsigned char>(small[i + 1]);
    if (small[i] != '\xC3' || next < 0x80 || next > 0x9E) continue;
    small[i + 1] = static_cast<char>(next + 0x20);
  }
  const std::string plain = absl::StrReplaceAll(
      small, {{"\xC3\xA4", "ae"}, {"\xC3\xB6", "oe"}, {"\xC3\xBC", "ue"},
              {"\xC3\x9F", "ss"}, {"\xC3\xA0", "a"},  {"\xC3\xA1", "a"},
              {"\xC3\xA2", "a"},  {"\xC3\xA7", "c"},  {"\xC3\xA8", "e"},
              {"\xC3\xA9", "e"},  {"\xC3\xAA", "e"},  {"\xC3\xAB", "e"},
              {"\xC3\xAC", "i"},  {"\xC3\xAD", "i"},  {"\xC3\xAE", "i"},
              {"\xC3\xAF", "i"},  {"\xC3\xB1", "n"},  {"\xC3\xB2", "o"},
              {"\xC3\xB3", "o"},  {"\xC3\xB4", "o"},  {"\xC3\xB9", "u"},
              {"\xC3\xBA", "u"},  {"\xC3\xBB", "u"}});
  std::string out;
  for (const char c : plain) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte)) {
      out += absl::ascii_tolower(byte);
    } else if (!out.empty() && out.back() != '_') {
      out += '_';
    }
  }
  if (!out.empty() && out.back() == '_') out.pop_back();
  return out;
}

std::string TargetNamed(absl::string_view header) {
  const std::string word = Normalized(header);
  const Column* column = FindColumn(word, LineKind::kBaseline);
  if (column != nullptr) return column->name;
  if (NamesBirth(header)) return "age_years";
  const auto known = HeaderMeanings().find(word);
  return known == HeaderMeanings().end() ? "" : known->second;
}

bool NamesBirth(absl::string_view header) {
  const std::string word = Normalized(header);
  if (IsAmong(word, "dob gebdat geb_dat geb")) return true;
  for (const char* part : {"birth", "geburt", "gebdatum", "geb_datum", "naiss",
                           "nacimiento", "nascita", "geboorte"}) {
    if (absl::StrContains(word, part)) return true;
  }
  return false;
}

std::optional<std::string> VisitNamed(absl::string_view event) {
  int number = 0;
  std::string unit;
  for (const std::string& part : PartsOf(Normalized(event))) {
    int found = 0;
    if (absl::SimpleAtoi(part, &found)) {
      if (number != 0) return std::nullopt;
      number = found;
    } else if (unit.empty() &&
               (IsAmong(part, kWeekWords) || IsAmong(part, kMonthWords) ||
                IsAmong(part, kYearWords))) {
      unit = part;
    } else if (!IsAmong(part, kVisitWords)) {
      return std::nullopt;
    }
  }
  if (number <= 0 || number > 1000 || unit.empty()) return std::nullopt;
  const bool weeks = IsAmong(unit, kWeekWords);
  if (IsAmong(unit, kYearWords)) number *= 12;
  const std::string code = absl::StrCat(number, weeks ? "_weeks" : "_months");
  return model::kVisitCodes.Find(code) == nullptr
             ? std::nullopt
             : std::optional<std::string>(code);
}

std::optional<std::string> CodeNamed(absl::string_view value,
                                     const Column& column) {
  const model::CodeList* list = column.list != nullptr   ? column.list
                                : column.info != nullptr ? column.info->codes
                                                         : nullptr;
  const std::string word = Normalized(value);
  if (list == nullptr) return FlagNamed(word);
  for (const model::Code& code : list->codes) {
    if (word == Normalized(code.code) || word == Normalized(code.label)) {
      return code.code;
    }
  }
  for (const ValueWords& known : kValues) {
    if (column.name != known.column) continue;
    for (const absl::string_view one : absl::StrSplit(known.words.words, ' ')) {
      if (word == one) return known.words.meaning;
    }
  }
  return std::nullopt;
}

}  // namespace enthesis::client
