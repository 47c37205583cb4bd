#include "client/commands/completion.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace enthesis::client {
namespace {

// "/analyze/cox"; of the program "".
std::string PathOf(const ManualCommand& command) {
  return command.path.empty()
             ? ""
             : absl::StrCat("/", absl::StrJoin(command.path, "/"));
}

// Options that a line of `command` takes, those of the program included.
std::vector<const ManualOption*> OptionsOf(const ManualCommand& command,
                                           const ManualCommand& program) {
  std::vector<const ManualOption*> options;
  for (const ManualOption& option : command.options) {
    options.push_back(&option);
  }
  if (command.path.empty()) return options;
  for (const ManualOption& option : program.options) {
    const bool own = std::any_of(
        options.begin(), options.end(), [&](const ManualOption* other) {
          return other->names.back() == option.names.back();
        });
    if (!own && option.names.back() != "--version") options.push_back(&option);
  }
  return options;
}

std::string FlagsOf(const ManualCommand& command,
                    const ManualCommand& program) {
  std::vector<std::string> names;
  for (const ManualOption* option : OptionsOf(command, program)) {
    names.insert(names.end(), option->names.begin(), option->names.end());
  }
  return absl::StrJoin(names, " ");
}

std::string NamesBelow(const ManualCommand& command) {
  std::vector<std::string> names;
  for (const ManualCommand& below : command.commands) {
    names.push_back(below.path.back());
  }
  return absl::StrJoin(names, " ");
}

// The first clause of `text`, which fits a line of a list.
std::string Clause(const std::string& text) {
  size_t end = text.find_first_of(";:(");
  end = std::min(end, text.find(". "));
  std::string clause = text.substr(0, end);
  constexpr size_t kLongest = 70;
  if (clause.size() > kLongest) {
    clause.resize(std::min(clause.rfind(' ', kLongest), kLongest));
  }
  while (!clause.empty() && (clause.back() == ' ' || clause.back() == '.' ||
                             clause.back() == ',')) {
    clause.pop_back();
  }
  return clause;
}

// Where the text is the list of choices, the name says as much.
std::string Clause(const ManualOption& option) {
  if (!option.choices.empty() &&
      absl::StartsWith(option.text, option.choices[0])) {
    return std::string(absl::StripLeadingAsciiWhitespace(
        absl::StrReplaceAll(option.names.back(), {{"-", " "}})));
  }
  return Clause(option.text);
}

// In single quotes of a POSIX shell.
std::string Quoted(absl::string_view text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "'\\''"}}), "'");
}

// The value of one option in bash: sets `choices`, or completes and returns.
std::string BashValue(const ManualOption& option) {
  if (!option.choices.empty()) {
    return absl::StrCat("choices=", Quoted(absl::StrJoin(option.choices, " ")));
  }
  if (option.kind == ValueKind::kFile) return "kind=-f";
  if (option.kind == ValueKind::kFolder) return "kind=-d";
  return "kind=none";
}

}  // namespace

std::string BashCompletion(const ManualCommand& program) {
  std::string paths, values, words;
  for (const ManualCommand* command : AllCommands(program)) {
    const std::string path = PathOf(*command);
    if (!path.empty()) {
      absl::StrAppend(&paths, paths.empty() ? "" : " | ", path);
    }
    for (const ManualOption& option : command->options) {
      if (option.kind == ValueKind::kNone) continue;
      for (const std::string& name : option.names) {
        // Those of the program are for every command.
        absl::StrAppend(&values, "    ", path.empty() ? "*" : path, "' '", name,
                        ") ", BashValue(option), " ;;\n");
      }
    }
    const bool reads = std::any_of(
        command->positionals.begin(), command->positionals.end(),
        [](const ManualOption& p) { return p.kind == ValueKind::kFile; });
    std::string positional = NamesBelow(*command);
    for (const ManualOption& option : command->positionals) {
      absl::StrAppend(&positional, positional.empty() ? "" : " ",
                      absl::StrJoin(option.choices, " "));
    }
    absl::StrAppend(&words, "    ", Quoted(path),
                    ") flags=", Quoted(FlagsOf(*command, program)),
                    " choices=", Quoted(positional), reads ? " kind=-f" : "",
                    " ;;\n");
  }
  return absl::StrCat(R"(# bash completion of enthesis, made by it:
#   enthesis completion bash >/usr/share/bash-completion/completions/enthesis
_enthesis() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
  local path='' choices='' flags='' kind='' before='' i
  # Bash makes words of --flag=value.
  if [[ $cur == = ]]; then
    cur=''
  elif [[ $prev == = ]]; then
    prev=${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case $path/${COMP_WORDS[i]} in
    )",
                      paths, ") path+=/${COMP_WORDS[i]} ;;\n",
                      R"(    esac
  done
  case $path' '$prev in
)",
                      values, R"(  esac
  if [[ -z $kind$choices ]]; then
    case $path in
)",
                      words, R"(    esac
    if [[ $cur == -* ]]; then choices=$flags kind=''; fi
  fi
  if [[ $kind == -? ]]; then
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen "$kind" -- "$cur")
    return
  fi
  # In a list the last entry is completed, with what is not yet there.
  if [[ $cur == *,* ]]; then
    before=${cur%,*},
    local left='' choice
    for choice in $choices; do
      [[ ,$before == *,"$choice",* ]] || left+="$choice "
    done
    choices=$left
  fi
  mapfile -t COMPREPLY < <(compgen -P "$before" -W "$choices" -- "${cur##*,}")
}
complete -F _enthesis enthesis
)");
}

namespace {

// Within '...' of a spec of _arguments.
std::string ZshText(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"\\", "\\\\"},
                                    {"'", "'\\''"},
                                    {"[", "\\["},
                                    {"]", "\\]"},
                                    {":", "\\:"}});
}

bool IsList(const ManualOption& option) {
  return absl::StrContains(option.value, ",") || option.value == "NAMES" ||
         option.value == "DIMS";
}

std::string ZshAction(const ManualOption& option) {
  if (!option.choices.empty()) {
    return IsList(option)
               ? absl::StrCat("_values -s , ", option.value, " ",
                              absl::StrJoin(option.choices, " "))
               : absl::StrCat("(", absl::StrJoin(option.choices, " "), ")");
  }
  switch (option.kind) {
    case ValueKind::kFile:
      return "_files";
    case ValueKind::kFolder:
      return "_files -/";
    default:
      return " ";
  }
}

void AddZshFunction(const ManualCommand& command, const ManualCommand& program,
                    std::string& script) {
  absl::StrAppend(&script, "\n", "_", CommandName(command, "_"),
                  "() {\n  local line state\n  _arguments -C");
  for (const ManualOption* option : OptionsOf(command, program)) {
    for (const std::string& name : option->names) {
      const std::string value = option->kind == ValueKind::kNone
                                    ? ""
                                    : absl::StrCat(":", ZshText(option->value),
                                                   ":", ZshAction(*option));
      absl::StrAppend(&script, " \\\n    '", option->repeats ? "*" : "", name,
                      value.empty() || name.size() == 2 ? "" : "=", "[",
                      ZshText(Clause(*option)), "]", value, "'");
    }
  }
  for (const ManualOption& positional : command.positionals) {
    absl::StrAppend(&script, " \\\n    '", positional.repeats ? "*" : "", ":",
                    ZshText(positional.names[0]), ":", ZshAction(positional),
                    "'");
  }
  if (command.commands.empty()) {
    absl::StrAppend(&script, "\n}\n");
    return;
  }
  absl::StrAppend(&script, " \\\n    '1:command:((");
  for (const ManualCommand& below : command.commands) {
    // Within (( )) it is read twice.
    absl::StrAppend(&script, below.path.back(), "\\:", "\"",
                    absl::StrReplaceAll(ZshText(Clause(below.text)),
                                        {{"\"", ""}, {"`", ""}}),
                    "\" ");
  }
  absl::StrAppend(&script,
                  "))' \\\n    '*::argument:->below'\n  case $line[1] in\n");
  for (const ManualCommand& below : command.commands) {
    absl::StrAppend(&script, "    ", below.path.back(), ") _",
                    CommandName(below, "_"), " ;;\n");
  }
  absl::StrAppend(&script, "  esac\n}\n");
}

std::string FishText(absl::string_view text) {
  return absl::StrCat(
      "'", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"'", "\\'"}}), "'");
}

void AddFishOption(const ManualOption& option, const std::string& condition,
                   std::string& script) {
  absl::StrAppend(&script, "complete -c enthesis", condition);
  for (const std::string& name : option.names) {
    if (name.size() == 2) absl::StrAppend(&script, " -s ", name.substr(1));
    if (name.size() > 2) absl::StrAppend(&script, " -l ", name.substr(2));
  }
  if (!option.choices.empty()) {
    absl::StrAppend(&script, " -x -a ",
                    FishText(absl::StrJoin(option.choices, " ")));
  } else if (option.kind == ValueKind::kFile) {
    absl::StrAppend(&script, " -r -F");
  } else if (option.kind == ValueKind::kFolder) {
    absl::StrAppend(&script, " -x -a '(__fish_complete_directories)'");
  } else if (option.kind == ValueKind::kText) {
    absl::StrAppend(&script, " -x");
  }
  absl::StrAppend(&script, " -d ", FishText(Clause(option)), "\n");
}

}  // namespace

std::string ZshCompletion(const ManualCommand& program) {
  std::string script =
      "#compdef enthesis\n"
      "# zsh completion of enthesis, made by it:\n"
      "#   enthesis completion zsh >/usr/local/share/zsh/site-functions/"
      "_enthesis\n";
  for (const ManualCommand* command : AllCommands(program)) {
    AddZshFunction(*command, program, script);
  }
  return absl::StrCat(script,
                      "\nif [ \"$funcstack[1]\" = _enthesis ]; then\n"
                      "  _enthesis \"$@\"\nelse\n"
                      "  compdef _enthesis enthesis\nfi\n");
}

std::string FishCompletion(const ManualCommand& program) {
  std::string paths, script;
  for (const ManualCommand* command : AllCommands(program)) {
    const std::string path = PathOf(*command);
    if (!path.empty()) absl::StrAppend(&paths, " ", path);
    // Those of the program are for every command.
    const std::string condition =
        absl::StrCat(" -n '__enthesis_is \"", path, "\"'");
    for (const ManualOption& option : command->options) {
      AddFishOption(option, path.empty() ? "" : condition, script);
    }
    for (const ManualOption& positional : command->positionals) {
      absl::StrAppend(&script, "complete -c enthesis", condition,
                      positional.kind == ValueKind::kFile
                          ? std::string(" -F")
                          : absl::StrCat(" -a ", FishText(absl::StrJoin(
                                                     positional.choices, " "))),
                      "\n");
    }
    for (const ManualCommand& below : command->commands) {
      absl::StrAppend(&script, "complete -c enthesis", condition, " -a ",
                      below.path.back(), " -d ", FishText(Clause(below.text)),
                      "\n");
    }
  }
  return absl::StrCat(R"(# fish completion of enthesis, made by it:
#   enthesis completion fish >/usr/share/fish/vendor_completions.d/enthesis.fish
function __enthesis_is
    set -l path ''
    set -l words (commandline -opc)
    for word in $words[2..-1]
        switch "$path/$word"
            case)",
                      paths, R"(
                set path "$path/$word"
        end
    end
    test "$path" = "$argv[1]"
end
complete -c enthesis -f
)",
                      script);
}

}  // namespace enthesis::client
