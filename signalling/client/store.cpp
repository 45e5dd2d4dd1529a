/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/client/store.h"

#include <array>

#include "signalling/core/json.h"

namespace matrix {
namespace {

using Kind = rtc::Error::Kind;

/* Each brings the schema one version further; one that was released is never changed. */
constexpr std::array migrations{
    "CREATE TABLE account (id INTEGER PRIMARY KEY CHECK (id = 0), pickle TEXT NOT NULL,"
    "  published INTEGER NOT NULL);"
    "CREATE TABLE sessions (their_key TEXT NOT NULL, id TEXT NOT NULL, pickle TEXT NOT NULL,"
    "  rank INTEGER NOT NULL, PRIMARY KEY (their_key, id)) WITHOUT ROWID;"
    "CREATE TABLE users (user_id TEXT PRIMARY KEY, devices TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE sync (id INTEGER PRIMARY KEY CHECK (id = 0), position TEXT NOT NULL);"
    "CREATE TABLE calls (room_id TEXT NOT NULL, call_id TEXT NOT NULL, since INTEGER NOT NULL,"
    "  joined INTEGER NOT NULL, users TEXT NOT NULL, PRIMARY KEY (room_id, call_id))"
    "  WITHOUT ROWID;",
};

/* A commit is on the disk before the message leaves whose ratchet it holds. */
constexpr const char* settings =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 1000;"
    "PRAGMA secure_delete = ON;";

std::vector<OngoingCall> read_rows(Database& database) {
  std::vector<OngoingCall> calls;
  auto row =
      database.prepare("SELECT room_id, call_id, since, joined, users FROM calls ORDER BY since");
  while (row.next()) {
    OngoingCall call{row.text(0), row.text(1), Time(row.number(2)), row.number(3) != 0, {}};
    if (const auto users = Json::parse(row.text(4)); users.ok())
      for (const auto& user : users->elements())
        call.users.push_back(user.as_string().value_or(""));
    calls.push_back(std::move(call));
  }
  return calls;
}

}  // namespace

Store::Store(Database database, Secret key, std::optional<FileLock> lock)
    : lock_(std::move(lock)), key_(std::move(key)), database_(std::move(database)) {}

std::unique_ptr<Store> Store::in_memory(const Entropy& entropy) {
  auto database = Database::open(":memory:");
  g_assert(database.ok());
  auto store =
      std::make_unique<Store>(std::move(*database), Secret::random(32, entropy), std::nullopt);
  const auto migrated = store->migrate();
  g_assert(migrated.ok());
  return store;
}

rtc::Result<std::unique_ptr<Store>> Store::open(const Place& place, const Address& device,
                                                const Entropy& entropy) {
  if (place.folder.empty()) return in_memory(entropy);
  const std::string base = store_base(place.folder, device);
  const std::string path = base + ".sqlite";
  if (const auto made = prepare_store(place.folder, path); !made) return made.error();
  auto lock = FileLock::acquire(base + ".lock");
  if (!lock) return lock.error();
  const bool beside = place.key_file.empty();
  auto key = read_store_key(beside ? base + ".key" : place.key_file, beside, entropy);
  if (!key) return key.error();
  auto database = Database::open(path);
  if (!database) return database.error();
  auto store = std::make_unique<Store>(std::move(*database), std::move(*key), std::move(*lock));
  if (!store->database_.run(settings)) return store->outcome(false).error();
  if (const auto migrated = store->migrate(); !migrated) return migrated.error();
  return store;
}

rtc::Result<std::vector<OngoingCall>> Store::read_calls(const std::string& folder,
                                                        const Address& device) {
  auto database = Database::open(store_base(folder, device) + ".sqlite");
  if (!database) return database.error();
  return read_rows(*database);
}

rtc::Result<void> Store::outcome(bool good) {
  if (good) return {};
  return rtc::Error{Kind::Settings,
                    "The store cannot be used: is its disk full, or the file damaged?",
                    database_.error()};
}

rtc::Result<void> Store::migrate() {
  auto version = static_cast<size_t>(database_.number("PRAGMA user_version"));
  if (version > migrations.size())
    return rtc::Error{Kind::Settings,
                      "The store was written by a newer version of this program: use that, or "
                      "another store.",
                      {}};
  for (; version < migrations.size(); version++) {
    const std::string sql = std::string("BEGIN IMMEDIATE;") + migrations[version] +
                            "PRAGMA user_version = " + std::to_string(version + 1) + ";COMMIT;";
    if (database_.run(sql.c_str())) continue;
    auto failed = outcome(false);
    database_.run("ROLLBACK");
    return failed;
  }
  return {};
}

CryptoState Store::crypto() {
  CryptoState state;
  auto account = database_.prepare("SELECT pickle, published FROM account");
  if (account.next()) state.account = SavedAccount{account.text(0), account.number(1) != 0};
  auto session = database_.prepare("SELECT their_key, id, pickle, rank FROM sessions");
  while (session.next())
    state.sessions.push_back(
        {session.text(0), session.text(1), session.text(2), session.number(3)});
  auto user = database_.prepare("SELECT user_id, devices FROM users");
  while (user.next()) state.users.push_back({user.text(0), user.text(1)});
  return state;
}

std::string Store::position() {
  auto row = database_.prepare("SELECT position FROM sync");
  return row.next() ? row.text(0) : "";
}

rtc::Result<void> Store::save(const CryptoChanges& changes,
                              const std::optional<std::string>& position) {
  if (changes.empty() && !position) return {};
  bool good = database_.run("BEGIN IMMEDIATE") && write(changes);
  if (good && position)
    good = database_.prepare("REPLACE INTO sync VALUES (0, ?)").bind(1, *position).run();
  auto result = outcome(good && database_.run("COMMIT"));
  if (!result) database_.run("ROLLBACK");
  return result;
}

bool Store::write(const CryptoChanges& changes) {
  bool good = true;
  if (changes.account)
    good = database_.prepare("REPLACE INTO account VALUES (0, ?, ?)")
               .bind(1, changes.account->pickle)
               .bind(2, changes.account->published ? 1 : 0)
               .run();
  auto drop = database_.prepare("DELETE FROM sessions WHERE their_key = ? AND id = ?");
  for (const auto& [their_key, id] : changes.dropped_sessions)
    good = good && drop.bind(1, their_key).bind(2, id).run();
  auto session = database_.prepare("REPLACE INTO sessions VALUES (?, ?, ?, ?)");
  for (const auto& [their_key, id, pickle, rank] : changes.sessions)
    good = good && session.bind(1, their_key).bind(2, id).bind(3, pickle).bind(4, rank).run();
  auto user = database_.prepare("REPLACE INTO users VALUES (?, ?)");
  for (const auto& [user_id, text] : changes.users)
    good = good && user.bind(1, user_id).bind(2, text).run();
  return good;
}

std::vector<OngoingCall> Store::calls() {
  return read_rows(database_);
}

rtc::Result<void> Store::put_call(const OngoingCall& call) {
  std::vector<Json> users;
  for (const auto& user : call.users) users.push_back(Json::string(user));
  auto statement = database_.prepare(
      "INSERT INTO calls VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE"
      " SET joined = ?4, users = ?5");
  return outcome(statement.bind(1, call.room_id)
                     .bind(2, call.call_id)
                     .bind(3, static_cast<std::int64_t>(call.since.count()))
                     .bind(4, call.joined ? 1 : 0)
                     .bind(5, json_array(users).text())
                     .run());
}

rtc::Result<void> Store::remove_call(const std::string& room_id, const std::string& call_id) {
  auto statement = database_.prepare("DELETE FROM calls WHERE room_id = ? AND call_id = ?");
  return outcome(statement.bind(1, room_id).bind(2, call_id).run());
}

}  // namespace matrix
