#pragma once
#include <sys/stat.h>

#include <set>
#include <string>
#include <vector>

#include "runtime/store/contents.h"
#include "runtime/store/manifest.h"
#include "runtime/store/transfer.h"

namespace sluice::runtime {

/// Takes files, links and folders into the store. What is there already is read once and not written again. Contents
/// get their names when all are taken, so what dies before leaves temporary files alone. It holds the store's lock as
/// long as it lives: write the manifest before it goes.
class Capture final : public Job {
 public:
  struct Source {
    std::filesystem::path file;
    std::string path;  ///< the entry's
  };
  enum class Durable { no, yes };

  Capture(const Contents& contents, std::vector<Source> sources, Durable durable);
  ~Capture() override;
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  std::expected<bool, std::string> advance() override;
  bool waits() const override { return !lock_; }

  Entries take_entries() { return std::move(entries_); }  ///< once it is done

 private:
  enum class State { next, measuring, copying, sync, name, sync_names, done };

  Outcome piece();
  Outcome take_next();
  Outcome measure();
  Outcome copy();
  Outcome take_entry(const Source& source, const struct stat& status);
  Outcome begin_copy();
  void start_writing() const;
  void keep_as(std::filesystem::path temporary);
  Outcome sync_contents();
  Outcome name_contents();
  Outcome sync_names();

  const Contents& contents_;
  std::vector<Source> sources_;
  Durable durable_;
  std::optional<Descriptor> lock_;
  State state_ = State::next;
  std::size_t at_ = 0;
  Transfer transfer_;
  Descriptor input_, output_;
  std::filesystem::path copy_;  ///< behind `output_`
  struct Fresh {
    std::filesystem::path temporary;
    Digest digest;
  };
  std::vector<Fresh> fresh_;  ///< contents without their names
  std::set<Digest> taken_;    ///< all that the entries name
  Entries entries_;
};

}  // namespace sluice::runtime
