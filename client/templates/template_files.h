// The files that a clinic starts from, made from the columns of the model:
// its code lists, ranges and meanings. client/templates/ holds what is printed.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_TEMPLATES_TEMPLATE_FILES_H_
#define ENTHESIS_CLIENT_TEMPLATES_TEMPLATE_FILES_H_

#include <string>

#include "absl/types/span.h"

namespace enthesis::client {

struct TemplateFile {
  const char* name;  // of `enthesis template NAME`
  const char* file;  // in client/templates
  const char* what;
  std::string (*text)();
};

// redcap, redcap-events, redcap-forms, redcap-map, csv, example.
absl::Span<const TemplateFile> TemplateFiles();

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_TEMPLATES_TEMPLATE_FILES_H_
