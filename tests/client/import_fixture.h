// A running registry and a clinic's file in the making, for tests of imports.

#ifndef ENTHESIS_TESTS_CLIENT_IMPORT_FIXTURE_H_
#define ENTHESIS_TESTS_CLIENT_IMPORT_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/csv_text.h"
#include "client/importer.h"
#include "registry/wire/resource_name.h"
#include "tests/client/programs.h"

namespace enthesis::client {

using Cells = std::map<std::string, std::string>;

inline Cells BaselineLine(const std::string& record) {
  return {{"record_id", record},
          {"event", "baseline"},
          {"surgery_date", "2022-03-04"},
          {"diagnosis", "tendinopathy"},
          {"pathology", "insertional"},
          {"laterality", "left"},
          {"age_years", "50"},
          {"sex", "female"},
          {"bmi", "27"},
          {"sport_level", "recreational"},
          {"care_months", "8"},
          {"primary_procedure", "debridement"},
          {"approach", "open"},
          {"visa_a_total", "48"}};
}

inline Cells VisitLine(const std::string& record, int day, int pain) {
  return {{"record_id", record},
          {"event", absl::StrCat("day_", day)},
          {"day", absl::StrCat(day)},
          {"pain_activity", absl::StrCat(pain)}};
}

// A file in the making, edited between imports.
struct Export {
  std::vector<Cells> lines;

  Cells& Line(const std::string& record, const std::string& event) {
    for (Cells& line : lines) {
      if (line["record_id"] == record && line["event"] == event) return line;
    }
    return lines.emplace_back();
  }

  std::string Text() const {
    std::vector<std::string> header;
    for (const Cells& line : lines) {
      for (const auto& [name, value] : line) {
        if (std::find(header.begin(), header.end(), name) == header.end()) {
          header.push_back(name);
        }
      }
    }
    std::string text;
    AppendCsvRow(header, text);
    for (const Cells& line : lines) {
      std::vector<std::string> row;
      for (const std::string& name : header) {
        const auto at = line.find(name);
        row.push_back(at == line.end() ? "" : at->second);
      }
      AppendCsvRow(row, text);
    }
    return text;
  }
};

class Import : public testing::Test {
 protected:
  static void SetUpTestSuite() { registry_ = new RegistryProcess; }
  static void TearDownTestSuite() {
    delete registry_;
    registry_ = nullptr;
  }

  // A site of its own for each test.
  void SetUp() override {
    static int n_sites = 0;
    site_ = absl::StrCat("site-", 100 + ++n_sites);
    ClientOptions options;
    options.server = registry_->address();
    client_ = RegistryClient::Connect(options);
    v1::CreateSiteRequest request;
    request.set_site_id(site_);
    request.mutable_site();
    const absl::Status status = client_->CreateSite(request).status();
    ASSERT_TRUE(status.ok()) << status;
  }

  ImportReport Run(const Export& file) { return RunText(file.Text()); }

  ImportReport RunText(const std::string& text) {
    ImportReport report;
    const absl::Status status = TryText(text, {}, report);
    EXPECT_TRUE(status.ok()) << status;
    return report;
  }

  absl::Status TryText(const std::string& text, const ImportOptions& options,
                       ImportReport& report) {
    auto read = ReadCaseFile(text, {});
    EXPECT_TRUE(read.ok()) << read.status();
    auto links = LinkFile::Open(LinkPath(), site_);
    EXPECT_TRUE(links.ok()) << links.status();
    return ImportFile(text, *read, **links, *client_, options, report);
  }

  std::string LinkPath() const { return folder_ / "links.tsv"; }

  Links ReadLinks() const { return *ParseLinks(ReadText(LinkPath())); }
  void WriteLinks(const Links& links) const {
    WriteText(LinkPath(), FormatLinks(links));
  }

  void Withdraw(const std::string& record) {
    v1::WithdrawCaseRequest request;
    request.set_name(Stored(record).name());
    request.set_reason(v1::WITHDRAWAL_REASON_CONSENT_WITHDRAWN);
    ASSERT_TRUE(client_->WithdrawCase(request).ok());
  }

  uint64_t LastCommit() {
    v1::ListCasesRequest request;
    request.set_parent("sites/" + site_);
    return client_->ListCases(request)->as_of();
  }

  v1::Case Stored(const std::string& record) {
    v1::GetCaseRequest request;
    request.set_name(
        wire::FormatCaseName(site_, ReadLinks().records[record].case_id));
    const auto answer = client_->GetCase(request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? answer->case_() : v1::Case();
  }

  // Changes a case behind the importer's back.
  void UpdateInRegistry(v1::Case record, const char* path) {
    v1::UpdateCaseRequest request;
    *request.mutable_case_() = std::move(record);
    request.mutable_update_mask()->add_paths(path);
    request.set_reason(v1::CORRECTION_REASON_SOURCE_CORRECTED);
    const auto answer = client_->UpdateCase(request);
    ASSERT_TRUE(answer.ok()) << answer.status();
  }

  size_t CountCases() {
    size_t n = 0;
    EXPECT_TRUE(client_
                    ->ForEachCase("sites/" + site_,
                                  [&](const v1::Case&) {
                                    ++n;
                                    return true;
                                  })
                    .ok());
    return n;
  }

  static inline RegistryProcess* registry_ = nullptr;
  TemporaryFolder folder_;
  std::string site_;
  std::unique_ptr<RegistryClient> client_;
};

// "2 created", "3 rejected: bmi, sex".
inline std::vector<std::string> Summary(const ImportReport& report) {
  std::vector<std::string> lines;
  for (const LineResult& line : report.lines) {
    std::string text = absl::StrCat(line.line, " ", NameOf(line.outcome));
    std::vector<std::string> columns;
    for (const CellFault& fault : line.faults) {
      EXPECT_EQ(fault.line, line.line);
      EXPECT_NE(fault.message, "");
      columns.push_back(fault.column);
    }
    if (!columns.empty()) {
      absl::StrAppend(&text, ": ", absl::StrJoin(columns, ", "));
    }
    lines.push_back(text);
  }
  return lines;
}

inline Export TwoRecords() {
  return {{BaselineLine("A"), VisitLine("A", 91, 4), VisitLine("A", 183, 2),
           BaselineLine("B"), VisitLine("B", 91, 5)}};
}

}  // namespace enthesis::client

#endif  // ENTHESIS_TESTS_CLIENT_IMPORT_FIXTURE_H_
