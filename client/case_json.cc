#include "client/case_json.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace enthesis::client {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Struct;
using google::protobuf::Value;

std::string PrefixOf(const EnumDescriptor* type) {
  absl::string_view prefix = type->value(0)->name();
  return absl::ConsumeSuffix(&prefix, "UNSPECIFIED") ? std::string(prefix) : "";
}

// By full name, or by the short code in lower case; null when in no list.
const EnumValueDescriptor* FindCode(const EnumDescriptor* type,
                                    absl::string_view text) {
  const EnumValueDescriptor* value = type->FindValueByName(std::string(text));
  if (value != nullptr || absl::AsciiStrToLower(text) != text) return value;
  return type->FindValueByName(
      absl::StrCat(PrefixOf(type), absl::AsciiStrToUpper(text)));
}

std::string CodesOf(const EnumDescriptor* type) {
  std::vector<std::string> codes;
  for (int i = 1; i < type->value_count(); ++i) {
    codes.push_back(absl::AsciiStrToLower(
        absl::StripPrefix(type->value(i)->name(), PrefixOf(type))));
  }
  return absl::StrJoin(codes, ", ");
}

const FieldDescriptor* FindField(const Descriptor* type,
                                 absl::string_view name) {
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (field->name() == name || field->json_name() == name) return field;
  }
  return nullptr;
}

absl::Status NoField(absl::string_view path) {
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": there is no such field"));
}

absl::Status NoCode(absl::string_view path, absl::string_view text,
                    const EnumDescriptor* type) {
  return absl::InvalidArgumentError(absl::StrCat(
      path, ": \"", text, "\" is not in the list; allowed: ", CodesOf(type)));
}

absl::Status LengthenCodes(const Descriptor* type, const std::string& path,
                           Struct& object);

// Gives codes their full names, which the stock reader wants.
absl::Status LengthenValue(const FieldDescriptor* field,
                           const std::string& path, Value& value) {
  if (value.has_list_value()) {
    int i = 0;
    for (Value& element : *value.mutable_list_value()->mutable_values()) {
      const absl::Status status =
          LengthenValue(field, absl::StrCat(path, "[", i++, "]"), element);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
      value.has_struct_value()) {
    return LengthenCodes(field->message_type(), path,
                         *value.mutable_struct_value());
  }
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM &&
      value.kind_case() == Value::kStringValue) {
    const EnumValueDescriptor* code =
        FindCode(field->enum_type(), value.string_value());
    if (code == nullptr) {
      return NoCode(path, value.string_value(), field->enum_type());
    }
    value.set_string_value(code->name());
  }
  return absl::OkStatus();
}

absl::Status LengthenCodes(const Descriptor* type, const std::string& path,
                           Struct& object) {
  for (auto& [name, value] : *object.mutable_fields()) {
    const std::string inner =
        path.empty() ? name : absl::StrCat(path, ".", name);
    const FieldDescriptor* field = FindField(type, name);
    if (field == nullptr) return NoField(inner);
    const absl::Status status = LengthenValue(field, inner, value);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status SetScalar(absl::string_view path, absl::string_view text,
                       const FieldDescriptor* field, Message& message) {
  const auto& reflection = *message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM: {
      const EnumValueDescriptor* code = FindCode(field->enum_type(), text);
      if (code == nullptr) {
        const absl::Status fault = NoCode(path, text, field->enum_type());
        if (!field->is_repeated()) return fault;
        return absl::InvalidArgumentError(
            absl::StrCat(fault.message(), "; several are separated by ;"));
      }
      if (field->is_repeated()) {
        reflection.AddEnum(&message, field, code);
      } else {
        reflection.SetEnum(&message, field, code);
      }
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_BOOL: {
      bool flag = false;
      if (!absl::SimpleAtob(text, &flag)) break;
      reflection.SetBool(&message, field, flag);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_INT32: {
      int32_t number = 0;
      if (!absl::SimpleAtoi(text, &number)) break;
      reflection.SetInt32(&message, field, number);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_STRING:
      reflection.SetString(&message, field, std::string(text));
      return absl::OkStatus();
    default:
      return NoField(path);
  }
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": \"", text, "\" is not ",
                   field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL
                       ? "a flag; allowed: true, false, yes, no, 1, 0"
                       : "a whole number"));
}

// The element of a list of messages, which grows to hold it; null for an index
// that is none.
Message* Element(const FieldDescriptor& field, absl::string_view index,
                 Message& message) {
  constexpr int kMost = 100;
  int at = 0;
  if (!absl::SimpleAtoi(index, &at) || at < 0 || at >= kMost) return nullptr;
  const auto& reflection = *message.GetReflection();
  while (reflection.FieldSize(message, &field) <= at) {
    reflection.AddMessage(&message, &field);
  }
  return reflection.MutableRepeatedMessage(&message, &field, at);
}

}  // namespace

absl::Status ReadJson(absl::string_view json, Message& message) {
  Struct object;
  // The reader copies; its string type is not ours.
  auto parsed =
      google::protobuf::util::JsonStringToMessage(std::string(json), &object);
  if (!parsed.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("not a JSON object: ", std::string(parsed.message())));
  }
  const absl::Status status =
      LengthenCodes(message.GetDescriptor(), "", object);
  if (!status.ok()) return status;
  std::string lengthened;
  parsed = google::protobuf::util::MessageToJsonString(object, &lengthened);
  if (parsed.ok()) {
    parsed = google::protobuf::util::JsonStringToMessage(lengthened, &message);
  }
  if (parsed.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(std::string(parsed.message()));
}

absl::Status SetField(absl::string_view assignment, Message& message) {
  const std::vector<absl::string_view> sides =
      absl::StrSplit(assignment, absl::MaxSplits('=', 1));
  if (sides.size() != 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", assignment, "\" is not FIELD=VALUE"));
  }
  const absl::string_view path = sides[0];
  Message* inner = &message;
  const std::vector<absl::string_view> steps = absl::StrSplit(path, '.');
  for (size_t i = 0; i < steps.size(); ++i) {
    const std::vector<absl::string_view> parts =
        absl::StrSplit(steps[i], absl::MaxSplits('[', 1));
    const FieldDescriptor* field = FindField(inner->GetDescriptor(), parts[0]);
    const bool last = i + 1 == steps.size();
    if (field == nullptr ||
        (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) == last ||
        (parts.size() == 2) != (field->is_repeated() && !last)) {
      return NoField(path);
    }
    if (parts.size() == 2) {
      inner = Element(*field, absl::StripSuffix(parts[1], "]"), *inner);
      if (inner == nullptr) return NoField(path);
      continue;
    }
    if (!last) {
      inner = inner->GetReflection()->MutableMessage(inner, field);
      continue;
    }
    inner->GetReflection()->ClearField(inner, field);
    if (sides[1].empty()) return absl::OkStatus();
    if (!field->is_repeated()) {
      return SetScalar(path, sides[1], field, *inner);
    }
    for (absl::string_view code : absl::StrSplit(sides[1], ';')) {
      const absl::Status status = SetScalar(path, code, field, *inner);
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace enthesis::client
