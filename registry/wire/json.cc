#include "registry/wire/json.h"

#include <charconv>
#include <cmath>
#include <map>
#include <memory>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/field_mask.pb.h"

namespace enthesis::wire {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::string Quote(absl::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        quoted += "\\\"";
        break;
      case '\\':
        quoted += "\\\\";
        break;
      case '\n':
        quoted += "\\n";
        break;
      case '\t':
        quoted += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          absl::StrAppendFormat(&quoted, "\\u%04x", static_cast<int>(c));
        } else {
          quoted += c;
        }
    }
  }
  return quoted + "\"";
}

template <typename T>
std::string FormatReal(T value) {
  if (!std::isfinite(value)) return "null";
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return std::string(buffer, end);
}

std::string FormatCode(const FieldDescriptor* field, int number) {
  const EnumValueDescriptor* value =
      field->enum_type()->FindValueByNumber(number);
  if (value == nullptr) return absl::StrCat(number);
  absl::string_view prefix = field->enum_type()->value(0)->name();
  if (!absl::ConsumeSuffix(&prefix, "UNSPECIFIED")) prefix = "";
  return Quote(absl::AsciiStrToLower(absl::StripPrefix(value->name(), prefix)));
}

class Printer {
 public:
  explicit Printer(JsonStyle style) : pretty_(style == JsonStyle::kPretty) {}

  void PrintMessage(const Message& message) {
    const std::string& type = message.GetDescriptor()->full_name();
    if (type == "google.protobuf.Any") {
      PrintAny(static_cast<const google::protobuf::Any&>(message));
    } else if (type == "google.protobuf.FieldMask") {
      out_ += Quote(absl::StrJoin(
          static_cast<const google::protobuf::FieldMask&>(message).paths(),
          ","));
    } else if (type == "google.protobuf.Duration") {
      const auto& duration =
          static_cast<const google::protobuf::Duration&>(message);
      out_ += Quote(
          absl::StrCat(FormatReal(static_cast<double>(duration.seconds()) +
                                  duration.nanos() / 1e9),
                       "s"));
    } else {
      Open('{');
      PrintFields(message);
      Close('}');
    }
  }

  std::string Take() { return std::move(out_); }

 private:
  void Open(char bracket) {
    out_ += bracket;
    ++depth_;
    first_ = true;
  }

  void Close(char bracket) {
    --depth_;
    if (!first_) BreakLine();
    first_ = false;
    out_ += bracket;
  }

  void BreakLine() {
    if (pretty_) absl::StrAppend(&out_, "\n", std::string(2 * depth_, ' '));
  }

  void NextElement() {
    if (!first_) out_ += ',';
    first_ = false;
    BreakLine();
  }

  void NextMember(absl::string_view name) {
    NextElement();
    absl::StrAppend(&out_, Quote(name), pretty_ ? ": " : ":");
  }

  void PrintFields(const Message& message) {
    const auto& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor* field = type.field(i);
      if (!IsPrinted(message, field)) continue;
      NextMember(field->json_name());
      if (field->is_map()) {
        PrintMap(message, field);
      } else if (field->is_repeated()) {
        PrintList(message, field);
      } else {
        PrintValue(message, field);
      }
    }
  }

  static bool IsPrinted(const Message& message, const FieldDescriptor* field) {
    if (field->is_repeated()) return true;
    if (message.GetReflection()->HasField(message, field)) return true;
    if (field->has_presence()) return false;
    return field->cpp_type() != FieldDescriptor::CPPTYPE_STRING &&
           field->cpp_type() != FieldDescriptor::CPPTYPE_ENUM;
  }

  void PrintAny(const google::protobuf::Any& any) {
    absl::string_view name = any.type_url();
    name.remove_prefix(name.rfind('/') + 1);
    Open('{');
    NextMember("@type");
    out_ += Quote(any.type_url());
    const auto* type = google::protobuf::DescriptorPool::generated_pool()
                           ->FindMessageTypeByName(std::string(name));
    if (type != nullptr) {
      const std::unique_ptr<Message> message(
          google::protobuf::MessageFactory::generated_factory()
              ->GetPrototype(type)
              ->New());
      if (message->ParseFromString(any.value())) PrintFields(*message);
    }
    Close('}');
  }

  void PrintMap(const Message& message, const FieldDescriptor* field) {
    // Only text to text occurs (google.rpc.ErrorInfo.metadata).
    std::map<std::string, std::string> sorted;
    const Reflection& reflection = *message.GetReflection();
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      const Message& entry = reflection.GetRepeatedMessage(message, field, i);
      const Reflection& parts = *entry.GetReflection();
      sorted[parts.GetString(entry, field->message_type()->map_key())] =
          parts.GetString(entry, field->message_type()->map_value());
    }
    Open('{');
    for (const auto& [key, value] : sorted) {
      NextMember(key);
      out_ += Quote(value);
    }
    Close('}');
  }

  void PrintList(const Message& message, const FieldDescriptor* field) {
    const Reflection& reflection = *message.GetReflection();
    const int size = reflection.FieldSize(message, field);
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
        field->message_type()->full_name() == "enthesis.v1.GroupValue") {
      const FieldDescriptor* name = field->message_type()->field(0);
      const FieldDescriptor* value = field->message_type()->field(1);
      Open('{');
      for (int i = 0; i < size; ++i) {
        const Message& entry = reflection.GetRepeatedMessage(message, field, i);
        const Reflection& parts = *entry.GetReflection();
        NextMember(parts.GetString(entry, name));
        out_ += Quote(parts.GetString(entry, value));
      }
      Close('}');
      return;
    }
    Open('[');
    for (int i = 0; i < size; ++i) {
      NextElement();
      PrintElement(message, field, i);
    }
    Close(']');
  }

  void PrintElement(const Message& message, const FieldDescriptor* field,
                    int index) {
    const Reflection& reflection = *message.GetReflection();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        PrintMessage(reflection.GetRepeatedMessage(message, field, index));
        return;
      case FieldDescriptor::CPPTYPE_STRING:
        out_ += Quote(reflection.GetRepeatedString(message, field, index));
        return;
      case FieldDescriptor::CPPTYPE_ENUM:
        out_ += FormatCode(
            field, reflection.GetRepeatedEnumValue(message, field, index));
        return;
      case FieldDescriptor::CPPTYPE_DOUBLE:
        out_ += FormatReal(reflection.GetRepeatedDouble(message, field, index));
        return;
      case FieldDescriptor::CPPTYPE_FLOAT:
        out_ += FormatReal(reflection.GetRepeatedFloat(message, field, index));
        return;
      case FieldDescriptor::CPPTYPE_BOOL:
        out_ += reflection.GetRepeatedBool(message, field, index) ? "true"
                                                                  : "false";
        return;
      case FieldDescriptor::CPPTYPE_INT32:
        absl::StrAppend(&out_,
                        reflection.GetRepeatedInt32(message, field, index));
        return;
      case FieldDescriptor::CPPTYPE_UINT32:
        absl::StrAppend(&out_,
                        reflection.GetRepeatedUInt32(message, field, index));
        return;
      case FieldDescriptor::CPPTYPE_INT64:
        absl::StrAppend(&out_,
                        reflection.GetRepeatedInt64(message, field, index));
        return;
      case FieldDescriptor::CPPTYPE_UINT64:
        absl::StrAppend(&out_,
                        reflection.GetRepeatedUInt64(message, field, index));
        return;
    }
  }

  void PrintValue(const Message& message, const FieldDescriptor* field) {
    const Reflection& reflection = *message.GetReflection();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        PrintMessage(reflection.GetMessage(message, field));
        return;
      case FieldDescriptor::CPPTYPE_STRING:
        out_ += Quote(reflection.GetString(message, field));
        return;
      case FieldDescriptor::CPPTYPE_ENUM:
        out_ += FormatCode(field, reflection.GetEnumValue(message, field));
        return;
      case FieldDescriptor::CPPTYPE_DOUBLE:
        out_ += FormatReal(reflection.GetDouble(message, field));
        return;
      case FieldDescriptor::CPPTYPE_FLOAT:
        out_ += FormatReal(reflection.GetFloat(message, field));
        return;
      case FieldDescriptor::CPPTYPE_BOOL:
        out_ += reflection.GetBool(message, field) ? "true" : "false";
        return;
      case FieldDescriptor::CPPTYPE_INT32:
        absl::StrAppend(&out_, reflection.GetInt32(message, field));
        return;
      case FieldDescriptor::CPPTYPE_UINT32:
        absl::StrAppend(&out_, reflection.GetUInt32(message, field));
        return;
      case FieldDescriptor::CPPTYPE_INT64:
        absl::StrAppend(&out_, reflection.GetInt64(message, field));
        return;
      case FieldDescriptor::CPPTYPE_UINT64:
        absl::StrAppend(&out_, reflection.GetUInt64(message, field));
        return;
    }
  }

  const bool pretty_;
  size_t depth_ = 0;
  bool first_ = true;  // nothing printed yet in the innermost bracket
  std::string out_;
};

}  // namespace

std::string PrintJson(const Message& message, JsonStyle style) {
  Printer printer(style);
  printer.PrintMessage(message);
  return printer.Take();
}

}  // namespace enthesis::wire
