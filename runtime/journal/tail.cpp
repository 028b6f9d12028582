#include "runtime/journal/tail.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

namespace sluice::runtime {
namespace {

/// In front of a record. The length is written last: as long as it is 0 there is no record.
struct Head {
  std::uint32_t length = 0;
  std::uint32_t sum = 0;
};

constexpr std::size_t aligned(std::size_t size) { return (size + alignof(Head) - 1) / alignof(Head) * alignof(Head); }

/// FNV-1a: it has to tell a torn record from a whole one, not an attacker's.
std::uint32_t sum_of(std::string_view text) {
  std::uint32_t sum = 2166136261u;
  for (unsigned char byte : text) sum = (sum ^ byte) * 16777619u;
  return sum;
}

}  // namespace

std::expected<Tail, std::string> Tail::open(const std::filesystem::path& file) {
  Descriptor descriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!descriptor) return system_error("write", file);
  if (int failure = posix_fallocate(descriptor.get(), 0, capacity); failure != 0) {
    errno = failure;
    return system_error("make room for", file);
  }
  void* memory = mmap(nullptr, capacity, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor.get(), 0);
  if (memory == MAP_FAILED) return system_error("map", file);
  return Tail(static_cast<char*>(memory));
}

Tail::Tail(Tail&& other) noexcept : memory_(std::exchange(other.memory_, nullptr)), used_(other.used_) {}

Tail::~Tail() {
  if (memory_ != nullptr) munmap(memory_, capacity);
}

bool Tail::add(std::string_view record) {
  std::size_t whole = sizeof(Head) + aligned(record.size());
  // Behind the last record stands a head without length.
  if (record.empty() || used_ + whole + sizeof(Head) > capacity) return false;
  char* place = memory_ + used_;
  new (place + whole) Head{};
  std::memcpy(place + sizeof(Head), record.data(), record.size());
  auto* head = reinterpret_cast<Head*>(place);
  head->sum = sum_of(record);
  std::atomic_ref(head->length).store(static_cast<std::uint32_t>(record.size()), std::memory_order_release);
  used_ += whole;
  return true;
}

void Tail::clear() {
  std::atomic_ref(reinterpret_cast<Head*>(memory_)->length).store(0, std::memory_order_release);
  used_ = 0;
}

void Tail::each_in(std::string_view content, const std::function<void(std::string_view)>& visit) {
  for (std::size_t at = 0; at + sizeof(Head) <= content.size();) {
    Head head;
    std::memcpy(&head, content.data() + at, sizeof head);
    at += sizeof head;
    if (head.length == 0 || head.length > content.size() - at) return;
    std::string_view record = content.substr(at, head.length);
    if (sum_of(record) != head.sum) return;
    visit(record);
    at += aligned(head.length);
  }
}

}  // namespace sluice::runtime
