#include "client/mapping/known_words.h"

#include <map>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "client/mapping/header_parts.h"
#include "client/mapping/visit_words.h"

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
     "bezoek suivi tijdstip ereignis evento evenement gebeurtenis moment "
     "meetmoment termin termine cita"},
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
     "pathology ort site_of_pathology tendon_site pathologie patologia"},
    {"diagnosis", "diagnosis diagnose diagnostic diagnostico diagnosi"},
    {"diabetes",
     "diabetes dm diabete diabetes_mellitus diabete_mellito diabete_sucre"},
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
    {"care_corticosteroid_injections",
     "corticosteroid_injections cortisone cortison kortison cortisona "
     "cortisone_injections kortisoninjektionen cortison_injektionen "
     "infiltrations_cortisone infiltraciones_corticoides "
     "infiltrazioni_cortisone cortisone_injecties"},
    {"care_platelet_rich_plasma_injections",
     "prp prp_injections prp_injektionen injections_prp infiltraciones_prp "
     "infiltrazioni_prp prp_injecties"},
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
    {"smoking",
     {"never",
      "no nein non nie never_smoker nichtraucher jamais non_fumeur nunca "
      "no_fumador mai non_fumatore nooit niet_roker non_smoker"}},
    {"smoking",
     {"former",
      "ex exsmoker ex_smoker ehemals ehemalig exraucher ex_raucher ancien "
      "ancien_fumeur ex_fumeur exfumador ex_fumador ex_fumatore vroeger "
      "gestopt ex_roker"}},
    {"smoking",
     {"current",
      "yes ja oui smoker raucher aktuell si fumeur actuel fumador actual "
      "fumatore attuale roker huidig"}},
    {"diabetes",
     {"none", "no nein non keiner kein nee geen aucun ninguna nessuno"}},
    {"diabetes", {"type_1", "1 t1 type1 typ_1 dm1 tipo_1"}},
    {"diabetes", {"type_2", "2 t2 type2 typ_2 dm2 tipo_2"}},
    {"complication_kind",
     {"wound_dehiscence",
      "dehiscence wunddehiszenz dehiszenz dehiscencia deiscenza "
      "wonddehiscentie"}},
    {"complication_kind", {"sural_nerve", "suralis sural nervus_suralis"}},
    {"complication_kind",
     {"deep_vein_thrombosis",
      "dvt tvt tvp thrombosis thrombose trombosis trombosi trombose"}},
    {"complication_kind",
     {"pulmonary_embolism",
      "lungenembolie embolie_pulmonaire embolia_pulmonar embolia_polmonare "
      "longembolie"}},
    {"complication_kind",
     {"nonunion", "pseudarthrose pseudarthrosis pseudoartrosis pseudoartrosi"}},
    {"complication_kind", {"rupture", "ruptur rotura rottura ruptuur"}},
    {"complication_kind", {"recurrence", "rezidiv recidive recidiva recidief"}},
    {"complication_kind",
     {"scar_pain", "narbenschmerz douleur_cicatricielle littekenpijn"}},
    {"complication_kind",
     {"complex_regional_pain", "crps algodystrophie sudeck"}},
    {"complication_kind",
     {"other", "andere anderes autre otra otro altra altro anders"}},
    {"reoperation_kind",
     {"implant_removal",
      "metallentfernung schraubenentfernung hardware_removal ablation_materiel "
      "retirada_material rimozione_mezzi materiaalverwijdering"}},
    {"pathology",
     {"midportion",
      "mid mid_portion non_insertional mittleres_drittel corporeale "
      "corps cuerpo corporal no_insercional corpo non_inserzionale "
      "niet_insertioneel"}},
    {"pathology",
     {"insertional",
      "insertion ansatz ansatznah insertionnel insertionnelle insercional "
      "insercion inserzionale inserzione insertie insertioneel"}},
    {"pathology",
     {"combined",
      "both beide mixed kombiniert mixte combinado combinata "
      "gecombineerd"}},
    {"approach",
     {"open", "offen ouvert ouverte abierto abierta aperto aperta"}},
    {"approach",
     {"minimally_invasive",
      "mis minimal minimalinvasiv percutaneous mini_invasif mini_invasive "
      "mininvasivo minimamente_invasivo minimaal_invasief percutan "
      "percutanee percutaneo percutanea percutaan minimalement_invasive "
      "minimamente_invasiva"}},
    {"approach",
     {"endoscopic",
      "endoskopisch arthroskopisch arthroscopic endoscopique endoscopico "
      "endoscopica endoscopisch artroscopico"}},
    {"sport_level",
     {"none", "no kein keiner inactive aucun ninguno nessuno geen"}},
    {"sport_level",
     {"recreational",
      "hobby freizeit freizeitsport leisure loisir recreatief "
      "recreativo amatoriale ocio"}},
    {"sport_level",
     {"competitive",
      "wettkampf wettkampfsport amateur competition competitie "
      "competicion competitivo agonistico agonismo"}},
    {"sport_level",
     {"professional",
      "pro profi elite professionnel professionista "
      "profesional professioneel"}},
    {"primary_procedure",
     {"zadek_osteotomy",
      "zadek zadek_osteotomie osteotomie_zadek osteotomie_de_zadek "
      "osteotomia_zadek osteotomia_de_zadek"}},
    {"primary_procedure",
     {"fhl_transfer", "fhl fhl_transposition transfert_fhl transferencia_fhl"}},
    {"primary_procedure", {"scraping_plantaris", "scraping peignage"}},
    {"primary_procedure",
     {"calcaneoplasty",
      "haglund haglund_resektion kalkaneoplastik calcaneoplastie "
      "calcaneoplastia calcaneoplastiek calcaneoplastik"}},
    {"primary_procedure",
     {"retrocalcaneal_bursectomy",
      "bursektomie bursectomie bursectomia bursectomy"}},
    {"primary_procedure",
     {"gastrocnemius_recession", "strayer gastrocnemius gastroc"}},
    {"primary_procedure",
     {"debridement",
      "debridement_open debrid desbridamiento sbrigliamento nettoyage"}},
    {"sport",
     {"running",
      "laufen lauf jogging course course_pied correr carrera corsa "
      "hardlopen"}},
    {"sport", {"jumping", "springen sprung saut salto"}},
    {"sport",
     {"court",
      "tennis tenis badminton squash basketball baloncesto basket padel"}},
    {"sport",
     {"field",
      "football fussball futbol calcio voetbal soccer rugby hockey handball"}},
    {"sport",
     {"endurance_low_impact",
      "radfahren rad cycling cyclisme velo ciclismo wielrennen fietsen "
      "schwimmen swimming natation natacion nuoto zwemmen rudern rowing"}},
    {"sport", {"none", "kein keiner aucun ninguno nessuno geen"}},
    {"status", {"active", "aktiv actif activo attivo actief"}},
    {"satisfaction",
     {"very_satisfied",
      "sehr_zufrieden tres_satisfait tres_satisfaite muy_satisfecho "
      "muy_satisfecha molto_soddisfatto molto_soddisfatta zeer_tevreden"}},
    {"satisfaction",
     {"satisfied",
      "zufrieden satisfait satisfaite satisfecho satisfecha soddisfatto "
      "soddisfatta tevreden"}},
    {"satisfaction", {"neutral", "neutral_teils neutre neutro neutraal"}},
    {"satisfaction",
     {"dissatisfied",
      "unzufrieden insatisfait insatisfaite insatisfecho insatisfecha "
      "insoddisfatto insoddisfatta ontevreden"}},
    {"satisfaction",
     {"very_dissatisfied",
      "sehr_unzufrieden tres_insatisfait tres_insatisfaite muy_insatisfecho "
      "muy_insatisfecha molto_insoddisfatto molto_insoddisfatta "
      "zeer_ontevreden"}},
    {"diagnosis", {"tendinopathy", "achilles_tendinopathy tendinopathie"}}};

using Meanings = std::map<std::string, std::string, std::less<>>;

const Meanings& HeaderMeanings() {
  static const Meanings& meanings = *[] {
    auto* all = new Meanings;
    for (const Words& known : kHeaders) {
      for (const absl::string_view word : absl::StrSplit(known.words, ' ')) {
        all->emplace(word, known.meaning);
        all->emplace(Condensed(word), known.meaning);
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

// The name of a column in the table: without the number of an event.
std::string NameInTable(const Column& column) {
  switch (column.kind) {
    case ColumnKind::kComplication:
      return absl::StrCat("complication_", column.info->name);
    case ColumnKind::kReoperation:
      return absl::StrCat("reoperation_", column.info->name);
    default:
      return column.name;
  }
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
  for (const std::string& known : {word, Condensed(word)}) {
    const auto meaning = HeaderMeanings().find(known);
    if (meaning != HeaderMeanings().end()) return meaning->second;
  }
  const std::string target = TargetOfParts(word);
  // What stands in parentheses is a unit mostly: "Leeftijd (jaren)".
  const size_t parenthesis = header.find('(');
  if (!target.empty() || parenthesis == absl::string_view::npos ||
      parenthesis == 0) {
    return target;
  }
  return TargetNamed(header.substr(0, parenthesis));
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

bool NamesInjection(absl::string_view header) {
  const std::string word = Normalized(header);
  for (const char* part : {"injection", "injektion", "injecti", "inyeccion",
                           "iniezion", "infiltra", "spritze"}) {
    if (absl::StrContains(word, part)) return true;
  }
  return false;
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
  const std::string condensed = Condensed(word), name = NameInTable(column);
  for (const ValueWords& known : kValues) {
    if (name != known.column) continue;
    for (const absl::string_view one : absl::StrSplit(known.words.words, ' ')) {
      if (word == one || condensed == Condensed(one)) {
        return known.words.meaning;
      }
    }
  }
  return std::nullopt;
}

bool NamesNone(absl::string_view value) {
  return IsAmong(Normalized(value),
                 "0 no none nein kein keine keiner non aucun aucune ninguna "
                 "ninguno nessuna nessuno nee geen");
}

}  // namespace enthesis::client
