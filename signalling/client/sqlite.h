/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "signalling/base/result.h"

namespace matrix {

/* A prepared statement. run() and next() start it over once it is through. */
class Statement {
 public:
  /* Parameters count from 1. */
  Statement& bind(int parameter, std::string_view text);
  Statement& bind(int parameter, std::int64_t number);
  /* One that brings no rows. */
  bool run();
  /* True: there is another row, whose columns count from 0. */
  bool next();
  std::string text(int column) const;
  std::int64_t number(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/* One SQLite database. One thread. */
class Database {
 public:
  /* @path: of a file, or ":memory:". */
  static rtc::Result<Database> open(const std::string& path);
  bool run(const char* sql);
  Statement prepare(const char* sql);
  std::int64_t number(const char* sql);
  /* What went wrong last. */
  std::string error() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
  };
  explicit Database(sqlite3* database) : database_(database) {}
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace matrix
