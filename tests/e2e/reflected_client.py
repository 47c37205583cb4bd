"""A gRPC client that knows nothing but the server's address.

Everything else it learns by server reflection: services, methods, messages.
It needs grpcio and protobuf alone, and no generated code.
"""

import uuid

import grpc
from google.protobuf import descriptor_pb2
from google.protobuf import descriptor_pool
from google.protobuf import message_factory

REFLECTION = "grpc.reflection.v1alpha"
STREAM = f"/{REFLECTION}.ServerReflection/ServerReflectionInfo"
TIMEOUT_SECONDS = 60


def _reflection_messages():
    """The part of reflection.proto that is used here, built by hand."""
    file = descriptor_pb2.FileDescriptorProto(
        name="reflection.proto", package=REFLECTION, syntax="proto3")
    kinds = descriptor_pb2.FieldDescriptorProto

    def message(name, *fields):
        entry = file.message_type.add(name=name)
        for number, field, kind, repeated in fields:
            own = isinstance(kind, str)
            entry.field.add(
                name=field, number=number,
                label=kinds.LABEL_REPEATED if repeated
                else kinds.LABEL_OPTIONAL,
                type=kinds.TYPE_MESSAGE if own else kind,
                type_name=f".{REFLECTION}.{kind}" if own else None)

    message("Request",
            (3, "file_by_filename", kinds.TYPE_STRING, False),
            (4, "file_containing_symbol", kinds.TYPE_STRING, False),
            (7, "list_services", kinds.TYPE_STRING, False))
    message("Files", (1, "file_descriptor_proto", kinds.TYPE_BYTES, True))
    message("Service", (1, "name", kinds.TYPE_STRING, False))
    message("Services", (1, "service", "Service", True))
    message("Error", (1, "error_code", kinds.TYPE_INT32, False),
            (2, "error_message", kinds.TYPE_STRING, False))
    message("Response",
            (4, "file_descriptor_response", "Files", False),
            (6, "list_services_response", "Services", False),
            (7, "error_response", "Error", False))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    return [factory.GetPrototype(
        pool.FindMessageTypeByName(f"{REFLECTION}.{name}"))
            for name in ("Request", "Response")]


class ReflectedClient:
    def __init__(self, address):
        self.channel = grpc.insecure_channel(address)
        self._request, response = _reflection_messages()
        self._reflect = self.channel.stream_stream(
            STREAM, request_serializer=lambda m: m.SerializeToString(),
            response_deserializer=response.FromString)
        self._pool = descriptor_pool.DescriptorPool()
        self._factory = message_factory.MessageFactory(self._pool)
        self._files = set()
        self.services = sorted(s.name for s in self._ask(
            list_services="*").list_services_response.service)
        for name in self.services:
            # gRPC lists its own services and describes them or not.
            if not name.startswith("grpc."):
                self._learn(file_containing_symbol=name)

    def close(self):
        self.channel.close()

    def _ask(self, **question):
        [answer] = self._reflect(iter([self._request(**question)]),
                                 timeout=TIMEOUT_SECONDS)
        if answer.HasField("error_response"):
            raise RuntimeError(answer.error_response.error_message)
        return answer

    def _learn(self, **question):
        answer = self._ask(**question).file_descriptor_response
        for data in answer.file_descriptor_proto:
            file = descriptor_pb2.FileDescriptorProto.FromString(data)
            if file.name in self._files:
                continue
            self._files.add(file.name)
            for needed in file.dependency:
                if needed not in self._files:
                    self._learn(file_by_filename=needed)
            self._pool.Add(file)

    def knows_file(self, name):
        return name in self._files

    def methods(self, service):
        return sorted(self._pool.FindServiceByName(service).methods_by_name)

    def message(self, name):
        """The class of a message by its full name."""
        try:
            entry = self._pool.FindMessageTypeByName(name)
        except KeyError:  # in no file that a service needs: an error detail
            self._learn(file_containing_symbol=name)
            entry = self._pool.FindMessageTypeByName(name)
        return self._factory.GetPrototype(entry)

    def call(self, method, **fields):
        """Calls "enthesis.v1.Service/Method" with the fields of its request."""
        service, name = method.split("/")
        entry = self._pool.FindServiceByName(service).methods_by_name[name]
        ask = self._factory.GetPrototype(entry.input_type)
        answer = self._factory.GetPrototype(entry.output_type)
        if "request_id" in entry.input_type.fields_by_name:
            fields.setdefault("request_id", str(uuid.uuid4()))
        return self.channel.unary_unary(
            "/" + method, request_serializer=lambda m: m.SerializeToString(),
            response_deserializer=answer.FromString)(
                ask(**fields), timeout=TIMEOUT_SECONDS)
