#include "client/mapping/known_words.h"

#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "client/mapping/made_cell.h"

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
     "patient_id patientid patienten_id patientennummer nip num_dossier"},
    {"patient_key", "patient_key person person_id mrn hospital_number fallnr"},
    {"event",
     "event event_name redcap_event_name visit visite visit_name zeitpunkt "
     "timepoint time_point besuch"},
    {"redcap_repeat_instance", "repeat_instance instance"},
    {"surgery_date",
     "surgery_date date_of_surgery op_date opdate op_datum opdatum "
     "operation_date operationsdatum date_op dos date_operation "
     "fecha_cirugia date_chirurgie"},
    {"surgery_year", "year_of_surgery op_jahr op_year surgery_year annee_op"},
    {"day",
     "visit_date visitdate date_of_visit besuch_datum besuchsdatum "
     "untersuchungsdatum follow_up_date fu_date assessment_date day days "
     "days_since_surgery day_after_surgery pod tag tage_nach_op "
     "fecha_visita date_visite"},
    {"age_years",
     "age age_years age_at_surgery alter alter_jahre edad dob date_of_birth "
     "birthdate birth_date geburtsdatum geb_datum fecha_nacimiento "
     "date_naissance"},
    {"sex", "sex gender geschlecht sexe sexo"},
    {"bmi", "bmi body_mass_index bmi_wert imc"},
    {"laterality", "side laterality seite op_seite cote lado affected_side"},
    {"pathology",
     "pathology location lokalisation ort site_of_pathology tendon_site"},
    {"diagnosis", "diagnosis diagnose diagnostic diagnostico"},
    {"diabetes", "diabetes dm"},
    {"smoking", "smoking smoker tobacco rauchen raucher tabac tabaco nikotin"},
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
     "konservativ_monate konservative_therapie_monate"},
    {"care_shockwave", "shockwave eswt stosswelle ondes_de_choc"},
    {"primary_procedure",
     "procedure primary_procedure operation surgery_type op_art eingriff "
     "type_of_surgery procedimiento intervention"},
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
     "schmerz schmerz_belastung douleur dolor"},
    {"pain_rest", "pain_rest vas_rest nrs_rest schmerz_ruhe vas_ruhe"},
    {"heel_rise_count", "heel_rises heel_rise heel_raise_count fersenheben"},
    {"satisfaction", "satisfaction zufriedenheit satisfaccion"},
    {"visa_a_total", "visa visa_a visaa visa_score visa_a_score visa_total"},
    {"identifying",
     "name first_name firstname last_name lastname surname full_name initials "
     "email e_mail phone telephone mobile address street city zip postcode "
     "vorname nachname familienname initialen telefon adresse strasse plz "
     "nom prenom nombre apellido ssn insurance_number versichertennummer"}};

// Values as a whole, by the column that they are of.
struct ValueWords {
  const char* column;
  Words words;
};
constexpr ValueWords kValues[] = {
    {"sex", {"female", "f w woman weiblich frau femme femenino mujer"}},
    {"sex", {"male", "m man maennlich mann homme masculin masculino hombre h"}},
    {"sex", {"other", "d x divers diverse"}},
    {"laterality", {"left", "l li links left_side gauche izquierda g"}},
    {"laterality", {"right", "r re rechts right_side droite derecha d"}},
    {"smoking", {"never", "no nein non nie never_smoker nichtraucher jamais"}},
    {"smoking", {"former", "ex exsmoker ex_smoker ehemals exraucher ancien"}},
    {"smoking", {"current", "yes ja oui smoker raucher aktuell si"}},
    {"diabetes", {"none", "no nein non keiner kein"}},
    {"diabetes", {"type_1", "1 t1 type1 typ_1 dm1"}},
    {"diabetes", {"type_2", "2 t2 type2 typ_2 dm2"}},
    {"pathology", {"midportion", "mid mid_portion non_insertional"}},
    {"pathology", {"insertional", "insertion ansatz insertionnel"}},
    {"pathology", {"combined", "both beide mixed"}},
    {"approach", {"open", "offen ouvert abierto"}},
    {"approach",
     {"minimally_invasive", "mis minimal minimalinvasiv percutaneous"}},
    {"approach", {"endoscopic", "endoskopisch arthroscopic endoscopique"}},
    {"sport_level", {"none", "no kein keiner inactive"}},
    {"sport_level", {"recreational", "hobby freizeit leisure loisir"}},
    {"sport_level", {"competitive", "wettkampf amateur competition"}},
    {"sport_level", {"professional", "pro profi elite"}},
    {"primary_procedure", {"zadek_osteotomy", "zadek"}},
    {"primary_procedure", {"fhl_transfer", "fhl"}},
    {"primary_procedure", {"debridement", "debridement_open debrid"}},
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
  const std::string plain = absl::StrReplaceAll(text, {{"\xC3\xA4", "ae"},
                                                       {"\xC3\xB6", "oe"},
                                                       {"\xC3\xBC", "ue"},
                                                       {"\xC3\x84", "ae"},
                                                       {"\xC3\x96", "oe"},
                                                       {"\xC3\x9C", "ue"},
                                                       {"\xC3\x9F", "ss"},
                                                       {"\xC3\xA9", "e"},
                                                       {"\xC3\xA8", "e"},
                                                       {"\xC3\xB4", "o"},
                                                       {"\xC3\xAD", "i"},
                                                       {"\xC3\xB3", "o"}});
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
  const auto known = HeaderMeanings().find(word);
  return known == HeaderMeanings().end() ? "" : known->second;
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
