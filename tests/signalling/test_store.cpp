/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/client/store.h"

#include <glib/gstdio.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "signalling/client/system_entropy.h"
#include "tests/long_run.h"
#include "tests/signalling/crypto_party.h"

using matrix::Address;
using matrix::CryptoChanges;
using matrix::OngoingCall;
using matrix::Store;
using Kind = rtc::Error::Kind;

namespace {

const Address own{"@us:x.org", "DEV/1"};

struct Folder {
  std::string path;
  Folder() {
    const glib::Unique<char> made(g_dir_make_tmp("store-XXXXXX", nullptr));
    path = made.get();
  }
  ~Folder() {
    const std::string command = "rm -r '" + path + "'";
    g_spawn_command_line_sync(command.c_str(), nullptr, nullptr, nullptr, nullptr);
  }
  rtc::Result<std::unique_ptr<Store>> open(const std::string& key_file = "") const {
    return Store::open({path + "/a/b", key_file}, own, matrix::system_entropy);
  }
  std::string base() const { return matrix::store_base(path + "/a/b", own); }
};

CryptoChanges some_changes() {
  CryptoChanges changes;
  changes.account = matrix::SavedAccount{"account", true};
  changes.sessions = {{"key", "1", "one", 1}, {"key", "2", "two", 2}};
  changes.users = {{"@b:x", "{}"}};
  return changes;
}

void keeps_what_was_saved() {
  const Folder folder;
  {
    auto store = folder.open();
    g_assert_true(store.ok());
    g_assert_true((*store)->position().empty());
    g_assert_true((*store)->save(some_changes(), "s1").ok());
    CryptoChanges more;
    more.sessions = {{"key", "2", "later", 3}};
    more.dropped_sessions = {{"key", "1"}};
    g_assert_true((*store)->save(more, std::nullopt).ok());
  }
  auto store = folder.open();
  const auto state = (*store)->crypto();
  g_assert_true(state.account == (matrix::SavedAccount{"account", true}));
  g_assert_true(state.sessions == (std::vector<matrix::SavedSession>{{"key", "2", "later", 3}}));
  g_assert_true(state.users == (std::vector<matrix::SavedUser>{{"@b:x", "{}"}}));
  g_assert_true((*store)->position() == "s1");
}

void is_its_owners_only() {
  const Folder folder;
  auto store = folder.open();
  g_assert_true((*store)->save(some_changes(), "s1").ok());
  for (const char* ending : {".sqlite", ".sqlite-wal", ".key", ".lock"}) {
    struct stat info {};
    g_assert_cmpint(stat((folder.base() + ending).c_str(), &info), ==, 0);
    g_assert_cmpuint(info.st_mode & 0777, ==, 0600);
  }
}

void is_held_by_one_process() {
  const Folder folder;
  auto first = folder.open();
  const auto second = folder.open();
  g_assert_true(second.error().kind == Kind::Busy);
  g_assert_nonnull(strstr(second.error().message.c_str(), std::to_string(getpid()).c_str()));
  g_assert_nonnull(strstr(second.error().message.c_str(), "test_store"));
  first->reset();
  g_assert_true(folder.open().ok());
}

void says_what_is_wrong_with_its_files() {
  const Folder folder;
  const std::string key = folder.path + "/key";
  g_assert_true(folder.open(key).error().kind == Kind::Settings);
  g_file_set_contents(key.c_str(), "short", -1, nullptr);
  g_assert_nonnull(strstr(folder.open(key).error().message.c_str(), "32 random bytes"));
  g_file_set_contents(key.c_str(), std::string(40, 'k').c_str(), -1, nullptr);
  g_assert_true((*folder.open(key))->key().size() == 40);
  auto database = matrix::Database::open(folder.base() + ".sqlite");
  g_assert_true(database->run("PRAGMA user_version = 1000"));
  g_assert_nonnull(strstr(folder.open().error().message.c_str(), "newer version"));
  g_file_set_contents((folder.base() + ".sqlite").c_str(), std::string(9000, 'x').c_str(), -1,
                      nullptr);
  g_unlink((folder.base() + ".sqlite-wal").c_str());
  g_assert_true(folder.open().error().kind == Kind::Settings);
  const auto nowhere = Store::open({"/proc/nowhere", ""}, own, matrix::system_entropy);
  g_assert_true(nowhere.error().kind == Kind::Settings);
}

void remembers_calls() {
  const Folder folder;
  auto store = folder.open();
  const OngoingCall call{"!r:x", "call", matrix::Time(5), true, {"@a:x", "@b:x"}};
  OngoingCall later = call;
  later.since = matrix::Time(9); /* the first time stays */
  later.joined = false;
  g_assert_true((*store)->put_call(call).ok());
  g_assert_true((*store)->calls() == std::vector{call});
  g_assert_true((*store)->put_call(later).ok());
  g_assert_true((*store)->put_call({"!s:x", "other", matrix::Time(1), false, {}}).ok());
  g_assert_true((*store)->remove_call("!s:x", "other").ok());
  const auto calls = Store::read_calls(folder.path + "/a/b", own);
  g_assert_true(calls->size() == 1 && calls->front().since == matrix::Time(5) &&
                !calls->front().joined);
  g_assert_true(matrix::stored_devices(folder.path + "/a/b", own.user_id) == std::vector{own});
  g_assert_true(matrix::stored_devices(folder.path + "/a/b", "@us:x").empty());
}

/* A device that reads messages one by one, answers each, and is killed at any moment. Its
 * position counts the messages; a message is read once, and an answer never repeats a ratchet. */
class Crashing {
 public:
  explicit Crashing(unsigned number) : messages_(number) {
    fake::CryptoParty bob(server_, own.user_id, own.device_id);
    g_assert_true(alice_.reach(own) == matrix::Reach::Session);
    for (auto& message : messages_) message = alice_.encrypt(bob, "question");
    auto store = folder_.open();
    CryptoChanges changes;
    changes.account = bob.saved.account;
    g_assert_true((*store)->save(changes, "0").ok());
  }

  /* Runs the device for @microseconds at most; true: it has read everything. */
  bool run(unsigned microseconds) {
    int pipes[2];
    g_assert_cmpint(pipe(pipes), ==, 0);
    const pid_t child = fork();
    if (child == 0) _exit(read_messages(pipes[1]) ? 0 : 1);
    close(pipes[1]);
    wait_for_end(pipes[0], microseconds);
    kill(child, SIGKILL);
    std::string text;
    char buffer[4096];
    for (ssize_t size = 0; (size = read(pipes[0], buffer, sizeof buffer)) > 0;)
      text.append(buffer, static_cast<size_t>(size));
    close(pipes[0]);
    int status = 0;
    waitpid(child, &status, 0);
    g_assert_true(WIFEXITED(status) ? WEXITSTATUS(status) == 0 : WTERMSIG(status) == SIGKILL);
    check_answers(text);
    return WIFEXITED(status);
  }
  size_t answers() const { return answers_; }

 private:
  /* Its end closes the pipe; what it has written stays to be read. */
  static void wait_for_end(int pipe, unsigned microseconds) {
    pollfd end{pipe, 0, 0};
    const timespec limit{microseconds / 1000000, long{microseconds} % 1000000 * 1000};
    ppoll(&end, 1, &limit, nullptr);
  }
  bool read_messages(int output) {
    auto store = folder_.open();
    if (!store) return false;
    auto machine = matrix::OlmMachine::create(
        {own, matrix::system_entropy, matrix::Secret("pickle key of a test")}, (*store)->crypto());
    if (!machine) return false;
    machine->track("@alice:x");
    for (const auto& request : machine->take_requests(matrix::Time(0)))
      if (const auto* query = std::get_if<matrix::QueryKeys>(&request))
        machine->queried(query->id, server_.query(query->body), matrix::Time(0));
    for (auto at = std::stoul((*store)->position()); at < messages_.size(); at++) {
      const auto opened = machine->open("@alice:x", messages_[at], matrix::Time(0));
      if (!std::holds_alternative<matrix::OlmEvent>(opened)) return false;
      const auto answer = machine->encrypt(alice_.address(), "m.test",
                                           matrix::JsonObjectBuilder().set("text", "a").build());
      if (!answer || !(*store)->save(machine->take_changes(), std::to_string(at + 1))) return false;
      const std::string line = answer->text() + "\n";
      if (write(output, line.data(), line.size()) < 0) return false;
    }
    return true;
  }
  void check_answers(const std::string& text) {
    for (size_t from = 0, to = 0; (to = text.find('\n', from)) != std::string::npos;
         from = to + 1) {
      const auto answer = matrix::Json::parse(text.substr(from, to - from));
      const auto opened = alice_.open_as(own.user_id, *answer);
      g_assert_true(std::holds_alternative<matrix::OlmEvent>(opened));
      answers_++;
    }
  }

  Folder folder_;
  fake::Keys server_;
  fake::CryptoParty alice_{server_, "@alice:x", "A"};
  std::vector<matrix::Json> messages_;
  size_t answers_ = 0;
};

/* The limit follows how fast the machine is: some four kills for one end. */
void survives_being_killed_at_any_moment() {
  const bool all = test::is_long_run();
  const unsigned kills = all ? 200 : 20;
  std::mt19937 random(static_cast<unsigned>(g_get_monotonic_time()));
  double limit = 5000;
  unsigned killed = 0;
  size_t answers = 0;
  for (unsigned devices = 0; killed < kills || devices < 3; devices++) {
    Crashing device(20);
    for (; !device.run(random() % static_cast<unsigned>(limit)); killed++) limit *= 1.1;
    limit *= 0.7;
    answers += device.answers();
  }
  g_test_message("%u kills, %zu answers", killed, answers);
  g_assert_cmpuint(answers, >, 0);
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
  g_test_add_func("/store/keeps", keeps_what_was_saved);
  g_test_add_func("/store/mode", is_its_owners_only);
  g_test_add_func("/store/lock", is_held_by_one_process);
  g_test_add_func("/store/files", says_what_is_wrong_with_its_files);
  g_test_add_func("/store/calls", remembers_calls);
  g_test_add_func("/store/killed", survives_being_killed_at_any_moment);
  return g_test_run();
}
