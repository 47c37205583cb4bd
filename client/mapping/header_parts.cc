#include "client/mapping/header_parts.h"

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/mapping/visit_words.h"

namespace enthesis::client {
namespace {

constexpr char kFillers[] =
    "d de du des del della dell dello di da do le la les l el los las il lo "
    "der die das dem den of the at van het een in im am zum zur bei beim a au "
    "aux en y et und and voie via";
// A word may have an ending of so many letters, if it is a longer one.
constexpr size_t kEnding = 3;
constexpr size_t kShortWord = 3;

struct Concept {
  const char* name;
  const char* words;  // separated by spaces
};
constexpr Concept kConcepts[] = {
    {"date", "date datum dat fecha data"},
    {"year", "year jahr annee ano anno jaar"},
    {"months", "months month monate monat mois meses mesi maanden mnd"},
    {"surgery",
     "op ok surgery surgical operation operations operacion operatoire "
     "operazione operatie oper opere operado operato geopereerde operierte "
     "chirurgie chirurgia chirurgical cirugia intervention intervencion "
     "intervento eingriff eingriffs eingriffe ingreep ingrepen"},
    {"visit",
     "visit visite visita besuch besuchs bezoek kontroll kontrolle control "
     "controle controllo consultation konsultation consulta consult suivi "
     "seguimiento revision review untersuchung untersuchungs nachuntersuchung "
     "followup follow up fu assessment"},
    {"visa", "visa visaa"},
    {"total",
     "total gesamt gesamtwert totaal totale summe sum score scores punkte "
     "points punti puntos punten puntaje punteggio puntuacion totaalscore "
     "totalscore gesamtscore resultat"},
    {"pain",
     "pain nrs vas eva schmerz schmerzen douleur douleurs dolor dolore pijn"},
    {"rest", "rest ruhe repos reposo riposo rust"},
    {"load",
     "activity aktivitaet activite actividad attivita activiteit effort "
     "esfuerzo sforzo belastung belastungs belasting inspanning load"},
    {"sport", "sport sports sportif sportive sportivo deporte deportivo"},
    {"level", "level niveau nivel livello"},
    {"kind",
     "type typ tipo art soort verfahren technik technique tecnica techniek"},
    {"symptom",
     "symptom symptoms symptome symptomes sintomas sintomi beschwerde "
     "beschwerden klachten"},
    {"duration",
     "duration dauer duree duracion durata duur zeit time temps tiempo tempo "
     "tijd"},
    {"conservative",
     "conservative conservateur conservador conservativo conservatief "
     "conservatieve konservativ konservative"},
    {"care",
     "care therapy therapie terapia behandlung traitement tratamiento "
     "trattamento behandeling treatment"},
    {"number", "nr no num numero number nummer id kennung code n kenn"},
    {"person",
     "patient patienten paciente paziente proband subject participant pat"},
    {"record",
     "fall case dossier historia cartella dossiernummer studie study record "
     "akte"},
    {"place",
     "location localisation localizacion localizzazione lokalisation locatie "
     "localisatie sede"},
    {"tendon", "tendon sehne sehnen pees tendine"},
    {"approach",
     "approach abord zugang zugangs abordaje benadering accesso toegang"},
    {"side",
     "side seite cote lado lato zijde kant laterality lateralite "
     "lateralidad"},
    {"age", "age alter edad eta leeftijd"},
    {"satisfaction",
     "satisfaction zufriedenheit patientenzufriedenheit satisfaccion "
     "soddisfazione tevredenheid tevreden zufrieden satisfait satisfecho"},
    {"smoking",
     "smoking rauchen raucher tabac tabagisme tabaco tabaquismo fumo roken "
     "rook rauch"},
    {"status", "status statut stato estado"},
    {"additional",
     "additional concomitant zusatz begleit bijkomende bijkomend associe "
     "associes asociado asociados aggiuntivi"},
    {"diabetes", "diabetes diabete diabet zuckerkrankheit suikerziekte"},
    {"complication",
     "complication komplikation complicacion complicazion complicanz "
     "complicati"},
    {"reoperation",
     "reoperation reop reintervention reintervencion reintervento "
     "reoperacion reoperatie heroperatie zweiteingriff revisionseingriff "
     "revisionsoperation"},
    {"grade",
     "grade grad schweregrad severity gravite gravedad gravita ernst "
     "clavien"}};

// Of the complications and reoperations of an assessment.
struct EventRecipe {
  const char* group;
  const char* field;
  const char* concepts;
};
constexpr EventRecipe kEventRecipes[] = {
    {"complication", "kind", "complication"},
    {"complication", "kind", "complication kind"},
    {"complication", "day", "complication date"},
    {"complication", "grade", "complication grade"},
    {"reoperation", "kind", "reoperation"},
    {"reoperation", "kind", "kind reoperation"},
    {"reoperation", "day", "date reoperation"}};

struct Recipe {
  const char* target;
  const char* concepts;  // names in the order of the alphabet
};
constexpr Recipe kRecipes[] = {
    {"surgery_date", "date surgery"},
    {"surgery_year", "surgery year"},
    {"day", "date visit"},
    {"visa_a_total", "visa"},
    {"visa_a_total", "total visa"},
    {"pain_activity", "pain"},
    {"pain_activity", "load pain"},
    {"pain_rest", "pain rest"},
    {"sport", "kind sport"},
    {"sport_level", "level sport"},
    {"symptom_duration_months", "duration symptom"},
    {"symptom_duration_months", "duration months symptom"},
    {"symptom_duration_months", "months symptom"},
    {"care_months", "care conservative duration"},
    {"care_months", "care conservative duration months"},
    {"care_months", "care conservative months"},
    {"care_months", "conservative duration"},
    {"care_months", "conservative duration months"},
    {"care_months", "conservative months"},
    {"record_id", "number person"},
    {"record_id", "number record"},
    {"record_id", "number person record"},
    {"pathology", "place"},
    {"pathology", "place tendon"},
    {"approach", "approach"},
    {"approach", "approach surgery"},
    {"primary_procedure", "kind surgery"},
    {"concomitant_procedures", "additional surgery"},
    {"operating_minutes", "duration surgery"},
    {"laterality", "side"},
    {"laterality", "side surgery"},
    {"age_years", "age"},
    {"age_years", "age surgery"},
    {"satisfaction", "satisfaction"},
    {"satisfaction", "person satisfaction"},
    {"diabetes", "diabetes"},
    {"diabetes", "diabetes kind"},
    {"diabetes", "diabetes status"},
    {"smoking", "smoking"},
    {"smoking", "smoking status"}};

using Names = std::set<std::string>;

// The concepts of the words that `part` is put together from, each with a
// short ending: "beschwerdedauer" is beschwerde and dauer. Absent where it is
// not made of such words.
std::optional<Names> ConceptsOf(absl::string_view part, int n_words = 0) {
  if (part.empty()) return Names();
  if (n_words == 3) return std::nullopt;
  for (const Concept& one : kConcepts) {
    for (const absl::string_view word : absl::StrSplit(one.words, ' ')) {
      absl::string_view rest = part;
      if (!absl::ConsumePrefix(&rest, word)) continue;
      // A letter is a word alone, and no part of one.
      if (word.size() == 1 && part.size() > 1) continue;
      const size_t most = word.size() > kShortWord ? kEnding : 0;
      for (size_t ending = 0; ending <= std::min(most, rest.size()); ++ending) {
        auto others = ConceptsOf(rest.substr(ending), n_words + 1);
        if (!others.has_value()) continue;
        others->insert(one.name);
        return others;
      }
    }
  }
  return std::nullopt;
}

std::optional<Names> ConceptsOfHeader(absl::string_view word) {
  Names names;
  for (const std::string& part : PartsOf(word)) {
    if (IsAmong(part, kFillers)) continue;
    const auto some = ConceptsOf(part);
    if (!some.has_value()) return std::nullopt;
    names.insert(some->begin(), some->end());
  }
  return names;
}

std::string TargetOf(const Names& names) {
  const std::string wanted = absl::StrJoin(names, " ");
  for (const Recipe& recipe : kRecipes) {
    if (wanted == recipe.concepts) return recipe.target;
  }
  return "";
}

}  // namespace

std::string Condensed(absl::string_view word) {
  std::string text;
  for (const absl::string_view part : absl::StrSplit(word, '_')) {
    if (!IsAmong(part, kFillers)) absl::StrAppend(&text, part);
  }
  return text;
}

std::string TargetOfParts(absl::string_view word) {
  std::optional<Names> names = ConceptsOfHeader(word);
  if (!names.has_value()) return "";
  std::string target = TargetOf(*names);
  // What was measured at a visit is what was measured.
  if (target.empty() && names->erase("visit") > 0 &&
      names->count("date") == 0) {
    target = TargetOf(*names);
  }
  return target;
}

std::string EventColumnNamed(absl::string_view word) {
  std::string letters, number = "1";
  bool numbered = false;
  for (const std::string& part : PartsOf(word)) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(part[0]))) {
      absl::StrAppend(&letters, letters.empty() ? "" : "_", part);
      continue;
    }
    if (numbered || part[0] == '0') return "";
    numbered = true;
    number = part;
  }
  const std::optional<Names> names = ConceptsOfHeader(letters);
  if (!names.has_value()) return "";
  const std::string wanted = absl::StrJoin(*names, " ");
  for (const EventRecipe& recipe : kEventRecipes) {
    if (wanted != recipe.concepts) continue;
    return absl::StrCat(recipe.group, "_", number, "_", recipe.field);
  }
  return "";
}

bool IsKeyAlone(absl::string_view word) {
  return IsAmong(word,
                 "patient patiente paciente paziente pat proband dossier fall "
                 "case historia cartella akte");
}

bool IsDateAlone(absl::string_view word) {
  return ConceptsOfHeader(word) == Names{"date"};
}

}  // namespace enthesis::client
