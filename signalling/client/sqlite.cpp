/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/client/sqlite.h"

namespace matrix {

Statement& Statement::bind(int parameter, std::string_view text) {
  sqlite3_bind_text(statement_.get(), parameter, text.data(), static_cast<int>(text.size()),
                    SQLITE_TRANSIENT);
  return *this;
}

Statement& Statement::bind(int parameter, std::int64_t number) {
  sqlite3_bind_int64(statement_.get(), parameter, number);
  return *this;
}

bool Statement::run() {
  const bool done = sqlite3_step(statement_.get()) == SQLITE_DONE;
  sqlite3_reset(statement_.get());
  return done;
}

bool Statement::next() {
  if (sqlite3_step(statement_.get()) == SQLITE_ROW) return true;
  sqlite3_reset(statement_.get());
  return false;
}

std::string Statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  const auto size = static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column));
  return data ? std::string(data, size) : std::string();
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

rtc::Result<Database> Database::open(const std::string& path) {
  sqlite3* raw = nullptr;
  const int result =
      sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  Database database(raw);
  if (result != SQLITE_OK)
    return rtc::Error{rtc::Error::Kind::Settings, "The store " + path + " cannot be opened.",
                      database.error()};
  return database;
}

bool Database::run(const char* sql) {
  return sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK;
}

Statement Database::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(database_.get(), sql, -1, &statement, nullptr);
  return Statement(statement);
}

std::int64_t Database::number(const char* sql) {
  auto statement = prepare(sql);
  return statement.next() ? statement.number(0) : 0;
}

std::string Database::error() const {
  return database_ ? sqlite3_errmsg(database_.get()) : "out of memory";
}

}  // namespace matrix
