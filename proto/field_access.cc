// Writes a header of functions that copy the single whole numbers, flags and
// codes of the messages of one .proto file from and to members of the same
// names: what reflection does, at the price of an assignment, and names that
// drift apart do not compile. A tool of the build:
//
//   field_access DESCRIPTORS PROTO HEADER
//
// DESCRIPTORS is what `protoc --descriptor_set_out --include_imports` writes.

#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"

namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

constexpr char kIntroduction[] = R"(// Made of PROTO by proto/field_access.cc.

#pragma once

INCLUDES
namespace NAMESPACE {

template <typename Value, typename Member>
void ReadField(bool has, Value value, std::optional<Member>& to) {
  if (has) {
    to = static_cast<Member>(value);
  } else {
    to.reset();
  }
}

// ReadFields: members are absent where the message has no value, a code where
// it is unspecified. WriteFields: an absent member leaves the message alone.
)";

std::string Replace(std::string text, const std::string& from,
                    const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos;
       at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

bool IsWholeNumber(const FieldDescriptor& field) {
  const FieldDescriptor::CppType type = field.cpp_type();
  return !field.is_repeated() && (type == FieldDescriptor::CPPTYPE_INT32 ||
                                  type == FieldDescriptor::CPPTYPE_BOOL ||
                                  type == FieldDescriptor::CPPTYPE_ENUM);
}

void WriteMessage(const Descriptor& message, std::ostream& out) {
  std::ostringstream reads, writes;
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (!IsWholeNumber(field)) continue;
    const std::string& name = field.name();
    reads << "  ReadField("
          << (field.has_presence() ? "from.has_" + name + "()"
                                   : "from." + name + "() != 0")
          << ", from." << name << "(), to." << name << ");\n";
    writes << "  if (from." << name << ".has_value()) {\n    to.set_" << name
           << "(static_cast<decltype(to." << name << "())>(*from." << name
           << "));\n  }\n";
  }
  if (reads.str().empty()) return;
  out << "\ntemplate <typename Record>\nvoid ReadFields(const "
      << message.name() << "& from, Record& to) {\n"
      << reads.str() << "}\ntemplate <typename Record>\n"
      << "void WriteFields(const Record& from, " << message.name()
      << "& to) {\n"
      << writes.str() << "}\n";
}

int Fail(const std::string& what) {
  std::cerr << "field_access: " << what << "\n";
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return Fail("usage: field_access DESCRIPTORS PROTO HEADER");
  std::ifstream in(argv[1], std::ios::binary);
  google::protobuf::FileDescriptorSet files;
  if (!files.ParseFromIstream(&in)) {
    return Fail(std::string("no descriptors in ") + argv[1]);
  }
  google::protobuf::DescriptorPool pool;
  for (const auto& file : files.file()) pool.BuildFile(file);
  const FileDescriptor* file = pool.FindFileByName(argv[2]);
  if (file == nullptr) return Fail(std::string("no file ") + argv[2]);
  const std::string proto = argv[2];
  const std::string space = Replace(file->package(), ".", "::");
  std::ostringstream out;
  std::string includes;
  for (const std::string& name :
       {std::string("<optional>"),
        "\"" + proto.substr(0, proto.rfind('.')) + ".pb.h\""}) {
    includes += "#include " + name + "\n";
  }
  out << Replace(
      Replace(Replace(kIntroduction, "PROTO", proto), "INCLUDES", includes),
      "NAMESPACE", space);
  for (int i = 0; i < file->message_type_count(); ++i) {
    WriteMessage(*file->message_type(i), out);
  }
  out << "\n}  // namespace " << space << "\n";
  std::ofstream header(argv[3], std::ios::binary);
  header << out.str();
  header.close();
  return header ? 0 : Fail(std::string("cannot write ") + argv[3]);
}
