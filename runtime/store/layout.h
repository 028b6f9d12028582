#pragma once
#include <functional>
#include <string>

#include "runtime/store/contents.h"
#include "runtime/store/manifest.h"
#include "runtime/store/transfer.h"

namespace sluice::runtime {

/// Lays entries out as files, links and folders, with their modes and times. What stands there is replaced, but a
/// folder. Each content is hashed on its way: one that is not what its name says is an error, and removed from the
/// store, so that the next one who has it puts it there again.
class Layout final : public Job {
 public:
  /// Where an entry goes; an empty path leaves it out.
  using Place = std::function<std::filesystem::path(const Entry&)>;

  Layout(const Contents& contents, Entries entries, Place place);

  std::expected<bool, std::string> advance() override;
  bool waits() const override { return !lock_; }

  const Entries& entries() const { return entries_; }
  bool damaged() const { return damaged_; }  ///< what failed is the store's content, not the place where it goes

 private:
  Outcome piece();
  Outcome begin_file(const Entry& entry);
  Outcome continue_file(const Entry& entry);
  Outcome make_link(const Entry& entry);
  Outcome make_folder(const Entry& entry);
  Outcome dress_folder();
  Outcome clear_way();

  const Contents& contents_;
  Entries entries_;
  Place place_;
  std::optional<Descriptor> lock_;
  std::size_t at_ = 0;
  bool begun_ = false, damaged_ = false;
  std::filesystem::path to_;
  Transfer transfer_;
  Descriptor input_, output_;
  std::vector<std::size_t> folders_;  ///< their modes come last: one may be write-protected
};

}  // namespace sluice::runtime
