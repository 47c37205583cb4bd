// Writes a header of plain functions for the single whole numbers, flags and
// codes of the messages of one .proto file: what reflection does, at the price
// of a call. A tool of the build:
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

// A field of a message as a whole number: a flag as 0 and 1, a code as its
// number.
template <typename Message>
struct FieldAccess {
  const char* name;
  bool is_flag;
  // Absent where the message has no value; a code where it is unspecified.
  std::optional<int32_t> (*get)(const Message& message);
  void (*set)(int32_t value, Message& message);
};

// Those of a message, in the order of the file.
template <typename Message>
inline constexpr absl::Span<const FieldAccess<Message>> kFieldAccess = {};
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

void WriteField(const FieldDescriptor& field, const std::string& message,
                std::ostream& out) {
  const std::string& name = field.name();
  const bool is_flag = field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL;
  std::string value = "value";
  if (is_flag) value = "value != 0";
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    value = "static_cast<decltype(to." + name + "())>(value)";
  }
  out << "    {\"" << name << "\", " << (is_flag ? "true" : "false")
      << ",\n     [](const " << message
      << "& from) -> std::optional<int32_t> {\n       if ("
      << (field.has_presence() ? "!from.has_" + name + "()"
                               : "from." + name + "() == 0")
      << ") return std::nullopt;\n       return static_cast<int32_t>(from."
      << name << "());\n     },\n     [](int32_t value, " << message
      << "& to) { to.set_" << name << "(" << value << "); }},\n";
}

void WriteMessage(const Descriptor& message, std::ostream& out) {
  std::ostringstream fields;
  for (int i = 0; i < message.field_count(); ++i) {
    if (IsWholeNumber(*message.field(i))) {
      WriteField(*message.field(i), message.name(), fields);
    }
  }
  if (fields.str().empty()) return;
  const std::string all = "k" + message.name() + "Access";
  out << "\ninline constexpr FieldAccess<" << message.name() << "> " << all
      << "[] = {\n"
      << fields.str() << "};\ntemplate <>\ninline constexpr absl::Span<const "
      << "FieldAccess<" << message.name() << ">> kFieldAccess<"
      << message.name() << "> = " << all << ";\n";
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
       {std::string("<cstdint>"), std::string("<optional>"),
        std::string("\"absl/types/span.h\""),
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
