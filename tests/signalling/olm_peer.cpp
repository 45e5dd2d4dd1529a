/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An OlmMachine at the end of a pipe, for tests against other implementations. One JSON object a
 * line in, one out:
 *   {"take": true}                          what it wants of the homeserver: [kind, id, body]...
 *   {"answer": kind, "id": n, "body": {}}   the homeserver's answer
 *   {"encrypt": text, "user": u, "device": d}
 *   {"open": content, "sender": u} */
#include <iostream>

#include "signalling/client/system_entropy.h"
#include "signalling/core/overloaded.h"
#include "signalling/crypto/olm_machine.h"

using matrix::Json;
using matrix::JsonObjectBuilder;
using matrix::OlmMachine;
using matrix::Time;

namespace {

Json take(OlmMachine& machine) {
  std::vector<Json> requests;
  const auto add = [&](const char* kind, std::uint64_t id, const Json& body) {
    requests.push_back(JsonObjectBuilder()
                           .set("kind", kind)
                           .set("id", static_cast<std::int64_t>(id))
                           .set("body", body)
                           .build());
  };
  for (const auto& request : machine.take_requests(Time(0)))
    std::visit(matrix::Overloaded{
                   [&](const matrix::UploadKeys& upload) { add("upload", 0, upload.body); },
                   [&](const matrix::QueryKeys& query) { add("query", query.id, query.body); },
                   [&](const matrix::ClaimKeys& claim) { add("claim", claim.id, claim.body); }},
               request);
  return JsonObjectBuilder().set("requests", matrix::json_array(requests)).build();
}

Json answer(OlmMachine& machine, const Json& line) {
  const auto kind = line.string_at("answer");
  const auto id = static_cast<std::uint64_t>(line.integer_at("id").value_or(0));
  if (kind == "upload") machine.uploaded(line["body"]);
  if (kind == "query") machine.queried(id, line["body"], Time(0));
  if (kind == "claim") machine.claimed(id, line["body"], Time(0));
  return JsonObjectBuilder().build();
}

Json encrypt(OlmMachine& machine, const Json& line) {
  const matrix::Address to{*line.string_at("user"), *line.string_at("device")};
  if (machine.reach(to, Time(0)) != matrix::Reach::Session) return JsonObjectBuilder().build();
  const Json content = JsonObjectBuilder().set("text", *line.string_at("encrypt")).build();
  return JsonObjectBuilder().set("content", *machine.encrypt(to, "m.test", content)).build();
}

Json open(OlmMachine& machine, const Json& line) {
  const auto opened = machine.open(*line.string_at("sender"), line["open"], Time(0));
  if (const auto* event = std::get_if<matrix::OlmEvent>(&opened))
    return JsonObjectBuilder().set("text", event->content.string_at("text").value_or("")).build();
  const auto* refusal = std::get_if<matrix::Refusal>(&opened);
  return JsonObjectBuilder().set("why", refusal ? refusal->why : "sender unknown").build();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto machine = OlmMachine::create(
      {{argv[1], argv[2]}, matrix::system_entropy, matrix::Secret("pickle key of a test")}, {});
  for (std::string text; std::getline(std::cin, text);) {
    const auto line = Json::parse(text);
    if (!line.ok()) return 1;
    Json result;
    if (line->has("take")) result = take(*machine);
    if (line->has("answer")) result = answer(*machine, *line);
    if (line->has("encrypt")) result = encrypt(*machine, *line);
    if (line->has("open")) result = open(*machine, *line);
    std::cout << result.text() << std::endl;
  }
  return 0;
}
